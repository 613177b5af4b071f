/**
 * Makes each column of a sortable table a button: figures by their value, names by letter; a dash sorts last either
 * way.
 */
export function sortTables(): void {
  for (const table of document.querySelectorAll<HTMLTableElement>('table.sortable')) {
    [...(table.tHead?.rows[0]?.cells ?? [])].forEach((header, column) => makeSortable(table, header, column));
  }
}

function makeSortable(table: HTMLTableElement, header: HTMLTableCellElement, column: number): void {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'sort';
  button.append(...header.childNodes);
  header.append(button);
  button.addEventListener('click', () => {
    const direction = header.getAttribute('aria-sort') === 'ascending' ? 'descending' : 'ascending';
    for (const other of table.tHead?.rows[0]?.cells ?? []) other.removeAttribute('aria-sort');
    header.setAttribute('aria-sort', direction);
    const body = table.tBodies[0];
    if (body === undefined) return;
    const rows = [...body.rows].map((row) => ({ row, key: sortKey(row.cells[column]) }));
    rows.sort((a, b) => compareKeys(a.key, b.key, direction === 'ascending' ? 1 : -1));
    body.append(...rows.map(({ row }) => row));
  });
}

type Key = number | string | null;

function sortKey(cell: HTMLTableCellElement | undefined): Key {
  if (cell === undefined) return null;
  const value = cell.dataset['value'];
  if (value !== undefined) return Number(value);
  return cell.classList.contains('number') ? null : (cell.textContent ?? '').trim();
}

function compareKeys(a: Key, b: Key, direction: 1 | -1): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === 'number' && typeof b === 'number') return (a - b) * direction;
  return String(a).localeCompare(String(b), 'en', { numeric: true }) * direction;
}
