import type { Guarantees, Transport } from './transport.js';
import type { History } from './history.js';

export type Level = 'MUST' | 'SHOULD' | 'INFO';

export type VerdictKind = 'pass' | 'fail' | 'deviation' | 'info' | 'skip' | 'broken';

/** A judge's answer. `evidence` is a sentence with the figures the verdict rests on. */
export interface Judgement {
  readonly verdict: 'pass' | 'fail' | 'deviation' | 'info' | 'broken';
  readonly evidence: string;
}

/** Where a guarantee is written: document and section, and its words as they stand there. */
export interface Source {
  readonly document: string;
  readonly quote: string;
}

/** One guarantee, cited, with a pure judge over the history of a one-way exchange. */
export interface DeliveryCheck {
  /** `group/name`: stable, never a position. */
  readonly id: string;
  /** The guarantee in one sentence, in our words. */
  readonly guarantee: string;
  /** Where it is guaranteed. Pipes, sockets and Node's channel are promised the same thing in different documents. */
  source(transport: Pick<Transport, 'name' | 'guarantees'>): Source;
  readonly level: Level;
  /**
   * Whether a process between the peers that hands on every byte leaves the verdict as it is: faults are injected by
   * such a relay, and one that injects none must leave every relayable check silent. A relay has credentials, a
   * capacity
   * and close errors of its own.
   */
  readonly relayable: boolean;
  appliesTo(guarantees: Guarantees): boolean;
  /** What to print where it does not apply. */
  readonly notApplicable: string;
  judge(history: History): Judgement;
}

/** Where a deviation is discussed, and what it is. */
export interface KnownDeviation {
  readonly link: string;
  readonly note: string;
}

/** What a verdict says, and what goes with it. */
export type Answer =
  /** `changed`: a recorded deviation did not show, as a sentence. What was recorded no longer holds here. */
  | { readonly verdict: 'pass'; readonly evidence: string; readonly known: null; readonly changed: string | null }
  /** `known`: set when this very deviation is recorded for this system or runtime. */
  | {
      readonly verdict: 'deviation';
      readonly evidence: string;
      readonly known: KnownDeviation | null;
      readonly changed: null;
    }
  | {
      readonly verdict: 'fail' | 'info' | 'skip' | 'broken';
      readonly evidence: string;
      readonly known: null;
      readonly changed: null;
    };

/** What a verdict is about, and how it came about. */
export interface VerdictFacts {
  /** `transport/group/name`. */
  readonly id: string;
  readonly checkId: string;
  readonly transport: string;
  readonly driver: 'native' | 'addon' | 'js';
  readonly level: Level;
  readonly promise: string;
  readonly source: Source;
  /** Judged apart from behaviour: was anything left behind? */
  readonly teardown: 'clean' | 'unclean';
  readonly teardownEvidence: string | null;
  /**
   * What is expected here and what was done, in words; null for delivery checks, whose exchange is described with their
   * history.
   */
  readonly expected: string | null;
  readonly procedure: string | null;
  /**
   * The file that keeps what was observed, relative to report.json, for `ipcbench check --judge`; null when it was not
   * kept.
   */
  readonly history: string | null;
  /** A command that repeats this verdict. */
  readonly command: string;
}

/** The result of one check on one transport. */
export type Verdict = VerdictFacts & Answer;
