import type { Report, VerdictKind } from '../../harness/model/index.js';
import type { ReportCircumstances } from '../../harness/outcome/report-outcome.js';
import { shellCommand } from '../../harness/model/shell-command.js';
import { comparableGroups, type ComparableGroup } from '../findings/comparable-groups.js';
import { headlineSize } from '../findings/answers.js';
import { checkIds, remarkableVerdicts } from '../findings/conformance.js';
import { environmentInWords } from '../findings/environment.js';
import { failedLaunches } from '../findings/failures.js';
import { killMatrixInWords } from '../findings/kill-matrix.js';
import { summariseNoise } from '../findings/noise.js';
import { describeInterval, describeNoise } from '../findings/describe-noise.js';
import { notices } from '../findings/notices.js';
import { headlineEstimate, rankGroup } from '../findings/ranking.js';
import { reportSummary } from '../findings/report-answer.js';
import { placementWords } from '../findings/wording.js';
import { formatSize } from '../units/bytes.js';
import { plural } from '../units/digits.js';
import { formatEstimate } from '../units/estimate.js';
import { overview } from '../view/overview.js';
import { markdownCode, markdownCommand, markdownText } from './markdown-text.js';

/**
 * What a reviewer wants to see in a pull request: one row a transport at the sizes that answer the usual questions, the
 * machine, and the noise floor. Drivers and placements have tables of their own.
 */
