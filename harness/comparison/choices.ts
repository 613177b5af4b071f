import type { GateReport } from '../model/index.js';

/** Pairs of fresh launches a case at most: ci/gate/schedule.ts. */
export type Effort = GateReport['effort'];
/** What ends with a status other than 0, beside a regression. */
export type FailOn = 'inconclusive' | 'improved';
/** The checks that both sides are held to. */
export type Checks = 'none' | 'delivery' | 'quick';
