import type { Framing } from './transport.js';

/** What a relay between two unmodified peers, or a wrapped endpoint, does wrong on purpose. */
export type FaultName =
  | 'transparent' | 'drop-one' | 'drop-last' | 'duplicate' | 'duplicate-late' | 'swap' | 'delay' | 'flip-header' | 'flip-payload' | 'foreign-payload'
  | 'stale-tail' | 'zero-page' | 'truncate' | 'merge' | 'split' | 'stall' | 'pause' | 'hoard' | 'early-eof' | 'no-eof';

/** A fault where it is planted. */
export interface PlantedFault {
  readonly name: FaultName;
  /** The message that it befalls, from 0. */
  readonly atSeq: number;
  /** How many messages go first, of `delay` and `duplicate-late`, or how many milliseconds `pause` lasts; from 1. */
  readonly extent: number;
}

/** One row of the table fault x framing: which checks must turn red, and which must not. Everything else may do either. */
export interface FaultExpectation {
  readonly fault: FaultName;
  readonly framing: Framing;
  readonly caughtBy: readonly string[];
  readonly notFlaggedBy: readonly string[];
}
