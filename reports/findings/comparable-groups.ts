import type { Case, CaseResult, Ranking, Report, SkippedCase } from '../../harness/model/index.js';
import type { Figure } from '../units/estimate.js';
import { caseSettings } from './case-settings.js';

/**
 * Results that may stand in one table and one ranking: all that makes a figure comparable is the same, but for the
 * transport and the size. Drivers and placements are never mixed.
 */
export interface ComparableGroup {
  /** `ping-pong/native/same-cpu`, then what is not the default: `/wait=spin`. Unique within a report. */
  readonly id: string;
  readonly figure: Figure;
  readonly workload: string;
  readonly driver: Case['driver'];
  readonly placement: Case['placement'];
  /** Values that are not the default, as they stand in the case's id: `wait=spin`. */
  readonly settings: readonly string[];
  readonly verify: Case['verify'];
  readonly methodRevision: number;
  /** Ascending. */
  readonly sizes: readonly number[];
  /**
   * By size: which transport is faster, as the report says it. A size at which fewer than two were measured has none.
   */
  readonly rankings: ReadonlyMap<number, Ranking>;
  /** In the order of the report's transports, references after the others. */
  readonly rows: readonly TransportRow[];
}

export interface TransportRow {
  readonly transport: string;
  /** What kind of yardstick this is, where it is no local transport; null for the others. */
  readonly reference: string | null;
  readonly results: ReadonlyMap<number, CaseResult>;
  /** By size: cases that were planned and did not run. */
  readonly skipped: ReadonlyMap<number, SkippedCase>;
}

/** The groups of a report, latency first; then native, addon, js; then one CPU, two CPUs, unpinned. */
export function comparableGroups(report: Report): readonly ComparableGroup[] {
  const results = new Map<string, CaseResult[]>();
  const figureOf = new Map(report.results.map((result) => [result.case.workload, result.figure]));
  for (const result of report.results) {
    const id = groupId(result, figureOf);
    const before = results.get(id);
    if (before === undefined) results.set(id, [result]);
    else before.push(result);
  }
  const workloads = unique(report.results.map((result) => result.case.workload));
  return [...results]
    .map(([id, members]) => describeGroup(report, id, members))
    .sort(
      (a, b) =>
        figures.indexOf(a.figure) - figures.indexOf(b.figure) ||
        workloads.indexOf(a.workload) - workloads.indexOf(b.workload) ||
        drivers.indexOf(a.driver) - drivers.indexOf(b.driver) ||
        placements.indexOf(a.placement) - placements.indexOf(b.placement) ||
        a.settings.length - b.settings.length ||
        compareText(a.id, b.id),
    );
}

const figures: readonly Figure[] = ['latency', 'throughput'];
const drivers: readonly Case['driver'][] = ['native', 'addon', 'js'];
const placements: readonly Case['placement'][] = ['same-cpu', 'cross-cpu', 'free'];

function groupId(
  { case: { id, workload, driver, placement, verify, methodRevision }, figure }: CaseResult,
  expectedFigure: ReadonlyMap<string, Figure>,
): string {
  const settings = caseSettings(id);
  const spelt = [workload, driver, placement, ...settings].join('/');
  // Normally one of each in a report; several when results of two builds were put together, which must not be ranked as
  // one.
  const unspelt = [
    verify === 'full' && !settings.includes('verify=full') ? 'verify=full' : null,
    methodRevision === 1 ? null : `method-${methodRevision}`,
    figure === expectedFigure.get(workload) ? null : figure,
  ];
  return [spelt, ...unspelt.filter((part) => part !== null)].join('/');
}

function describeGroup(report: Report, id: string, members: readonly CaseResult[]): ComparableGroup {
  const first = members[0] as CaseResult;
  const sizes = unique(members.map((member) => member.case.sizeBytes)).sort((a, b) => a - b);
  const known = report.transports.map((transport) => transport.name);
  const names = unique([...known, ...members.map((member) => member.case.transport)]);
  const skippedById = new Map(report.skipped.map((skipped) => [skipped.caseId, skipped]));
  const rows = names
    .map((transport) => ({
      transport,
      reference: report.transports.find((record) => record.name === transport)?.reference ?? null,
      results: new Map(
        members
          .filter((member) => member.case.transport === transport)
          .map((member) => [member.case.sizeBytes, member]),
      ),
      skipped: skippedSizes(transport, members, skippedById),
    }))
    .filter((row) => row.results.size > 0 || row.skipped.size > 0)
    .sort((a, b) => Number(a.reference !== null) - Number(b.reference !== null));
  const { workload, driver, placement, verify, settings, methodRevision } = first.case;
  const isOfGroup = (ranking: Ranking): boolean =>
    ranking.workload === workload &&
    ranking.driver === driver &&
    ranking.placement === placement &&
    ranking.verify === verify &&
    haveSameSettings(ranking.settings, settings) &&
    ranking.methodRevision === methodRevision;
  const rankings = new Map((report.rankings ?? []).filter(isOfGroup).map((ranking) => [ranking.sizeBytes, ranking]));
  return {
    id,
    figure: first.figure,
    workload,
    driver,
    placement,
    settings: caseSettings(first.case.id),
    verify,
    methodRevision,
    sizes,
    rankings,
    rows,
  };
}

function haveSameSettings(a: Case['settings'] = {}, b: Case['settings'] = {}): boolean {
  return [...Object.keys(a), ...Object.keys(b)].every((name) => a[name] === b[name]);
}

// A skipped case is known by its id alone: the id of a case of this group, with another transport in front.
function skippedSizes(
  transport: string,
  members: readonly CaseResult[],
  skippedById: ReadonlyMap<string, SkippedCase>,
): ReadonlyMap<number, SkippedCase> {
  const found = new Map<number, SkippedCase>();
  for (const member of members) {
    const skipped = skippedById.get([transport, ...member.case.id.split('/').slice(1)].join('/'));
    if (skipped !== undefined) found.set(member.case.sizeBytes, skipped);
  }
  return found;
}

function unique<Item>(items: readonly Item[]): Item[] {
  return [...new Set(items)];
}

// Not localeCompare: the order of a report must not depend on the reader's language.
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
