import type { PairOutcome, Side } from '../../../ci/gate/run-gate.js';
import { noiseBetween, readNoise } from '../../environment/noise.js';
import type { Case, LaunchRecord, Workload } from '../../model/index.js';
import { BESIDE_WINDOW_MS } from '../../plan/time-left.js';
import { runLaunch, type LaunchContext } from '../../runner/run-launch.js';
import { launchRecord } from '../../stats/case-record.js';
import type { CaseOptions } from '../cases/gate-cases.js';
import { timingOf } from '../cases/gate-cases.js';

export interface LiveSides {
  readonly base: LaunchContext;
  readonly head: LaunchContext;
  readonly workloads: readonly Workload[];
  readonly options: Pick<CaseOptions, 'timing'>;
  /** What base runs in a case's stead: its control. Default: the case itself. */
  controlOf?(one: Case): Case;
}

/** What a pair of these cases is likely to take, until one has been seen. */
export function likelyPairMs(cases: readonly Case[], options: Pick<CaseOptions, 'timing'>): number {
  const each = cases.map(({ driver }) => {
    const { warmupMs, windowMs } = timingOf(driver, options);
    return 2 * (BESIDE_WINDOW_MS[driver] + warmupMs + windowMs);
  });
  return each.reduce((sum, ms) => sum + ms, 0) / Math.max(1, each.length);
}

/** Runs one case on one side and then on the other, each with a fresh pair of processes and the same payload. */
export function livePairs(sides: LiveSides): (one: Case, first: Side, seed: number) => Promise<PairOutcome> {
  let launches = 0;
  return async (one, first, seed) => {
    const workload = sides.workloads.find((candidate) => candidate.name === one.workload);
    if (workload === undefined) throw new Error(`The gate needs the workload '${one.workload}', which is not loaded.`);
    const before = readNoise();
    const records: Partial<Record<Side, LaunchRecord>> = {};
    const skipped: { side: Side; reason: string }[] = [];
    const ofSide = { base: sides.controlOf?.(one) ?? one, head: one };
    for (const side of [first, first === 'base' ? 'head' : 'base'] as const) {
      const outcome = await runLaunch(
        {
          index: launches,
          round: launches,
          case: ofSide[side],
          timing: timingOf(ofSide[side].driver, sides.options),
          seed,
        },
        sides[side],
      );
      launches += 1;
      if (outcome.kind === 'failure') return { kind: 'failure', failure: { side, message: outcome.failure.message } };
      if (outcome.kind === 'sample') records[side] = launchRecord(outcome.sample, workload);
      else skipped.push({ side, reason: outcome.reason });
    }
    // Which side is first is a coin's: whether head lacks what base has is known only when both were asked.
    const [lacking, other] = skipped;
    if (lacking !== undefined)
      return { kind: 'skipped', side: other === undefined ? lacking.side : 'both', reason: lacking.reason };
    return {
      kind: 'sample',
      sample: {
        base: records.base as LaunchRecord,
        head: records.head as LaunchRecord,
        noise: noiseBetween(before, readNoise()),
      },
    };
  };
}