export function renderMarkdown(report: Report, circumstances: ReportCircumstances = {}): string {
  const { headline, boxes } = overview(report);
  const sections = [
    `**${headline.map(markdownText).join(' ')}**`,
    bulletList(
      boxes.map(({ question, answer, detail }) => markdownText([`${question}: ${answer}`, ...detail].join('; '))),
    ),
    markdownText(reportSummary(report, circumstances)),
    warnings(report),
    ...foldAfterFirst(places(comparableGroups(report)).map(placeTable)),
    legend(report),
    conformance(report),
    report.killMatrix === undefined ? '' : `**Planted faults**: ${markdownText(killMatrixInWords(report.killMatrix))}`,
    bulletList(
      failedLaunches(report).map(({ caseId, text }) => `${markdownCode(caseId)} failed in ${markdownText(text)}`),
    ),
    report.skipped.length === 0
      ? ''
      : `${plural(report.skipped.length, 'case')} ` +
        `skipped: ${report.skipped.map(({ caseId }) => markdownCode(caseId)).join(', ')}.`,
    machine(report),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function warnings(report: Report): string {
  return bulletList(
    notices(report).map(
      ({ message, hint }) => `⚠ ${markdownText(message)}${hint === null ? '' : ` *${markdownText(hint)}*`}`,
    ),
  );
}

/** One table is open; a reader who wants another place unfolds it. */
function foldAfterFirst([first, ...others]: readonly string[]): readonly string[] {
  if (first === undefined || others.length === 0) return first === undefined ? [] : [first];
  const title = plural(others.length, 'more table');
  return [
    first,
    `<details><summary>${title}: other drivers and placements</summary>\n\n${others.join('\n\n')}\n\n</details>`,
  ];
}

/** Groups that differ in the workload alone, so that latency and throughput of a place share a table. */
function places(groups: readonly ComparableGroup[]): readonly (readonly [ComparableGroup, ...ComparableGroup[]])[] {
  const found = new Map<string, [ComparableGroup, ...ComparableGroup[]]>();
  for (const group of groups) {
    const key = [group.driver, group.placement, group.verify, ...group.settings].join('/');
    const before = found.get(key);
    if (before === undefined) found.set(key, [group]);
    else before.push(group);
  }
  return [...found.values()];
}

function placeTable(groups: readonly [ComparableGroup, ...ComparableGroup[]]): string {
  const [first] = groups;
  const columns = groups.map((group) => ({
    group,
    sizeBytes: headlineSize(group),
    ranking: rankGroup(group, headlineSize(group)),
  }));
  const names = [...new Set(groups.flatMap((group) => group.rows.map((row) => row.transport)))];
  const references = new Map(
    groups.flatMap((group) => group.rows.map((row) => [row.transport, row.reference] as const)),
  );
  const best = columns[0]?.ranking;
  const order = [best?.leader, ...(best?.tied ?? []), ...(best?.behind ?? []), ...(best?.undecided ?? [])].map(
    (one) => one?.transport,
  );
  const position = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  const rows = names
    .toSorted(
      (a, b) => Number(references.get(a) !== null) - Number(references.get(b) !== null) || position(a) - position(b),
    )
    .map((name) => {
      const label = references.get(name) === null ? markdownText(name) : `*${markdownText(name)} (reference)*`;
      return [label, ...columns.map((column) => figureCell(column, name))];
    });
  const titles = columns.map(
    ({ group, sizeBytes }) =>
      `${markdownText(group.workload)}, ${formatSize(sizeBytes)} ${group.figure === 'latency' ? 'round trip ↓' : 'throughput ↑'}`,
  );
  const place = [`${first.driver} driver`, placementWords[first.placement], ...first.settings].join(', ');
  return [
    `**${markdownText(place)}**`,
    '',
    tableRow(['transport', ...titles]),
    tableRow(['---', ...titles.map(() => '---:')]),
    ...rows.map(tableRow),
  ].join('\n');
}

interface Column {
  readonly group: ComparableGroup;
  readonly sizeBytes: number;
  readonly ranking: ReturnType<typeof rankGroup>;
}

function figureCell({ group, sizeBytes, ranking }: Column, transport: string): string {
  const row = group.rows.find((candidate) => candidate.transport === transport);
  const result = row?.results.get(sizeBytes);
  if (result === undefined) return row?.skipped.has(sizeBytes) === true ? 'skipped' : '–';
  const estimate = headlineEstimate(result);
  if (estimate === null) return 'failed';
  const text = formatEstimate(group.figure, estimate);
  const ranks = ranking.tied.length + ranking.behind.length > 0;
  if (ranks && ranking.leader?.result === result) return `**${text}**`;
  if (ranks && ranking.tied.some((entry) => entry.result === result)) return `${text} ≈`;
  return text;
}

function legend(report: Report): string {
  const ranks = comparableGroups(report).some((group) => {
    const { tied, behind } = rankGroup(group, headlineSize(group));
    return tied.length + behind.length > 0;
  });
  const interval = describeInterval(summariseNoise(report));
  return [
    ranks ? 'Bold: fastest of its column. ≈: cannot be told from it; all others are slower.' : null,
    interval === null ? null : `In brackets: ${interval}.`,
  ]
    .filter((part) => part !== null)
    .join(' ');
}

function conformance(report: Report): string {
  if (report.verdicts.length === 0) return '';
  const count = (kind: VerdictKind): number => report.verdicts.filter((verdict) => verdict.verdict === kind).length;
  const counts = (['pass', 'fail', 'broken', 'deviation', 'info', 'skip'] as const)
    .filter((kind) => count(kind) > 0)
    .map((kind) => `${count(kind)} ${kind}`);
  const told = remarkableVerdicts(report).filter(
    (verdict) => verdict.verdict !== 'skip' && verdict.verdict !== 'info' && verdict.known === null,
  );
  const known = report.verdicts.filter((verdict) => verdict.known !== null).length;
  return [
    `**Conformance**: ${counts.join(', ')} ` +
      `over ${plural(checkIds(report).length, 'check')}.${known === 0 ? '' : ` ${plural(known, 'deviation')} known, each with a link in the report.`}`,
    ...(told.length === 0 ? [] : ['']),
    ...told.map((verdict) => {
      const left =
        verdict.teardown === 'unclean'
          ? ` Left behind: ${markdownText(verdict.teardownEvidence ?? 'not said what.')}`
          : '';
      return (
        `- **${verdict.verdict}** ${markdownCode(verdict.id)} ` +
        `(${verdict.level}, ${verdict.driver}): ${markdownText(verdict.evidence)}${left} ${markdownCommand(verdict.command)}`
      );
    }),
  ].join('\n');
}

function machine(report: Report): string {
  const launches = plural(report.rounds.completed, 'round');
  return [
    ...describeNoise(summariseNoise(report)),
    ...environmentInWords(report.environment),
    `ipcbench ${report.ipcbenchVersion}, ${report.status}, ${launches}, ${report.startedAt.slice(0, 10)}, ` +
      `fingerprint ${report.environment.fingerprint.slice(0, 12)}`,
  ]
    .map((line) => `<sub>${markdownText(line)}</sub>`)
    .concat(`<sub>${markdownCommand(shellCommand(report.command))}</sub>`)
    .join('<br>\n');
}

function bulletList(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
