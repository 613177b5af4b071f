import type { Comparison, GateVerdict, LookResult, Measurement } from '../../harness/model/index.js';

/** A comparison whose measurements are over: by a verdict, by the last look, or because the gate was interrupted. */
export interface Measured extends Pick<
  Comparison,
  'unit' | 'budget' | 'allowedIncrease' | 'isGated' | 'smallestVisible'
> {
  readonly measurements: readonly Pick<Measurement, 'looks'>[];
  /** Fresh pairs can be had. Not so for two recorded reports, whose failures stand as they are. */
  readonly isRepeatable: boolean;
  /** Over how many gated comparisons the first measurement was corrected. */
  readonly gatedComparisons: number;
}

/** What they come to, and why. */
export interface Finding {
  readonly verdict: Exclude<GateVerdict, 'incomparable'>;
  readonly reason: string;
}

/** null: the measurement was not begun, or was given up before its first look. */
export function lastLook(measurement: Pick<Measurement, 'looks'> | undefined): LookResult | null {
  return measurement?.looks.at(-1) ?? null;
}

/**
 * Whether fresh pairs have to repeat this failure before it counts. An advisory one closes nothing, so it is told as it
 * is.
 */
export function needsRepeating(
  { isGated, isRepeatable }: Pick<Measured, 'isGated' | 'isRepeatable'>,
  first: LookResult | null,
): boolean {
  return isGated && isRepeatable && first?.verdict === 'regressed';
}
