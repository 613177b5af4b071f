import type { Column, Driver } from '../model/index.js';

/** What a launch takes beside warm-up and window until one has been seen: spawning, connecting, reaping. */
export const BESIDE_WINDOW_MS: Readonly<Record<Driver, number>> = { native: 5, addon: 130, js: 190 };

/** What a block of this column is likely to take before one has been measured. */
export function expectedBlockMs({ cases, timing }: Column): number {
  return cases.reduce((sum, one) => sum + timing.warmupMs + timing.windowMs + BESIDE_WINDOW_MS[one.driver], 0);
}
