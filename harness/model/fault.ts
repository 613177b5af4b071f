import type { Framing } from './transport.js';

/** What a relay between two unmodified peers, or a wrapped endpoint, does wrong on purpose. */
export type FaultName =
  | 'transparent'
  | 'drop-one'
  | 'drop-last'
  | 'drop-all'
  | 'duplicate'
  | 'duplicate-late'
  | 'swap'
  | 'delay'
  | 'flip-header'
  | 'flip-payload'
  | 'foreign-payload'
  | 'stale-tail'
  | 'zero-page'
  | 'truncate'
  | 'merge'
  | 'split'
  | 'stall'
  | 'pause'
  | 'hoard'
  | 'early-eof'
  | 'no-eof';

/**
 * What a system does wrong on purpose under an unmodified procedure: one kind of its answers is a lie. `honest` tells
 * none.
 */
export type SystemFaultName =
  | 'honest'
  | 'reorder-across-senders'
  | 'interleave-writers'
  | 'end-instead-of-reset'
  | 'leak-descriptors'
  | 'another-file'
  | 'lose-in-flight'
  | 'swap-descriptors'
  | 'no-backpressure'
  | 'always-writable'
  | 'another-process'
  | 'leave-file'
  | 'leave-zombie'
  | 'spin-while-full';

/** A fault where it is injected. */
export interface InjectedFault {
  readonly name: FaultName;
  /** The message that it befalls, from 0. */
  readonly atSeq: number;
  /** How many messages go first, of `delay` and `duplicate-late`, or how many milliseconds `pause` lasts; from 1. */
  readonly extent: number;
}

/**
 * What a fault is injected into: exchanges over transports of one framing, or the system under procedures, where there
 * is no framing.
 */
export type PlantedInto = Framing | 'system';

/** One row of the table of faults: which checks must turn red, and which must not. Everything else may do either. */
export interface FaultExpectation {
  readonly fault: FaultName;
  readonly framing: Framing;
  readonly caughtBy: readonly string[];
  readonly notFlaggedBy: readonly string[];
}

export interface SystemFaultExpectation {
  readonly fault: SystemFaultName;
  readonly framing: 'system';
  readonly caughtBy: readonly string[];
  readonly notFlaggedBy: readonly string[];
  /** Whether the lie can be told on this subject. */
  isApplicable(subject: string): boolean;
}

/**
 * `caught`: had to fail, and did. `missed`: had to, and did not. `false alarm`: had to pass, and did not. `silent`: had
 * to pass, and did. `undecided`: could not be decided in a run, and was as it had to be in all others: the transport
 * broke, or breaks a promise by itself. `free`: may do either. `unseen`: something was expected, and no run showed it.
 */
export type KillCell = 'caught' | 'missed' | 'false alarm' | 'silent' | 'undecided' | 'free' | 'unseen';

/** One cell of the kill matrix, fault by check. */
export interface KillMatrixRow {
  /** A `FaultName` or a `SystemFaultName` of the version that wrote it. */
  readonly fault: string;
  readonly framing: PlantedInto;
  readonly checkId: string;
  readonly expected: 'fail' | 'pass' | 'either';
  readonly cell: KillCell;
  readonly runs: number;
  readonly failed: number;
  readonly broken: number;
}

/** What became of one kind of injecting. */
export interface KillMatrixPart {
  /**
   * Recorded exchanges that were changed; real processes with a relay between them or a wrapped endpoint; procedures on
   * a system that lies.
   */
  readonly plantedInto: 'recordings' | 'exchanges' | 'system calls';
  readonly isProven: boolean;
  readonly rows: readonly KillMatrixRow[];
}

/** Faults that were injected on purpose, and who noticed: the proof that these checks can fail, from this machine. */
export interface KillMatrix {
  readonly seed: number;
  readonly isProven: boolean;
  readonly parts: readonly KillMatrixPart[];
}
