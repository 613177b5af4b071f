/**
 * One tab stop for a table of links or buttons; the arrow keys move inside it.
 * https://www.w3.org/WAI/ARIA/apg/practices/keyboard-interface/#kbd_roving_tabindex
 */
export function rove(table: HTMLTableElement): void {
  const items = (): readonly HTMLElement[] =>
    [...table.querySelectorAll<HTMLElement>('a, button')].filter((item) => item.closest('[hidden]') === null);
  const choose = (chosen: HTMLElement | undefined): void => {
    for (const item of table.querySelectorAll<HTMLElement>('a, button')) item.tabIndex = item === chosen ? 0 : -1;
  };
  const refresh = (): void => {
    const all = items();
    choose(all.find((item) => item.tabIndex === 0) ?? all[0]);
  };
  choose(items()[0]);
  new MutationObserver(refresh).observe(table, { childList: true, subtree: true, attributeFilter: ['hidden'] });
  table.addEventListener('keydown', (event) => {
    const from = document.activeElement;
    if (!(from instanceof HTMLElement) || !table.contains(from)) return;
    const to = neighbour(from, items(), event.key);
    if (to === undefined) return;
    event.preventDefault();
    choose(to);
    to.focus();
  });
  table.addEventListener('focusin', (event) => {
    if (event.target instanceof HTMLElement && event.target.matches('a, button')) choose(event.target);
  });
}

function neighbour(from: HTMLElement, items: readonly HTMLElement[], key: string): HTMLElement | undefined {
  const at = items.indexOf(from);
  const column = from.closest<HTMLTableCellElement>('td, th')?.cellIndex ?? 0;
  const inColumn = (item: HTMLElement): boolean =>
    (item.closest<HTMLTableCellElement>('td, th')?.cellIndex ?? 0) === column;
  switch (key) {
    case 'ArrowRight':
      return items[at + 1];
    case 'ArrowLeft':
      return items[at - 1];
    case 'ArrowDown':
      return items.slice(at + 1).find(inColumn);
    case 'ArrowUp':
      return items.slice(0, Math.max(at, 0)).findLast(inColumn);
    case 'Home':
      return items[0];
    case 'End':
      return items.at(-1);
    default:
      return undefined;
  }
}
