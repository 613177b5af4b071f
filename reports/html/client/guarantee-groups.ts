import type { ReportData } from '../report-data.js';
import { verdictSigns } from '../../findings/wording.js';

/** A group of the table of guarantees opens to a row for each of its checks. */
export function openGroups(data: ReportData): void {
  const table = document.querySelector<HTMLTableElement>('#guarantees table.matrix');
  if (table === null) return;
  for (const row of table.querySelectorAll<HTMLTableRowElement>('tr[data-group]')) {
    const button = row.querySelector('button');
    button?.addEventListener('click', () => {
      const isOpen = button.getAttribute('aria-expanded') === 'true';
      button.setAttribute('aria-expanded', String(!isOpen));
      if (isOpen) {
        while (row.nextElementSibling?.classList.contains('check') === true) row.nextElementSibling.remove();
        return;
      }
      row.after(...checkRows(data, row.dataset['group'] ?? '', row.cells.length - 1));
    });
  }
}

function checkRows(data: ReportData, group: string, subjects: number): readonly HTMLTableRowElement[] {
  const checks = new Map<string, Map<number, string>>();
  for (const [key, { check, subject }] of Object.entries(data.verdicts)) {
    if (check.split('/')[0] !== group) continue;
    const cells = checks.get(check) ?? new Map<number, string>();
    cells.set(subject, key);
    checks.set(check, cells);
  }
  return [...checks].map(([check, cells]) => checkRow(data, check, cells, subjects));
}

function checkRow(
  data: ReportData,
  check: string,
  cells: ReadonlyMap<number, string>,
  subjects: number,
): HTMLTableRowElement {
  const row = document.createElement('tr');
  row.className = 'check';
  const head = document.createElement('th');
  head.scope = 'row';
  const guarantee = document.createElement('small');
  const [first] = cells.values();
  guarantee.textContent = data.texts[data.verdicts[first ?? '']?.facts[0]?.[1] ?? -1] ?? '';
  head.append(check.slice(check.indexOf('/') + 1), ' ', guarantee);
  row.append(head);
  for (let subject = 0; subject < subjects; subject += 1) row.append(verdictCell(data, cells.get(subject)));
  return row;
}

function verdictCell(data: ReportData, key: string | undefined): HTMLTableCellElement {
  const cell = document.createElement('td');
  const verdict = key === undefined ? undefined : data.verdicts[key];
  if (key === undefined || verdict === undefined) return cell;
  cell.className = verdict.kind;
  const link = document.createElement('a');
  link.href = `#${new URLSearchParams({ verdict: key })}`;
  link.textContent = `${verdictSigns[verdict.kind]}${verdict.unclean ? '⌫' : ''}`;
  link.setAttribute('aria-label', `${verdict.kind}: ${key}`);
  cell.append(link);
  return cell;
}
