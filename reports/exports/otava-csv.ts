import type { GateReport, Report } from '../../harness/model/index.js';
import { reportFigures } from './report-figures.js';
import { gateStatistics, reportStatistics } from './statistic-names.js';

/**
 * A header and a row for the history that Apache Otava (once Hunter) looks for change points in:
 * https://github.com/apache/otava/blob/master/docs/CSV.md. `time_column: time`, `attributes: [commit, ipcbench,
 * fingerprint]`, and each other column is a metric; Otava takes more for better unless it is told `direction: -1`.
 * Append the row where the header is the same; begin another file where it is not.
 */
export function renderOtavaCsv(report: Report): string {
  const figures = reportFigures(report).map((figure): Column => [
    `${figure.case.id}#${reportStatistics[figure.measure]}`,
    figure.value,
  ]);
  return rows(report, '', figures);
}

/**
 * Head's figures. What head lacks is an empty cell: Otava stops at it and names the column, where a NaN would pass
 * unnoticed.
 */
export function renderGateOtavaCsv(gate: GateReport): string {
  const commit = gate.head.resolved
    .map((words) => /\bcommit ([0-9a-f]{7,40})\b/.exec(words)?.[1])
    .find((found) => found !== undefined);
  return rows(
    gate,
    commit ?? '',
    gate.comparisons.map((found): Column => [`${found.caseId}#${gateStatistics[found.metric]}`, found.head]),
  );
}

type Column = readonly [name: string, value: number | null];

function rows(
  { startedAt, ipcbenchVersion, environment }: Pick<Report, 'startedAt' | 'ipcbenchVersion' | 'environment'>,
  commit: string,
  columns: readonly Column[],
): string {
  const header = ['time', 'commit', 'ipcbench', 'fingerprint', ...columns.map(([name]) => name)];
  const row = [
    startedAt,
    commit,
    ipcbenchVersion,
    environment.fingerprint,
    ...columns.map(([, value]) => (value === null ? '' : String(value))),
  ];
  return `${header.map(cell).join(',')}\n${row.map(cell).join(',')}\n`;
}

// RFC 4180, with line ends of one character, as Python's reader takes them.
function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
