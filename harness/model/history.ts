import type { Framing, Role } from './transport.js';

/**
 * One thing one end saw, in the order it saw it. Consecutive messages without anything to remark are one run, so that
 * an intact exchange of a billion messages is a single event.
 */
export type HistoryEvent =
  /** Messages `seqFirst … seqFirst + count - 1`, each accepted whole by the transport. */
  | {
      readonly kind: 'sent';
      readonly sender: number;
      readonly seqFirst: number;
      readonly count: number;
      readonly bytes: number;
    }
  /**
   * A send that failed or was cut short: `acceptedBytes` of it were taken, and nobody can know what becomes of them.
   */
  | {
      readonly kind: 'send-unknown';
      readonly sender: number;
      readonly seq: number;
      readonly acceptedBytes: number;
      readonly errno: number;
    }
  /** Messages that arrived intact: header, planned length, every byte. Their sequence numbers rise by one. */
  | {
      readonly kind: 'received';
      readonly sender: number;
      readonly seqFirst: number;
      readonly count: number;
      readonly bytes: number;
    }
  /**
   * Bytes in which no header was found (a bad magic or header checksum); on a stream, skipped up to the next good
   * header.
   */
  | { readonly kind: 'damaged-header'; readonly bytes: number }
  /** A good header over a payload whose bytes are not those of (seed, sender, seq); `offset` is the first wrong one. */
  | {
      readonly kind: 'damaged-payload';
      readonly sender: number;
      readonly seq: number;
      readonly bytes: number;
      readonly offset: number;
    }
  /** Message framing: the message read is not as long as its header says. `actual` > `expected` is a merge. */
  | {
      readonly kind: 'wrong-boundary';
      readonly sender: number;
      readonly seq: number;
      readonly expected: number;
      readonly actual: number;
    }
  /** A good header whose length is not what the seeded plan says for this sequence number. */
  | {
      readonly kind: 'unplanned-length';
      readonly sender: number;
      readonly seq: number;
      readonly expected: number;
      readonly actual: number;
    }
  /** The stream ended inside a message. */
  | {
      readonly kind: 'cut-short';
      readonly sender: number;
      readonly seq: number;
      readonly expected: number;
      readonly actual: number;
    }
  /**
   * An array that had been handed over, of `bytes`, was written to afterwards; `offset` is the first byte that changed.
   * Told once.
   */
  | { readonly kind: 'overwritten'; readonly bytes: number; readonly offset: number }
  /**
   * The sender's own process held so much of what it had been given to send, without having been asked to wait. Told
   * once.
   */
  | { readonly kind: 'held'; readonly bytes: number }
  /** End of file. What follows it was handed over although the end had been told. */
  | { readonly kind: 'eof' }
  /** The sender was done, this end was told over the control channel, and reading found nothing more. */
  | { readonly kind: 'drained' }
  /** A system call failed on the measured channel. */
  | { readonly kind: 'error'; readonly errno: number; readonly syscall: string };

/** What one end recorded. It lives in an inherited shared mapping, so it is whole even when the peer was killed. */
export interface EndHistory {
  readonly role: Role;
  readonly events: readonly HistoryEvent[];
  /** The log was full: what follows the last event is not known. Such a history never passes. */
  readonly overflowed: boolean;
  /** How the process ended. */
  readonly ending: 'finished' | 'failed' | 'killed-by-deadline';
  /** When killed by its deadline: the phase and message count it was stuck at, as a sentence. */
  readonly stuckAt: string | null;
}

/** One checked exchange, one way: `sender` sent `planned` messages to the other end. Everything a judge may look at. */
export interface History {
  readonly version: 1;
  readonly transport: string;
  readonly framing: Framing;
  readonly sender: Role;
  readonly seed: number;
  /** Sizes are a pure function of (seed, seq) between these two, bytes of one write. */
  readonly minBytes: number;
  readonly maxBytes: number;
  /**
   * Sizes of single messages, spread over the exchange: the i-th of n is that of message (i + 1) · planned / (n + 1),
   * rounded down. Absent: none.
   */
  readonly largeBytes?: readonly number[];
  /**
   * The size of one more message, number `planned`, which is larger than the transport says it takes, and may be
   * refused. Absent: none was tried.
   */
  readonly beyondBytes?: number;
  readonly planned: number;
  /**
   * Messages the sender says it sent, told over the control channel when it was done; null if it never got that far.
   */
  readonly acknowledged: number | null;
  /**
   * Where an end failed: the earliest failure, as a sentence with the peer, what it was doing and where. The other
   * end's is its consequence.
   */
  readonly cause?: string;
  readonly initiator: EndHistory;
  readonly responder: EndHistory;
}
