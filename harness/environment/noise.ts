import type { Noise } from '../model/index.js';
import { systemLoad, type SystemLoad } from '../os/os.js';

/** Counters that only grow; the difference of two readings is what a launch suffered. */
export type NoiseReading = SystemLoad;

export const readNoise = systemLoad;

export function noiseBetween(before: NoiseReading, after: NoiseReading): Noise {
  const grown = (from: number | null, to: number | null): number | null =>
    from === null || to === null ? null : to - from;
  return {
    cpuPressureUs: grown(before.cpuPressureUs, after.cpuPressureUs),
    stealTicks: grown(before.stealTicks, after.stealTicks),
    load1: before.load1,
  };
}
