import type { Case, Driver, Launch, Placement, Plan, SkippedCase, Timing, Transport, Verify, Workload } from '../model/index.js';
import { caseId } from './case-id.js';
import { seededRandom, shuffled } from './random.js';

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
}

export interface PlanInput {
  readonly selections: readonly Selection[];
  readonly seed: number;
  /** Why a placement cannot be had here; null when it can. */
  readonly placementProblem: (placement: Placement) => { readonly code: string; readonly reason: string } | null;
}

/**
 * Lays out every launch. Rounds come one after another; each holds one launch of every case that still wants one, in an order
 * drawn from the seed, so that whatever drifts over minutes drifts over all cases alike. A case with fewer launches than the
 * plan has rounds is spread over them evenly instead of being used up early.
 */
export function makePlan(input: PlanInput): Plan {
  const random = seededRandom(input.seed);
  const wanted: { readonly case: Case; readonly timing: Timing; readonly launches: number }[] = [];
  const skipped: SkippedCase[] = [];
  const known = new Set<string>();

  for (const selection of input.selections) {
    for (const one of casesOf(selection)) {
      if (known.has(one.id)) continue;
      known.add(one.id);
      const problem = input.placementProblem(one.placement);
      if (problem !== null) skipped.push({ caseId: one.id, ...problem });
      else wanted.push({ case: one, timing: selection.timing, launches: selection.launches });
    }
  }

  const rounds = Math.max(0, ...wanted.map((want) => want.launches));
  const launches: Launch[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const want of shuffled(wanted.filter((one) => runsInRound(one.launches, round, rounds)), random)) {
      launches.push({ index: launches.length, round, case: want.case, timing: want.timing, seed: random.below(2 ** 32) });
    }
  }
  return { seed: input.seed, rounds, cases: wanted.map((want) => want.case), launches, skipped };
}

function casesOf(selection: Selection): Case[] {
  const cases: Case[] = [];
  for (const transport of selection.transports) {
    for (const driver of selection.drivers.filter((one) => driversOf(transport).includes(one))) {
      for (const workload of selection.workloads) {
        for (const sizeBytes of selection.sizesBytes) {
          for (const placement of selection.placements) {
            const parts = { transport: transport.name, driver, workload: workload.name, sizeBytes, placement, verify: selection.verify };
            cases.push({ id: caseId(parts), ...parts, methodRevision: workload.methodRevision });
          }
        }
      }
    }
  }
  return cases;
}

/** The drivers that can move this transport's bytes. */
export function driversOf(transport: Transport): readonly Driver[] {
  return [...(transport.coreDrivers ?? []), ...(transport.js === undefined ? [] : (['js'] as const))];
}

/** Bresenham's line over rounds: `launches` of them, evenly spread, the first one in round 0. */
function runsInRound(launches: number, round: number, rounds: number): boolean {
  return Math.ceil(((round + 1) * launches) / rounds) > Math.ceil((round * launches) / rounds);
}
