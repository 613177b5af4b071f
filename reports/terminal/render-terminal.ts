import type { Report } from '../../harness/model/index.js';
import type { ReportCircumstances } from '../../harness/outcome/report-outcome.js';
import { answers, isContested, type Answer } from '../findings/answers.js';
import { comparableGroups, type ComparableGroup } from '../findings/comparable-groups.js';
import { environmentInWords } from '../findings/environment.js';
import { failedLaunches } from '../findings/failures.js';
import { killMatrixInWords } from '../findings/kill-matrix.js';
import { summariseNoise } from '../findings/noise.js';
import { describeInterval, describeNoise } from '../findings/describe-noise.js';
import { notices } from '../findings/notices.js';
import { headlineEstimate } from '../findings/ranking.js';
import { reportSummary } from '../findings/report-answer.js';
import { nameGroup } from '../findings/wording.js';
import { printable } from '../printable.js';
import { plural } from '../units/digits.js';
import { formatElapsedMs } from '../units/duration.js';
import { chooseColours, type Colours } from './colours.js';
import { conformanceSummary } from './conformance-summary.js';
import { figureTable } from './figure-table.js';
import { wrap } from './wrap.js';

export interface TerminalOptions {
  readonly color: boolean;
  /** Columns; below 40 nothing useful fits, so 40 is the least. */
  readonly width: number;
  /** What no report.json holds of how it ended. */
  readonly circumstances?: ReportCircumstances;
  /** What was written where, to be named at the end. */
  readonly files?: readonly { readonly name: string; readonly path: string }[];
}

/** The summary printed after a run, ending in what the reader came for: the answers, and where the files are. */
export function renderTerminal(report: Report, options: TerminalOptions): string {
  const colours = chooseColours(options.color);
  const width = Math.max(options.width, 40);
  const sections = [
    headerLines(report, colours, width),
    ...comparableGroups(report).map((group) => groupLines(group, colours, width)),
    legendLines(report, colours, width),
    report.verdicts.length === 0 ? [] : [colours.bold('Conformance'), ...conformanceSummary(report, colours, width)],
    report.killMatrix === undefined
      ? []
      : [colours.bold('Planted faults'), ...wrap(printable(killMatrixInWords(report.killMatrix)), width)],
    listLines(
      'Failed launches',
      failedLaunches(report).map(({ caseId, text }) => [caseId, text]),
      colours,
      width,
    ),
    listLines(
      'Skipped',
      report.skipped.map((skipped) => [skipped.caseId, skipped.reason]),
      colours,
      width,
    ),
    noticeLines(report, colours, width),
    answerLines(answers(report), colours, width),
    (options.files ?? []).map(({ name, path }) => `${colours.dim(name.padEnd(9))} ${printable(path)}`),
    wrap(reportSummary(report, options.circumstances), width, '  '),
  ];
  return `${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n')}\n`;
}

function headerLines(report: Report, colours: Colours, width: number): readonly string[] {
  const rounds =
    report.rounds.planned === 0 ? [] : [`${report.rounds.completed} of ${plural(report.rounds.planned, 'round')}`];
  const title = [
    `ipcbench ${printable(report.ipcbenchVersion)}`,
    report.status,
    ...rounds,
    formatElapsedMs(report.time.totalMs),
    `seed ${report.seed}`,
  ].join(' · ');
  const noise = describeNoise(summariseNoise(report));
  return [
    ...wrap(title, width, '  ').map(colours.bold),
    ...environmentInWords(report.environment).flatMap((line) => wrap(printable(line), width, '  ')),
    ...noise.flatMap((line) => wrap(printable(line), width, '  ')).map(colours.dim),
  ];
}

function groupLines(group: ComparableGroup, colours: Colours, width: number): readonly string[] {
  const meaning = group.figure === 'latency' ? 'round trip, lower is better' : 'bytes per second, higher is better';
  const name = printable(nameGroup(group));
  const oneLine = name.length + 3 + meaning.length <= width;
  return [
    ...(oneLine
      ? [`${colours.bold(name)}   ${colours.dim(meaning)}`]
      : [...wrap(name, width, '  ').map(colours.bold), colours.dim(meaning)]),
    ...figureTable(group, colours, width),
  ];
}

function legendLines(report: Report, colours: Colours, width: number): readonly string[] {
  if (report.results.length === 0) return [];
  const contested = answers(report).some((answer) => answer.ranking.tied.length + answer.ranking.behind.length > 0);
  const interval = describeInterval(summariseNoise(report));
  const partly = report.results.some((result) => result.failures.length > 0 && result.launches.length > 0);
  const parts = [
    contested ? '* fastest of its column; ~ cannot be told from it; all others are slower' : null,
    interval !== null
      ? `± the farther end of the ${interval}`
      : report.results.some((result) => headlineEstimate(result) !== null)
        ? 'no ±: too few launches for an interval'
        : 'no launch came to a figure, so nothing is ranked',
    contested
      ? 'below, 1.37× is how many times as long a round trip or a byte takes, in brackets its interval: in 95 of ' +
        '100 runs all intervals of a ranking are true'
      : null,
    partly ? '! some launches failed' : null,
  ];
  return wrap(`${parts.filter((part) => part !== null).join('; ')}.`, width).map(colours.dim);
}

function listLines(
  title: string,
  items: readonly (readonly [string, string])[],
  colours: Colours,
  width: number,
): readonly string[] {
  if (items.length === 0) return [];
  return [
    colours.bold(title),
    ...items.flatMap(([name, text]) => [
      printable(name),
      ...wrap(printable(text), width - 2).map((line) => `  ${line}`),
    ]),
  ];
}

function noticeLines(report: Report, colours: Colours, width: number): readonly string[] {
  return notices(report).flatMap((notice) => [
    ...wrap(`! ${printable(notice.message)}`, width, '  ').map(colours.yellow),
    ...(notice.hint === null ? [] : wrap(`→ ${printable(notice.hint)}`, width - 2, '  ').map((line) => `  ${line}`)),
  ]);
}

function answerLines(found: readonly Answer[], colours: Colours, width: number): readonly string[] {
  // The table above says all there is to say of a transport that stands alone.
  const contested = found.filter((answer) => isContested(answer.ranking));
  const decided = contested.filter(({ ranking }) => ranking.tied.length + ranking.behind.length > 0);
  if (contested.length === 0) return found.flatMap((answer) => answerInLines(answer, colours, width));
  const undecided =
    decided.length === contested.length
      ? []
      : wrap(`Too few launches to rank ${decided.length === 0 ? 'anything' : 'the rest'}: see --launches.`, width);
  return [...decided.flatMap((answer) => answerInLines(answer, colours, width)), ...undecided];
}

function answerInLines({ question, place, sentence }: Answer, colours: Colours, width: number): readonly string[] {
  return [
    ...wrap(`${question} (${printable(place)})`, width, '  ').map(colours.bold),
    ...wrap(printable(sentence), width - 2).map((line) => `  ${line}`),
  ];
}
