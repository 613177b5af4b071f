import type { FaultExpectation, FaultName, Framing } from '../../../harness/model/index.js';

const ORDER = 'ordering/single-writer';
const QUEUE = 'loss/total-queue';
const TAIL = 'loss/tail';
const ONCE = 'duplication/none';
const BYTES = 'integrity/position-keyed';
const EDGES = 'boundaries/preserved';
const END = 'eof/after-data';
const all = [ORDER, QUEUE, TAIL, ONCE, BYTES, EDGES, END];

/** Turned red by `caughtBy`, and by nothing else but what is `free` to: see there for the reasons. */
const row = (
  fault: FaultName,
  framing: Framing,
  caughtBy: readonly string[],
  free: readonly string[] = [],
): FaultExpectation => ({
  fault,
  framing,
  caughtBy,
  // On a stream there are no boundaries to check.
  notFlaggedBy: all.filter(
    (check) => !caughtBy.includes(check) && !free.includes(check) && (framing === 'message' || check !== EDGES),
  ),
});

/**
 * Which checks must turn red for which fault, and which must not. Where a check does not apply to a transport (end of
 * file on a datagram socket) nothing is expected of it.
 */
export const faultTable: readonly FaultExpectation[] = [
  row('transparent', 'message', []),
  row('transparent', 'stream', []),
  row('drop-one', 'message', [QUEUE]),
  row('drop-one', 'stream', [QUEUE]),
  // To the receiver, an end of file before the last message is what a lost last message is.
  row('drop-last', 'message', [QUEUE, TAIL], [END]),
  row('drop-last', 'stream', [QUEUE, TAIL], [END]),
  // Of nothing nothing else can be said: too little arrived to decide on.
  row('drop-all', 'message', [QUEUE, TAIL], [ORDER, ONCE, BYTES, EDGES, END]),
  row('drop-all', 'stream', [QUEUE, TAIL], [ORDER, ONCE, BYTES, END]),
  row('duplicate', 'message', [ONCE]),
  row('duplicate', 'stream', [ONCE]),
  row('duplicate-late', 'message', [ONCE]),
  row('duplicate-late', 'stream', [ONCE]),
  row('swap', 'message', [ORDER]),
  row('swap', 'stream', [ORDER]),
  row('delay', 'message', [ORDER]),
  row('delay', 'stream', [ORDER]),
  row('flip-header', 'message', [BYTES]),
  row('flip-header', 'stream', [BYTES]),
  row('flip-payload', 'message', [BYTES]),
  row('flip-payload', 'stream', [BYTES]),
  row('foreign-payload', 'message', [BYTES]),
  row('foreign-payload', 'stream', [BYTES]),
  row('stale-tail', 'message', [BYTES]),
  row('stale-tail', 'stream', [BYTES]),
  row('zero-page', 'message', [BYTES]),
  row('zero-page', 'stream', [BYTES]),
  // Cut inside its header, a message is also one without a header.
  row('truncate', 'message', [EDGES], [BYTES]),
  // On a stream the bytes behind the hole are read as the message before it, and the next header is lost with them.
  row('truncate', 'stream', [BYTES], [QUEUE, TAIL, END]),
  row('merge', 'message', [EDGES]),
  row('merge', 'stream', []),
  // The second half of a message has no header.
  row('split', 'message', [EDGES], [BYTES]),
  row('split', 'stream', []),
  // One end or both did not finish: every other check is undecided, which is red as well.
  row('stall', 'message', [TAIL], [ORDER, QUEUE, ONCE, BYTES, EDGES, END]),
  row('stall', 'stream', [TAIL], [ORDER, QUEUE, ONCE, BYTES, END]),
  // Late is not lost: what comes before the deadline is in time, and a channel that holds much is not at fault here.
  row('pause', 'message', []),
  row('pause', 'stream', []),
  row('hoard', 'message', []),
  row('hoard', 'stream', []),
  // The sender may fail when its partner is gone, and then the others are undecided.
  row('early-eof', 'message', [TAIL, END], [ORDER, QUEUE, ONCE, BYTES, EDGES]),
  row('early-eof', 'stream', [TAIL, END], [ORDER, QUEUE, ONCE, BYTES]),
  row('no-eof', 'message', [END]),
  row('no-eof', 'stream', [END]),
];
