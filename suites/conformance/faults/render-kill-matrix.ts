import { isProven, type KillCell, type KillMatrixRow } from './kill-matrix.js';

const MARK: Readonly<Record<KillCell, string>> = { caught: 'caught', missed: 'MISSED', 'false alarm': 'FALSE ALARM', silent: 'silent', free: 'free', unseen: 'unseen' };

/** One line a fault and framing, one column a check, then what is wrong in sentences, then the conclusion. Plain text. */
export function renderKillMatrix(rows: readonly KillMatrixRow[]): string {
  const checks = [...new Set(rows.map((row) => row.checkId))];
  const faults = [...new Set(rows.map((row) => `${row.fault} (${row.framing})`))];
  const cells = new Map(rows.map((row) => [`${row.fault} (${row.framing}) ${row.checkId}`, MARK[row.cell]]));
  const table = [
    ['fault', ...checks],
    ...faults.map((fault) => [fault, ...checks.map((check) => cells.get(`${fault} ${check}`) ?? '·')]),
  ];
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  const lines = table.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd());
  return [...lines, '', ...rows.flatMap((row) => complaint(row) ?? []), conclusion(rows), ''].join('\n');
}

function complaint({ cell, fault, framing, checkId, runs, failed, broken }: KillMatrixRow): string | null {
  const outcome = `it failed ${failed} and could not decide ${broken} of ${runs} exchanges`;
  if (cell === 'missed') return `'${checkId}' has to catch '${fault}' on a ${framing} transport: ${outcome}.`;
  if (cell === 'false alarm') return `'${checkId}' has to pass '${fault}' on a ${framing} transport: ${outcome}.`;
  return null;
}

function conclusion(rows: readonly KillMatrixRow[]): string {
  const count = (cell: KillCell): number => rows.filter((row) => row.cell === cell).length;
  const counts = `${count('caught')} caught, ${count('missed')} missed, ${count('silent')} silent, ${count('false alarm')} false alarms, ${count('unseen')} unseen`;
  return `${isProven(rows) ? 'Proven' : 'Not proven'}: ${counts}.`;
}
