import type {
  Case,
  ChosenSetting,
  Column,
  Driver,
  Placement,
  Plan,
  SkippedCase,
  Timing,
  Transport,
  Workload,
} from '../model/index.js';
import { makeCase } from './case-id.js';
import { platformProblem } from './platform.js';
import { settingsOfCases, type SettingsOfCase } from './settings.js';

/** A part of a plan: everything in it is crossed with everything else. */
export interface Selection {
  readonly transports: readonly Transport[];
  readonly drivers: readonly Driver[];
  readonly workloads: readonly Workload[];
  readonly sizesBytes: readonly number[];
  readonly placements: readonly Placement[];
  /** What is not named here has its default. */
  readonly settings?: readonly ChosenSetting[];
  readonly timing: Timing;
  /** Fresh pairs per case. */
  readonly launches: number;
  /** The same for sizes that are not the headline's; `launches` when absent. */
  readonly launchesElsewhere?: number;
}

export interface PlanInput {
  readonly selections: readonly Selection[];
  readonly seed: number;
  /** The system that the plan is for. */
  readonly platform: NodeJS.Platform;
  /** Why a placement cannot be had here; null when it can. */
  readonly placementProblem: (placement: Placement) => { readonly code: string; readonly reason: string } | null;
}

/** Sorts the selected cases into columns, each with as many blocks as its cases want launches. */
export function makePlan(input: PlanInput): Plan {
  const cases: Case[] = [];
  const columns = new Map<
    string,
    { readonly cases: Case[]; readonly timing: Timing; blocks: number; readonly isHeadline: boolean }
  >();
  const skipped: SkippedCase[] = [];
  const known = new Set<string>();

  for (const selection of input.selections) {
    for (const planned of casesOf(selection)) {
      const { one, workload, transport } = planned;
      if (known.has(one.id)) continue;
      known.add(one.id);
      const problem =
        platformProblem(transport, input.platform) ?? planned.problem ?? input.placementProblem(one.placement);
      if (problem !== null) {
        skipped.push({ caseId: one.id, ...problem });
        continue;
      }
      cases.push(one);
      const id = columnId(one);
      const isLookedAtFirst = isHeadlineSize(one, workload, selection);
      // Native columns alone: a block of Node's takes as long as ten of theirs.
      const column = columns.get(id) ?? {
        cases: [],
        timing: selection.timing,
        blocks: 0,
        isHeadline: isLookedAtFirst && one.driver === 'native',
      };
      columns.set(id, column);
      column.cases.push(one);
      column.blocks = Math.max(
        column.blocks,
        isLookedAtFirst ? selection.launches : (selection.launchesElsewhere ?? selection.launches),
      );
    }
  }
  const wanted = [...columns].map(([id, column]): Column => ({ id, ...column }));
  return {
    seed: input.seed,
    rounds: Math.max(0, ...wanted.map((column) => column.blocks)),
    columns: wanted,
    cases,
    skipped,
  };
}

/** What the cases of one column have in common: all of the id but the transport, which stands first. */
export function columnId(one: Pick<Case, 'id' | 'transport'>): string {
  return one.id.slice(one.transport.length + 1);
}

interface PlannedCase {
  readonly one: Case;
  readonly workload: Workload;
  readonly transport: Transport;
  /** Of its settings. */
  readonly problem: SettingsOfCase['problem'];
}

function* casesOf(selection: Selection): Generator<PlannedCase> {
  for (const transport of selection.transports) {
    for (const driver of selection.drivers.filter((one) => driversOf(transport).includes(one))) {
      for (const workload of selection.workloads) {
        for (const sizeBytes of selection.sizesBytes) {
          for (const placement of selection.placements) {
            const subject = { transport, driver, workload: workload.name, sizeBytes, placement };
            const { methodRevision } = workload;
            for (const { settings, problem } of settingsOfCases(subject, selection.settings ?? []))
              yield {
                one: makeCase({ ...subject, transport: transport.name, settings, methodRevision }),
                workload,
                transport,
                problem,
              };
          }
        }
      }
    }
  }
}

/** Of the selected sizes the nearest to the headline's. */
function isHeadlineSize({ sizeBytes }: Case, { headlineBytes }: Workload, { sizesBytes }: Selection): boolean {
  const distance = (size: number): number => Math.abs(Math.log(size / headlineBytes));
  return sizesBytes.every((size) => distance(sizeBytes) <= distance(size));
}

/** The drivers that can move this transport's bytes. */
export function driversOf(transport: Transport): readonly Driver[] {
  return [...(transport.coreDrivers ?? []), ...(transport.js === undefined ? [] : (['js'] as const))];
}
