import type { GateReport, Look } from '../../harness/model/index.js';

/**
 * When a gate looks at its pairs, and what error each look may spend: group sequential design (S. J. Pocock, Biometrika
 * 64, 1977; K. K. G. Lan and D. L. DeMets, Biometrika 70, 1983). Why these numbers: ci/gate/README.md, "Interim
 * analyses".
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
