import type { Driver, Placement, Transport, Workload } from '../model/index.js';
import { driversOf, type Selection } from '../plan/plan.js';

/** How much of everything: what `--profile` names. */
export interface Profile {
  readonly summary: string;
  readonly launches: Readonly<Record<Driver, number>>;
  readonly windowMs: Readonly<Record<Driver, number>>;
}

/**
 * Launches are the unit of replication: many short windows tell more than a few long ones, as long as most of the time
 * is spent inside them.
 */
export const PROFILES = {
  quick: {
    summary: 'a quick overview, with wide intervals',
    launches: { native: 6, addon: 3, js: 3 },
    windowMs: { native: 10, addon: 100, js: 100 },
  },
  default: {
    summary: 'what `all` runs',
    launches: { native: 20, addon: 6, js: 11 },
    windowMs: { native: 17, addon: 100, js: 170 },
  },
  thorough: {
    summary: 'for a figure that will be quoted',
    launches: { native: 60, addon: 30, js: 30 },
    windowMs: { native: 25, addon: 200, js: 200 },
  },
} satisfies Record<string, Profile>;

export type ProfileName = keyof typeof PROFILES;

/**
 * For a rate the core has more: message sockets and stream sockets are 15 % apart at 64 KiB, and one block in ten turns
 * them round, so that 20 blocks tell all eight pairs in half of the runs and 26 in nearly all. Rates through Node's
 * own API differ by far more, and its launches cost most.
 */
const FOR_A_RATE: Readonly<Record<Driver, number>> = { native: 1.3, addon: 1, js: 2 / 3 };

export function launchesOf(profile: Profile, driver: Driver, { figure }: Pick<Workload, 'figure'>): number {
  return Math.ceil(profile.launches[driver] * (figure.kind === 'throughput' ? FOR_A_RATE[driver] : 1));
}

export const WARMUP_MS: Readonly<Record<Driver, number>> = { native: 1, addon: 10, js: 30 };

/** Node-hosted peers have threads beside the loop; pinning those to one CPU measures their quarrel with it. */
export const DEFAULT_PLACEMENTS: Readonly<Record<Driver, readonly Placement[]>> = {
  native: ['same-cpu', 'cross-cpu'],
  addon: ['same-cpu'],
  js: ['free'],
};

/**
 * What `all` gives to sizes that are not the headline's: a sign test over all 28 pairs of eight transports needs 11
 * blocks, over the three of Node's 8.
 */
const LAUNCHES_ELSEWHERE: Readonly<Record<Driver, number>> = { native: 11, addon: 6, js: 8 };

/**
 * What `ipcbench all` measures: everything native, Node's own transports, and two addon cases beside their native
 * counterparts.
 */
export function selectionsOfAll(
  transports: readonly Transport[],
  workloads: readonly Workload[],
  profile: Profile,
): Selection[] {
  const part = (driver: Driver, chosen: readonly Transport[]): Selection[] =>
    workloads.map((workload) => ({
      transports: chosen.filter((transport) => driversOf(transport).includes(driver)),
      drivers: [driver],
      workloads: [workload],
      sizesBytes: workload.sizesBytes[driver],
      placements: DEFAULT_PLACEMENTS[driver],
      timing: { warmupMs: WARMUP_MS[driver], windowMs: profile.windowMs[driver] },
      launches: launchesOf(profile, driver, workload),
      launchesElsewhere: LAUNCHES_ELSEWHERE[driver],
    }));
  const counterparts = transports.filter((transport) => transport.name === 'socketpair-stream');
  return [...part('native', transports), ...part('js', transports), ...part('addon', counterparts)];
}
