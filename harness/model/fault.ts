import type { Framing } from './transport.js';

/** What a relay between two unmodified peers, or a wrapped endpoint, does wrong on purpose. */
export type FaultName =
  | 'transparent' | 'drop-one' | 'drop-last' | 'duplicate' | 'swap' | 'flip-header' | 'flip-payload'
  | 'truncate' | 'merge' | 'split' | 'stall' | 'early-eof';

/** One row of the table fault x framing: which checks must turn red, and which must not. Everything else may do either. */
export interface FaultExpectation {
  readonly fault: FaultName;
  readonly framing: Framing;
  readonly caughtBy: readonly string[];
  readonly notFlaggedBy: readonly string[];
}
