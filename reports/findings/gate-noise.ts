import type { GateReport } from '../../harness/model/index.js';
import { plural, shortNumber } from '../units/digits.js';

/**
 * What disturbed the machine while the pairs ran; null where nothing was recorded. Evidence beside the figures, never a
 * filter on them.
 */
export function gateNoiseInWords({ comparisons }: GateReport): string | null {
  // Comparisons of one case rest on the same launches: each instant is counted once.
  const pairs = new Map(
    comparisons.flatMap((found) =>
      found.measurements.flatMap((measurement) =>
        measurement.pairs.map((pair) => [`${found.caseId} ${pair.atMs}`, pair.noise] as const),
      ),
    ),
  );
  const noise = [...pairs.values()];
  const pressures = noise.flatMap((one) => one.cpuPressureUs ?? []).sort((a, b) => a - b);
  const steals = noise.flatMap((one) => one.stealTicks ?? []);
  const loads = noise.flatMap((one) => one.load1 ?? []);
  const stolen = steals.reduce((total, ticks) => total + ticks, 0);
  const parts = [
    pressures.length === 0
      ? null
      : `some task waited for a CPU for ${shortNumber((pressures[Math.floor(pressures.length / 2)] ?? 0) / 1000)} ` +
        'ms of a pair (median)',
    steals.length === 0
      ? null
      : stolen === 0
        ? 'no time was stolen by the hypervisor'
        : `${plural(stolen, 'tick')} stolen by the hypervisor`,
    loads.length === 0 ? null : `load at most ${shortNumber(Math.max(...loads))}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : `During ${plural(noise.length, 'pair')}: ${parts.join('; ')}.`;
}
