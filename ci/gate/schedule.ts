import type { GateReport, Look } from '../../harness/model/index.js';

/**
 * When a gate looks at its pairs. Looking often and stopping at the first "worse" finds something sooner or later, so
 * the error of 1 % is divided over the looks and never spent twice; least of it early, where a verdict saves the most
 * time and needs it least. Source: S. J. Pocock, "Group sequential methods in the design and analysis of clinical
 * trials", Biometrika 64 (1977); K. K. G. Lan and D. L. DeMets, "Discrete sequential boundaries for clinical trials",
 * Biometrika 70 (1983) for spending unequally. Adding the parts is Bonferroni's bound: it needs no model of how looks
 * depend.
 *
 * `quick` has few pairs, where ranks are coarse: 23 and 40 are numbers at which whole ranks come near to what is spent
 * (0.0026 of 0.003, 0.0064 of 0.007). At 23 pairs two may still go the other way when forty comparisons are corrected
 * for; below sixteen nothing could fail at all.
 */
export const SCHEDULES: Readonly<Record<GateReport['effort'], readonly Look[]>> = {
  quick: [
    { pairs: 23, alpha: 0.003 },
    { pairs: 40, alpha: 0.007 },
  ],
  default: [
    { pairs: 40, alpha: 0.002 },
    { pairs: 70, alpha: 0.003 },
    { pairs: 100, alpha: 0.005 },
  ],
  thorough: [
    { pairs: 100, alpha: 0.002 },
    { pairs: 175, alpha: 0.003 },
    { pairs: 250, alpha: 0.005 },
  ],
};

/** What all looks of a schedule spend together: the two-sided error that a whole measurement keeps to. */
export function totalAlpha(schedule: readonly Look[]): number {
  return schedule.reduce((sum, { alpha }) => sum + alpha, 0);
}
