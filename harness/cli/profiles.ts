import type { Driver, Placement, Transport, Workload } from '../model/index.js';
import { driversOf, type Selection } from '../plan/plan.js';

/** How much of everything: what `--profile` names. */
export interface Profile {
  readonly summary: string;
  readonly launches: Readonly<Record<Driver, number>>;
  readonly windowMs: Readonly<Record<Driver, number>>;
}

/**
 * A core launch costs 8 ms beside its window, a Node launch 150: windows are long enough to keep most of the time inside them, and
 * launches, the unit of replication, as many as the time allows (README, "Why these defaults").
 */
export const PROFILES = {
  quick: { summary: 'a look: wide intervals', launches: { native: 6, addon: 3, js: 3 }, windowMs: { native: 10, addon: 100, js: 100 } },
  default: { summary: 'what `all` runs', launches: { native: 7, addon: 6, js: 6 }, windowMs: { native: 25, addon: 100, js: 100 } },
  thorough: { summary: 'for a figure that will be quoted', launches: { native: 40, addon: 20, js: 20 }, windowMs: { native: 50, addon: 300, js: 300 } },
} satisfies Record<string, Profile>;

export type ProfileName = keyof typeof PROFILES;

export const WARMUP_MS: Readonly<Record<Driver, number>> = { native: 1, addon: 10, js: 30 };
export const DEFAULT_SIZES = [64, 4096, 65536] as const;

/** Node-hosted peers have threads beside the loop; pinning those to one CPU measures their quarrel with it. */
export const DEFAULT_PLACEMENTS: Readonly<Record<Driver, readonly Placement[]>> = {
  native: ['same-cpu', 'cross-cpu'],
  addon: ['same-cpu'],
  js: ['free'],
};

/** What `ipcbench all` measures: everything native, Node's own transports, and a few addon cases beside their native twins. */
export function selectionsOfAll(transports: readonly Transport[], workloads: readonly Workload[], profile: Profile): Selection[] {
  const part = (driver: Driver, chosen: readonly Transport[], sizesBytes: readonly number[]): Selection => ({
    transports: chosen.filter((transport) => driversOf(transport).includes(driver)),
    drivers: [driver],
    workloads,
    sizesBytes,
    placements: DEFAULT_PLACEMENTS[driver],
    verify: 'header',
    timing: { warmupMs: WARMUP_MS[driver], windowMs: profile.windowMs[driver] },
    launches: profile.launches[driver],
  });
  const twins = transports.filter((transport) => transport.name === 'socketpair-stream' || transport.name === 'pipe');
  return [part('native', transports, DEFAULT_SIZES), part('js', transports, DEFAULT_SIZES), part('addon', twins, [64])];
}
