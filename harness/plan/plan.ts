import type {
  Case,
  Column,
  Driver,
  Placement,
  Plan,
  SkippedCase,
  Timing,
  Transport,
  Verify,
  Workload,
} from '../model/index.js';
import { caseId } from './case-id.js';
import { platformProblem } from './platform.js';

/** A part of a plan: everything in it is crossed with everything else. */
export interface Selection {
  readonly transports: readonly Transport[];
  readonly drivers: readonly Driver[];
  readonly workloads: readonly Workload[];
  readonly sizesBytes: readonly number[];
  readonly placements: readonly Placement[];
  readonly verify: Verify;
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

/** The size at which a reader looks first, by what the workload figures: system calls at 64 B, copying at 64 KiB. */
const HEADLINE_BYTES: Readonly<Record<Workload['figure'], number>> = { latency: 64, throughput: 65_536 };

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
    for (const { one, workload, transport } of casesOf(selection)) {
      if (known.has(one.id)) continue;
      known.add(one.id);
      const problem = platformProblem(transport, input.platform) ?? input.placementProblem(one.placement);
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

function* casesOf(
  selection: Selection,
): Generator<{ readonly one: Case; readonly workload: Workload; readonly transport: Transport }> {
  for (const transport of selection.transports) {
    for (const driver of selection.drivers.filter((one) => driversOf(transport).includes(one))) {
      for (const workload of selection.workloads) {
        for (const sizeBytes of selection.sizesBytes) {
          for (const placement of selection.placements) {
            const parts = {
              transport: transport.name,
              driver,
              workload: workload.name,
              sizeBytes,
              placement,
              verify: selection.verify,
            };
            yield {
              one: { id: caseId(parts), ...parts, methodRevision: workload.methodRevision },
              workload,
              transport,
            };
          }
        }
      }
    }
  }
}

/** Of the selected sizes the nearest to the headline's. */
function isHeadlineSize({ sizeBytes }: Case, { figure }: Workload, { sizesBytes }: Selection): boolean {
  const distance = (size: number): number => Math.abs(Math.log(size / HEADLINE_BYTES[figure]));
  return sizesBytes.every((size) => distance(sizeBytes) <= distance(size));
}

/** The drivers that can move this transport's bytes. */
export function driversOf(transport: Transport): readonly Driver[] {
  return [...(transport.coreDrivers ?? []), ...(transport.js === undefined ? [] : (['js'] as const))];
}
