import type { KillCell, KillMatrix, KillMatrixPart, KillMatrixRow } from '../../harness/model/index.js';
import { plural } from '../units/digits.js';

export const plantedIntoWords: Readonly<Record<KillMatrixPart['plantedInto'], string>> = {
  recordings: 'Into recordings, judged again',
  exchanges: 'Into exchanges between real processes',
  'system calls': 'Into the system calls of procedures',
};

/** One sentence: how many faults, how many cells were as they had to be, and which were not. */
export function killMatrixInWords({ isProven, parts, seed }: KillMatrix): string {
  const rows = parts.flatMap((part) => part.rows);
  const faults = new Set(rows.map(({ fault }) => fault)).size;
  const count = (cell: KillCell): number => rows.filter((row) => row.cell === cell).length;
  const undecided = count('undecided');
  const wrong = rows.filter(isWrong).map(({ cell, fault, checkId }) => `${cell}: ${fault} by ${checkId}`);
  const seen =
    `${plural(faults, 'fault')} planted on purpose (seed ${seed}): ${count('caught')} times caught by ` +
    `the check that had to, ${count('silent')} times passed by one that must not notice`;
  return `${isProven ? 'Proven' : 'Not proven'}. ${seen}${undecided === 0 ? '' : `, ${undecided} times undecided`}${wrong.length === 0 ? '' : `; ${wrong.join('; ')}`}.`;
}

export function killMatrixInShort({ parts }: KillMatrix): string {
  const rows = parts.flatMap((part) => part.rows);
  const faults = plural(new Set(rows.map(({ fault }) => fault)).size, 'planted fault');
  const wrong = rows.filter(isWrong).length;
  if (wrong > 0) return `Of ${faults}, ${plural(wrong, 'thing')} went wrong: the checks are not proven here.`;
  const undecided = rows.filter(({ cell }) => cell === 'undecided').length;
  if (undecided > 0)
    return `Of ${faults}, ${plural(undecided, 'cell')} could not be decided: the checks are not proven here.`;
  return parts.every((part) => part.isProven)
    ? `${faults}, and each was noticed by the checks that have to, and by no other.`
    : `${faults}, and not all of them were seen: the checks are not proven here.`;
}

export function isWrong({ cell }: KillMatrixRow): boolean {
  return cell === 'missed' || cell === 'false alarm';
}

/** The faults of one part with their cells, in the order in which they were planted. */
export function faultsOf(
  rows: readonly KillMatrixRow[],
): readonly { readonly name: string; readonly rows: readonly KillMatrixRow[] }[] {
  const found = new Map<string, KillMatrixRow[]>();
  for (const row of rows) {
    const name = row.framing === 'system' ? row.fault : `${row.fault} (${row.framing})`;
    const before = found.get(name);
    if (before === undefined) found.set(name, [row]);
    else before.push(row);
  }
  return [...found].map(([name, its]) => ({ name, rows: its }));
}
