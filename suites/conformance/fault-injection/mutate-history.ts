import type { FaultName, History, HistoryEvent } from '../../../harness/model/index.js';
import { runOf, sizeOf, withReceived, withSent } from './intact-history.js';
import type { Draw } from './random.js';

/**
 * An intact history as it would read, had a relay injected this fault somewhere in the exchange: what the receiver's
 * log
 * shows, and how both ends came out of it. Where a fault has several faces (a message delayed by one or by a thousand)
 * one is drawn.
 */
export function mutateHistory(history: History, fault: FaultName, draw: Draw): History {
  const { planned } = history;
  const received = (first: number, end: number): HistoryEvent[] => runOf('received', history, first, end);
  const end = receiverOf(history).events.slice(-1);
  const around: Around = (seq, instead, next = seq + 1) =>
    withReceived(history, [...received(0, seq), ...instead, ...received(next, planned), ...end]);
  const ground: Ground = { history, draw, received, end, around };

  switch (fault) {
    // What comes late, and before the deadline, leaves no mark in a log of what came.
    case 'transparent':
    case 'pause':
    case 'hoard':
      return history;
    case 'drop-one':
      return around(draw(planned - 1), []);
    case 'drop-last':
      return around(planned - 1, []);
    case 'drop-all':
      return withReceived(history, end);
    case 'duplicate':
    case 'duplicate-late':
    case 'delay':
    case 'swap':
      return misplace(fault, ground);
    case 'flip-header':
    case 'flip-payload':
    case 'foreign-payload':
    case 'stale-tail':
    case 'zero-page':
      return damage(fault, ground);
    case 'truncate':
    case 'merge':
    case 'split':
      return cutAnew(fault, ground);
    case 'stall':
      return stall(history, draw);
    case 'early-eof':
      return endEarly(history, draw, end);
    case 'no-eof':
      // A receiver that was told that all was sent finds nothing more. Where no end is promised nothing is wrong.
      return end[0]?.kind === 'eof' ? withReceived(history, [...received(0, planned), { kind: 'drained' }]) : history;
  }
}

type Around = (seq: number, instead: readonly HistoryEvent[], next?: number) => History;

interface Ground {
  readonly history: History;
  readonly draw: Draw;
  received(first: number, end: number): HistoryEvent[];
  /** How the receiver's log ends. */
  readonly end: readonly HistoryEvent[];
  /** The history with these events instead of what was received from `seq` up to `next` (default: the one after it). */
  readonly around: Around;
}

/** A message that comes again, or elsewhere. */
function misplace(
  fault: 'duplicate' | 'duplicate-late' | 'delay' | 'swap',
  { history: { planned }, draw, received, around }: Ground,
): History {
  switch (fault) {
    case 'duplicate': {
      const seq = draw(planned);
      const again = distance(draw, planned - 1 - seq);
      if (again === 0) return around(seq, [...received(seq, seq + 1), ...received(seq, planned)], planned);
      return around(seq, [...received(seq, seq + 1 + again), ...received(seq, seq + 1)], seq + 1 + again);
    }
    case 'duplicate-late': {
      const { seq, end: behind } = stretch(draw, planned, LATE_BY);
      return around(seq, [...received(seq, behind), ...received(seq, seq + 1)], behind);
    }
    case 'delay': {
      const { seq, end: behind } = stretch(draw, planned, DELAYED_BY);
      return around(seq, [...received(seq + 1, behind), ...received(seq, seq + 1)], behind);
    }
    case 'swap': {
      const seq = draw(planned - 1);
      const later = 1 + distance(draw, planned - 2 - seq);
      return around(seq, [...received(seq + 1, seq + 1 + later), ...received(seq, seq + 1)], seq + 1 + later);
    }
  }
}

/** A message with wrong bytes. */
function damage(
  fault: 'flip-header' | 'flip-payload' | 'foreign-payload' | 'stale-tail' | 'zero-page',
  { history, draw, around }: Ground,
): History {
  const seq = draw(history.planned);
  switch (fault) {
    case 'flip-header':
      return around(seq, [{ kind: 'damaged-header', bytes: sizeOf(history, seq) }]);
    case 'flip-payload':
      return around(...damagedFrom(history, seq, (bytes) => draw(bytes)));
    case 'foreign-payload':
      return around(...damagedFrom(history, seq, () => HEADER_BYTES));
    case 'stale-tail':
      return around(...damagedFrom(history, seq, (bytes) => Math.max(HEADER_BYTES, bytes - STALE_BYTES)));
    case 'zero-page': {
      const from = (bytes: number): number => HEADER_BYTES + draw(Math.max(1, bytes - HEADER_BYTES - PAGE_BYTES));
      return around(...damagedFrom(history, seq, from));
    }
  }
}

