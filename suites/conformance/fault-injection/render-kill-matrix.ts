import type { KillCell, KillMatrix, KillMatrixPart, KillMatrixRow } from '../../../harness/model/index.js';

const MARK: Readonly<Record<KillCell, string>> = {
  caught: 'caught',
  missed: 'MISSED',
  'false alarm': 'FALSE ALARM',
  silent: 'silent',
  undecided: 'UNDECIDED',
  free: 'free',
  unseen: 'unseen',
};

const TITLES: Readonly<Record<KillMatrixPart['plantedInto'], string>> = {
  recordings: 'Injected into recordings, which are judged again',
  exchanges: 'Injected into exchanges between real processes',
  'system calls': 'Injected into the system calls of specific checks',
};

/** What was injected, who noticed, what is wrong in sentences, and the conclusion. Plain text. */
export function renderKillMatrix({ seed, isProven, parts }: KillMatrix): string {
  const rows = parts.flatMap((part) => part.rows);
  return [...parts.map(renderPart), `${isProven ? 'Proven' : 'Not proven'}: ${counts(rows)} (seed ${seed}).`, ''].join(
    '\n',
  );
}

function renderPart({ plantedInto, rows }: KillMatrixPart): string {
  const framed = rows.filter(({ framing }) => framing !== 'system');
  const ofSystem = rows.filter(({ framing }) => framing === 'system');
  return [
    TITLES[plantedInto],
    '',
    ...(framed.length === 0 ? [] : [...grid(framed), '']),
    ...(ofSystem.length === 0 ? [] : [...lists(ofSystem), '']),
    ...rows.flatMap((row) => complaint(row) ?? []),
    rateOf(rows),
    '',
  ].join('\n');
}

/** One line a fault and framing, one column a check. */
function grid(rows: readonly KillMatrixRow[]): string[] {
  const checks = [...new Set(rows.map((row) => row.checkId))];
  const faults = [...new Set(rows.map((row) => `${row.fault} (${row.framing})`))];
  const cells = new Map(rows.map((row) => [`${row.fault} (${row.framing}) ${row.checkId}`, MARK[row.cell]]));
  return aligned([
    ['fault', ...checks],
    ...faults.map((fault) => [fault, ...checks.map((check) => cells.get(`${fault} ${check}`) ?? '·')]),
  ]);
}

/** The system that tells no lie is under all of them. */
const MOST_NAMES = 12;

/** One line a fault: every one has checks of its own. */
function lists(rows: readonly KillMatrixRow[]): string[] {
  const faults = [...new Set(rows.map(({ fault }) => fault))];
  const which = (fault: string, expected: KillMatrixRow['expected']): string => {
    const cells = rows.filter((row) => row.fault === fault && row.expected === expected);
    if (cells.length > MOST_NAMES && cells.every(({ cell }) => cell === 'silent'))
      return `all ${cells.length} listed checks`;
    return (
      cells
        .map(({ checkId, cell }) => (cell === 'caught' || cell === 'silent' ? checkId : `${checkId} ${MARK[cell]}`))
        .join(', ') || '–'
    );
  };
  return aligned([
    ['fault', 'caught by', 'silent'],
    ...faults.map((fault) => [fault, which(fault, 'fail'), which(fault, 'pass')]),
  ]);
}

function aligned(table: readonly (readonly string[])[]): string[] {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  return table.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function complaint({ cell, fault, framing, checkId, runs, failed, broken }: KillMatrixRow): string | null {
  const where = framing === 'system' ? 'in the system' : `on a ${framing} transport`;
  const outcome = `it failed ${failed} and could not decide ${broken} of ${runs} runs`;
  if (cell === 'missed') return `'${checkId}' must detect '${fault}' ${where}: ${outcome}.`;
  if (cell === 'false alarm') return `'${checkId}' must pass with '${fault}' ${where}: ${outcome}.`;
  if (cell === 'undecided') return `'${checkId}' could not decide '${fault}' ${where}: ${outcome}.`;
  return null;
}

/** The worst of each kind, as a rate: of how many. */
function rateOf(rows: readonly KillMatrixRow[]): string {
  const seen = rows.filter(({ runs }) => runs > 0);
  const hadTo = seen.filter(({ expected }) => expected === 'fail');
  const mustNot = seen.filter(({ expected }) => expected === 'pass');
  const worst = Math.min(...hadTo.map(({ failed, runs }) => failed / runs));
  const runsOf = (some: readonly KillMatrixRow[]): number => some.reduce((sum, { runs }) => sum + runs, 0);
  const alarms = mustNot.reduce((sum, { failed }) => sum + failed, 0);
  const caught =
    hadTo.length === 0
      ? 'no fault had to be detected'
      : `the lowest detection rate of a check that must detect: ${(100 * worst).toFixed(2)} %, of ` +
        `${Math.min(...hadTo.map(({ runs }) => runs))} runs or more`;
  return `${counts(rows)}; ${caught}; ${alarms} false alarms in ${runsOf(mustNot)} verdicts without a fault to detect.`;
}

function counts(rows: readonly KillMatrixRow[]): string {
  const count = (cell: KillCell): number => rows.filter((row) => row.cell === cell).length;
  const undecided = count('undecided') === 0 ? '' : `${count('undecided')} undecided, `;
  return (
    `${count('caught')} caught, ${count('missed')} missed, ${count('silent')} silent, ${count('false alarm')} ` +
    `false alarms, ${undecided}${count('unseen')} unseen`
  );
}
