import { formatShare, plural, shortNumber } from '../units/digits.js';
import type { NoiseSummary } from './noise.js';

/** What a reader must know before believing a small difference. Empty when nothing was launched. */
export function describeNoise(noise: NoiseSummary): readonly string[] {
  if (noise.launches === 0) return [];
  return [noiseFloor(noise), disturbance(noise)].filter((line) => line !== null);
}

/** `Noise floor: half the cases have intervals within ±2 %; the widest is ±14 % (…).` */
export function noiseFloor({ medianSpread, widest }: NoiseSummary): string {
  if (medianSpread === null || widest === null)
    return 'Noise floor: unknown. An interval takes at least 6 launches of a case.';
  return (
    `Noise floor: half the cases have intervals within ±${formatShare(medianSpread)}; the widest is ` +
    `±${formatShare(widest.spread)} (${widest.caseId}).`
  );
}

/** `93 % interval of the median over launches`; null where nothing has an interval. */
export function describeInterval({ confidence }: NoiseSummary): string | null {
  if (confidence === null) return null;
  const lowest = Math.round(confidence.lowest * 100);
  const highest = Math.round(confidence.highest * 100);
  return `${lowest === highest ? lowest : `${lowest} to ${highest}`} % interval of the median over launches`;
}

function disturbance({ cpuPressure, stealTicks, load1, launches }: NoiseSummary): string | null {
  const parts = [
    cpuPressure === null ? null : `some task waited for a CPU in ${formatShare(cpuPressure)} of the time`,
    stealTicks === null
      ? null
      : stealTicks === 0
        ? 'no time stolen by the hypervisor'
        : `${plural(stealTicks, 'tick')} stolen by the hypervisor`,
    load1 === null ? null : `load ${shortNumber(load1.median)}, at most ${shortNumber(load1.max)}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : `During ${plural(launches, 'launch', 'launches')}: ${parts.join('; ')}.`;
}
