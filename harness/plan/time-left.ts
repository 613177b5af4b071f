import type { Launch } from '../model/index.js';

/** What a launch costs beside warm-up and window until it has been seen: spawning, connecting, reaping. */
const OVERHEAD_MS = { native: 9, addon: 120, js: 150 } as const;

export function expectedMs(launch: Launch): number {
  return launch.timing.warmupMs + launch.timing.windowMs + OVERHEAD_MS[launch.case.driver];
}

/**
 * Time the remaining launches will take: what they are expected to, corrected by how the finished ones kept to it.
 * Pure; the first tenth of a second is too little to correct anything by.
 */
export function timeLeftMs(launches: readonly Launch[], done: number, elapsedMs: number): number {
  const sum = (part: readonly Launch[]): number => part.reduce((total, launch) => total + expectedMs(launch), 0);
  const expectedSoFar = sum(launches.slice(0, done));
  const correction = expectedSoFar > 100 ? elapsedMs / expectedSoFar : 1;
  return sum(launches.slice(done)) * correction;
}
