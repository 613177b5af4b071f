import type { CaseData, ReportData, VerdictData } from '../report-data.js';
import { readAddress, writeAddress } from './address.js';

/** Opens what the address names, a case or a verdict, beside the page. Back, Escape and Close close it. */
export function startPanel(data: ReportData): void {
  const panel = document.querySelector<HTMLDialogElement>('dialog.panel');
  if (panel === null) return;
  const show = (): void => {
    const state = readAddress();
    const content = contentOf(data, state);
    if (content === null) {
      if (panel.open) panel.close();
      return;
    }
    const close = element('button', 'Close');
    close.type = 'button';
    close.className = 'close';
    close.addEventListener('click', leave);
    const title = element('h2', content.title);
    title.id = 'panel-title';
    title.tabIndex = -1;
    panel.replaceChildren(close, title, ...content.body);
    if (!panel.open) panel.showModal();
    panel.scrollTop = 0;
    title.focus();
  };
  const leave = (): void => {
    if ((history.state as { opened?: boolean } | null)?.opened === true) return history.back();
    const state = readAddress();
    for (const key of KEYS) state.delete(key);
    writeAddress(state, 'replace');
    show();
  };
  panel.addEventListener('cancel', (event) => {
    event.preventDefault();
    leave();
  });
  panel.addEventListener('click', (event) => {
    if (event.target === panel) leave();
  });
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href^="#"]') : null;
    const asked = link === null ? null : new URLSearchParams(link.hash.slice(1));
    const key = KEYS.find((name) => asked?.has(name) === true);
    if (asked === null || key === undefined || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const state = readAddress();
    for (const other of KEYS) state.delete(other);
    state.set(key, asked.get(key) ?? '');
    writeAddress(state, 'push');
    show();
  });
  window.addEventListener('popstate', show);
  window.addEventListener('hashchange', show);
  show();
}

const KEYS = ['case', 'verdict'] as const;

interface Content {
  readonly title: string;
  readonly body: readonly Node[];
}

function contentOf(data: ReportData, state: URLSearchParams): Content | null {
  const caseId = state.get('case');
  const found = caseId === null ? undefined : data.cases[caseId];
  if (found !== undefined) return { title: found.title, body: caseBody(data, found) };
  const key = state.get('verdict');
  const verdict = key === null ? undefined : data.verdicts[key];
  if (key === null || verdict === undefined) return null;
  return { title: `${verdict.kind}: ${key}`, body: [list(verdictRows(data, verdict))] };
}

function caseBody(data: ReportData, { facts, method, launches }: CaseData): readonly Node[] {
  const rows: (readonly [string, Node | string])[] = facts.map(([label, text]) => [label, text] as const);
  if (launches.length > 1) rows.push(['In time', strip(launches)]);
  rows.push(['Measured', data.texts[method] ?? '']);
  return [list(rows)];
}

function verdictRows(data: ReportData, { facts, link }: VerdictData): readonly (readonly [string, Node | string])[] {
  return facts.map(([label, text]) => {
    const name = data.texts[label] ?? '';
    const words = data.texts[text] ?? '';
    if (name === 'Known' && link !== null) return [name, known(words, link)] as const;
    return [name, name === 'Repeat' || name === 'Recorded' ? command(words) : words] as const;
  });
}

function known(note: string, link: string): Node {
  const part = element('span', `${note} `);
  // What is no address of the web stays text: a report may come from anyone.
  if (!/^https?:\/\/[^\s\u0000-\u0020]+$/.test(link)) part.append(link);
  else {
    const anchor = element('a', link);
    anchor.href = link;
    anchor.rel = 'noreferrer';
    part.append(anchor);
  }
  return part;
}

function command(text: string): Node {
  const code = element('code', text);
  code.className = 'copy';
  return code;
}

/** A dot for each launch, from the first to the last, higher for a higher figure. */
function strip(launches: readonly number[]): Node {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 320 48');
  svg.setAttribute('class', 'launches');
  svg.setAttribute('role', 'img');
  svg.setAttribute(
    'aria-label',
    `${launches.length} launches from first to last, from the lowest to the highest figure`,
  );
  launches.forEach((share, index) => {
    const dot = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
    dot.setAttribute('cx', String(6 + (index / Math.max(launches.length - 1, 1)) * 308));
    dot.setAttribute('cy', String(42 - share * 36));
    dot.setAttribute('r', '3');
    svg.append(dot);
  });
  return svg;
}

function list(rows: readonly (readonly [string, Node | string])[]): Node {
  const terms = document.createElement('dl');
  for (const [label, content] of rows) {
    const value = document.createElement('dd');
    value.append(content);
    terms.append(element('dt', label), value);
  }
  return terms;
}

function element<Name extends keyof HTMLElementTagNameMap>(name: Name, text: string): HTMLElementTagNameMap[Name] {
  const created = document.createElement(name);
  created.textContent = text;
  return created;
}
