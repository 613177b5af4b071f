import type { Noise } from '../model/index.js';
import { readText } from './read-text.js';

/** Counters that only grow; the difference of two readings is what a launch suffered. */
export interface NoiseReading {
  readonly cpuPressureUs: number | null;
  readonly stealTicks: number | null;
  readonly load1: number | null;
}

/** Sources: proc_pressure (some … total=µs), proc_stat(5) (the eighth figure of `cpu` is steal), proc_loadavg(5). */
export function readNoise(): NoiseReading {
  return {
    cpuPressureUs: numberIn(readText('/proc/pressure/cpu'), /^some .*total=(\d+)/m),
    stealTicks: numberIn(readText('/proc/stat'), /^cpu\s+(?:\d+\s+){7}(\d+)/m),
    load1: numberIn(readText('/proc/loadavg'), /^([\d.]+)/),
  };
}

export function noiseBetween(before: NoiseReading, after: NoiseReading): Noise {
  const grown = (from: number | null, to: number | null): number | null =>
    from === null || to === null ? null : to - from;
  return {
    cpuPressureUs: grown(before.cpuPressureUs, after.cpuPressureUs),
    stealTicks: grown(before.stealTicks, after.stealTicks),
    load1: before.load1,
  };
}

function numberIn(text: string | null, pattern: RegExp): number | null {
  const found = text === null ? undefined : pattern.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}
