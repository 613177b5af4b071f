import type { ShownFigures } from '../case-facts.js';
import type { ReportData } from '../report-data.js';
import { readAddress, writeAddress } from './address.js';

/** Narrows the grid, and keeps what was chosen in the address. `changed` hears which blocks are left. */
export function startFilter(data: ReportData, changed: (blocks: ReadonlySet<string>) => void): void {
  const form = document.querySelector<HTMLFormElement>('form.filter');
  const grid = document.querySelector<HTMLTableElement>('table.grid');
  if (form === null || grid === null) return;
  form.hidden = false;
  const boxes = (name: string): readonly HTMLInputElement[] => [
    ...form.querySelectorAll<HTMLInputElement>(`input[name="${name}"]`),
  ];
  const show = form.querySelector<HTMLSelectElement>('select') as HTMLSelectElement;
  const search = form.querySelector<HTMLInputElement>('input[type="search"]') as HTMLInputElement;
  const lists = ['w', 'b', 's'].filter((name) => boxes(name).length > 0);
  const apply = (): void => {
    const chosen = Object.fromEntries(lists.map((name) => [name, chosenOf(boxes(name))]));
    showFigures(grid, data, show.value as keyof ShownFigures);
    const words = search.value
      .toLowerCase()
      .split(/[\s,]+/)
      .filter((word) => word !== '');
    hideCells(grid, { ...chosen, words });
    const cells = [...grid.querySelectorAll<HTMLElement>('td a')];
    const shown = cells.filter((cell) => cell.closest('[hidden]') === null).length;
    const output = form.querySelector('output');
    if (output !== null) output.textContent = `${shown} of ${cells.length} figures`;
    changed(new Set([...grid.tBodies].filter((body) => !body.hidden).map((body) => body.dataset['block'] ?? '')));
  };
  const read = (): void => {
    const state = readAddress();
    show.value = state.get('show') ?? 'value';
    if (show.value === '') show.value = 'value';
    search.value = state.get('t') ?? '';
    for (const name of lists) {
      const wanted = state.get(name)?.split(',');
      for (const box of boxes(name)) box.checked = wanted?.includes(box.value) ?? true;
    }
    apply();
  };
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('input', () => {
    const state = readAddress();
    set(state, 'show', show.value === 'value' ? '' : show.value);
    set(state, 't', search.value);
    for (const name of lists) {
      const on = boxes(name).filter((box) => box.checked);
      set(state, name, on.length === boxes(name).length ? '' : on.map((box) => box.value).join(',') || 'none');
    }
    writeAddress(state, 'replace');
    apply();
  });
  window.addEventListener('hashchange', read);
  window.addEventListener('popstate', read);
  read();
}

function set(state: URLSearchParams, key: string, value: string): void {
  if (value === '') state.delete(key);
  else state.set(key, value);
}

function chosenOf(boxes: readonly HTMLInputElement[]): ReadonlySet<string> {
  return new Set(boxes.filter((box) => box.checked).map((box) => box.value));
}

function showFigures(grid: HTMLTableElement, data: ReportData, shown: keyof ShownFigures): void {
  grid.dataset['show'] = shown;
  for (const link of grid.querySelectorAll<HTMLElement>('a[data-case]')) {
    const text = link.querySelector('b');
    const figure = data.cases[link.dataset['case'] ?? '']?.shown[shown];
    if (text !== null && figure !== undefined) text.textContent = figure;
  }
}

interface Choice {
  readonly w?: ReadonlySet<string>;
  readonly b?: ReadonlySet<string>;
  readonly s?: ReadonlySet<string>;
  readonly words: readonly string[];
}

function hideCells(grid: HTMLTableElement, { w, b, s, words }: Choice): void {
  for (const cell of grid.querySelectorAll<HTMLTableCellElement>('[data-size]'))
    cell.hidden = !(w?.has(cell.dataset['workload'] ?? '') ?? true) || !(s?.has(cell.dataset['size'] ?? '') ?? true);
  for (const head of grid.tHead?.rows[0]?.querySelectorAll<HTMLTableCellElement>('th[data-workload]') ?? []) {
    const members = grid.tHead?.rows[1]?.querySelectorAll<HTMLElement>(
      `th[data-workload="${CSS.escape(head.dataset['workload'] ?? '')}"]:not([hidden])`,
    );
    head.hidden = members === undefined || members.length === 0;
    if (!head.hidden && members !== undefined) head.colSpan = members.length;
  }
  for (const body of grid.tBodies) {
    let left = 0;
    for (const row of body.querySelectorAll<HTMLTableRowElement>('tr[data-transport]')) {
      const name = (row.dataset['transport'] ?? '').toLowerCase();
      row.hidden = words.length > 0 && !words.some((word) => name.includes(word));
      if (!row.hidden) left += 1;
    }
    body.hidden = left === 0 || !(b?.has(body.dataset['block'] ?? '') ?? true);
  }
}