/** Boundaries that are not where they were sent. */
function cutAnew(fault: 'truncate' | 'merge' | 'split', { history, draw, around }: Ground): History {
  if (fault === 'truncate')
    return history.framing === 'message'
      ? truncateMessage(history, draw, around)
      : truncateStream(history, draw, around);
  if (history.framing === 'stream') return history;
  if (fault === 'split') return splitMessage(history, draw, around);
  const seq = draw(history.planned - 1);
  const expected = sizeOf(history, seq);
  const actual = expected + sizeOf(history, seq + 1);
  return around(seq, [{ kind: 'wrong-boundary', sender: 0, seq, expected, actual }], seq + 2);
}

const HEADER_BYTES = 32;
const PAGE_BYTES = 4096;
const STALE_BYTES = 64;
/** How many others come between, where there are as many. */
export const LATE_BY = 100_000;
export const DELAYED_BY = 1000;

/** Half of them neighbours, the others up to `most` apart. */
function distance(draw: Draw, most: number): number {
  return draw(2) === 0 ? 0 : draw(most + 1);
}

/**
 * A message, and where it, or its double, comes instead: `most` messages later, or at the end of the exchange. At least
 * one lies in between.
 */
function stretch(draw: Draw, planned: number, most: number): { readonly seq: number; readonly end: number } {
  const seq = draw(planned > most ? planned - most : planned - 1);
  return { seq, end: Math.min(planned, seq + 1 + most) };
}

/** A good header over a payload that is wrong from some offset on. */
function damagedFrom(history: History, seq: number, offsetIn: (bytes: number) => number): [number, HistoryEvent[]] {
  const bytes = sizeOf(history, seq);
  return [seq, [{ kind: 'damaged-payload', sender: 0, seq, bytes, offset: offsetIn(bytes) }]];
}

function truncateMessage(history: History, draw: Draw, around: Around): History {
  const seq = draw(history.planned);
  const expected = sizeOf(history, seq);
  const actual = 1 + draw(expected - 1);
  return around(seq, [
    actual < HEADER_BYTES
      ? { kind: 'damaged-header', bytes: actual }
      : { kind: 'wrong-boundary', sender: 0, seq, expected, actual },
  ]);
}

function truncateStream(history: History, draw: Draw, around: Around): History {
  const seq = draw(history.planned);
  const bytes = sizeOf(history, seq);
  const cut = 1 + draw(HEADER_BYTES - 1);
  if (seq === history.planned - 1)
    return around(seq, [{ kind: 'cut-short', sender: 0, seq, expected: bytes, actual: bytes - cut }]);
  return around(
    seq,
    [
      { kind: 'damaged-payload', sender: 0, seq, bytes, offset: bytes - cut },
      { kind: 'damaged-header', bytes: sizeOf(history, seq + 1) - cut },
    ],
    seq + 2,
  );
}

function splitMessage(history: History, draw: Draw, around: Around): History {
  const seq = draw(history.planned);
  const expected = sizeOf(history, seq);
  const actual = 1 + draw(expected - 1);
  const head: HistoryEvent =
    actual < HEADER_BYTES
      ? { kind: 'damaged-header', bytes: actual }
      : { kind: 'wrong-boundary', sender: 0, seq, expected, actual };
  return around(seq, [head, { kind: 'damaged-header', bytes: expected - actual }]);
}

/**
 * The relay falls silent. The sender finishes, or fills what lies between and is stuck too; the receiver waits, or is
 * told to drain.
 */
function stall(history: History, draw: Draw): History {
  const { planned } = history;
  const from = draw(planned);
  const got = runOf('received', history, 0, from);
  const killed = {
    ending: 'killed-by-deadline',
    stuckAt: 'The peers did not finish exchanging messages within 5000 ms.',
  } as const;
  const waits = withReceived(history, got, killed);
  switch (draw(3)) {
    case 0:
      return waits;
    case 1:
      return {
        ...withSent(waits, runOf('sent', history, 0, from + 1 + draw(planned - from)), killed),
        acknowledged: null,
      };
    default:
      return withReceived(history, [...got, { kind: 'drained' }]);
  }
}

/** The relay closes its side. The sender never notices, or fails with EPIPE; a stream may end inside a message. */
function endEarly(history: History, draw: Draw, end: readonly HistoryEvent[]): History {
  const { planned, framing } = history;
  const from = draw(planned);
  const expected = sizeOf(history, from);
  const cut: HistoryEvent[] =
    framing === 'stream' && draw(2) === 0
      ? [{ kind: 'cut-short', sender: 0, seq: from, expected, actual: 1 + draw(expected - 1) }]
      : [];
  const ended = withReceived(history, [...runOf('received', history, 0, from), ...cut, ...end]);
  const accepted = from + 1 + draw(planned - from);
  if (accepted === planned || draw(2) === 0) return ended;
  const sent: HistoryEvent[] = [
    ...runOf('sent', history, 0, accepted),
    { kind: 'send-unknown', sender: 0, seq: accepted, acceptedBytes: 0, errno: 32 },
  ];
  return { ...withSent(ended, sent, { ending: 'failed' }), acknowledged: null };
}

function receiverOf(history: History): History['initiator'] {
  return history.sender === 'initiator' ? history.responder : history.initiator;
}
