import { defineProcedure, type Judgement, type Op, type Proof, type CheckRun } from '../../../../harness/define.js';
import { firstDifference, isMessages, numbered, unitOf } from '../../support/channel.js';
import { clauseOf } from '../../support/clause-of.js';
import { startPeers } from '../../support/concurrent-peers.js';
import { judgeExpected } from '../../support/expectations.js';
import { stampsOf, viaOf } from '../../support/stamped-records.js';
import { withRateBound } from '../../support/loss-rate-bound.js';

const READERS = 3;

interface Shared {
  /** Messages, or bytes of a stream. */
  readonly sent: number;
  /** Of each reader. */
  readonly shares: readonly number[];
  /** Different ones among all that was received. */
  readonly distinct: number;
  /** Messages that were none of those sent, or bytes that were not where they were in the stream. */
  readonly unknown: number;
  /** All readers came to the end. */
  readonly ended: boolean;
}

/** How evenly they share is promised nowhere: one reader may get nearly all. */
export const competingReaders = defineProcedure<Shared>({
  id: 'duplication/competing-readers',
  guarantee:
    'When several processes read from one end, each message (or each byte of a stream) goes to ' +
    'exactly one of them.',
  level: 'MUST',
  source: clauseOf('once'),
  subjects: [
    'socketpair-stream',
    'socketpair-dgram',
    'socketpair-seqpacket',
    'unix-stream',
    'unix-dgram',
    'unix-seqpacket',
    'tcp-loopback',
    'posix-mq',
  ],
  expected: 'The shares are all that was sent, and nothing twice.',
  procedure:
    `${READERS} processes read one end. Each takes one message first, then all compete. Streams carry ` +
    'every four bytes their own number, so that each piece that was read is found in the stream.',
  quick: true,
  deadlineMs: 60_000,
  observe,
  judge: (seen, subject) =>
    withRateBound(judgeShared(seen, 'fail'), 'loss or repetition', seen.distinct, unitOf(subject)),
  proofs: [
    { name: 'shared out', observation: shared({}), verdict: 'pass' },
    { name: 'one missing', observation: shared({ shares: [4, 1410, 1585], distinct: 2999 }), verdict: 'fail' },
    { name: 'one twice instead of another', observation: shared({ distinct: 2999 }), verdict: 'fail' },
    { name: 'one twice', observation: shared({ shares: [4, 1410, 1587] }), verdict: 'fail' },
    { name: 'one that nobody sent', observation: shared({ unknown: 1 }), verdict: 'fail' },
    ...unprovenOnes(),
  ],
});

/** POSIX leaves it open for pipes alone, although many programs share out work like that. */
export const competingPipeReaders = defineProcedure<Shared>({
  id: 'duplication/competing-pipe-readers',
  guarantee: 'When several processes read from one pipe, each byte goes to exactly one of them.',
  level: 'INFO',
  source: () => ({
    document: 'POSIX.1-2017 XSH, read(), DESCRIPTION',
    quote: 'The behavior of multiple concurrent reads on the same pipe, FIFO, or terminal device is unspecified.',
  }),
  subjects: ['pipe', 'fifo'],
  expected: 'Linux: shared out, nothing lost and nothing twice.',
  procedure:
    `${READERS} processes read one pipe; each takes some bytes first, then all compete. Every four bytes ` +
    'are their own number, so that each piece that was read is found in the stream.',
  quick: false,
  deadlineMs: 60_000,
  observe,
  judge: (seen) => judgeShared(seen, 'info'),
  proofs: [
    { name: 'shared out', observation: shared({}), verdict: 'info' },
    { name: 'one twice', observation: shared({ shares: [4, 1410, 1587] }), verdict: 'info', unusual: true },
    ...unprovenOnes(),
  ],
});

/** Words of the board: how many readers have had their first. */
const SERVED = 0;
const PIECE_BYTES = 1000;

function observe(checkRun: CheckRun): Shared {
  return isMessages(checkRun.subject) ? ofMessages(checkRun) : ofBytes(checkRun);
}

function ofMessages(checkRun: CheckRun): Shared {
  const sent = checkRun.count({ quick: 300, default: 3000, thorough: 1_000_000 });
  const receive = (into: number, more: { messages?: number }): Op => ({
    op: 'recvStamped',
    fd: into,
    maxBytes: 8192,
    keep: true,
    ...more,
    ...viaOf(checkRun),
    as: 'messages' in more ? 'first' : 'rest',
  });
  const peers = startPeers(checkRun, {
    keepBytes: 16 * sent + 65_536,
    writers: [
      (out) => [
        { op: 'sendStamped', fd: out, writer: 0, messages: sent, from: 16, to: 64, ...viaOf(checkRun), as: 'send' },
      ],
    ],
    readers: Array.from({ length: READERS }, () => (into) => [
      receive(into, { messages: 1 }),
      ...untilAllServed(),
      receive(into, {}),
    ]),
  });
  const finished = peers.finish();
  const all = peers.readers.map((reader) => ['first', 'rest'].map((as) => reader.outcome(as)));
  const numbers = all.map((outcomes) => outcomes.flatMap(({ kept }) => stampsOf(kept)).map(([, number]) => number));
  return {
    sent: peers.writers[0]!.outcome('send').counts['messages'] ?? 0,
    shares: numbers.map(({ length }) => length),
    distinct: new Set(numbers.flat()).size,
    unknown: all.flat().reduce((sum, { counts }) => sum + (counts['damaged'] ?? 0), 0),
    ended: finished,
  };
}

function ofBytes(checkRun: CheckRun): Shared {
  const sent = checkRun.count({ quick: 64, default: 256, thorough: 8192 }) * 1024;
  // More than there can be pieces: after the end of the stream the rest of them read nothing.
  const mostPieces = sent / 64;
  const read = (into: number, as: string): Op => ({ op: 'read', fd: into, bytes: PIECE_BYTES, keep: true, as });
  const peers = startPeers(checkRun, {
    keepBytes: sent + 24 * mostPieces,
    writers: [(out) => [{ op: 'writeAll', fd: out, data: numbered(0, sent), as: 'send' }]],
    readers: Array.from({ length: READERS }, () => (into) => [
      read(into, 'first'),
      ...untilAllServed(),
      { op: 'repeat', times: mostPieces, body: [read(into, 'rest')] },
    ]),
  });
  peers.finish();
  const ofReaders = peers.readers.map((reader) => ['first', 'rest'].flatMap((as) => reader.outcome(as).kept));
  return {
    sent: peers.writers[0]!.outcome('send').counts['bytes'] ?? 0,
    shares: ofReaders.map((pieces) => Buffer.concat(pieces).length),
    ...tile(
      ofReaders.flat().filter(({ length }) => length > 0),
      sent,
    ),
    ended: peers.readers.every((reader) => reader.outcome('rest').value === 0),
  };
}

/** Waits until every reader has had its first: so none gets nothing, and at the beginning all are there. */
function untilAllServed(): Op[] {
  return [
    { op: 'add', word: SERVED, value: 1 },
    { op: 'waitAtLeast', word: SERVED, value: READERS },
  ];
}

/** Lays the pieces where they belong in the numbered stream. */
function tile(pieces: readonly Buffer[], sent: number): { readonly distinct: number; readonly unknown: number } {
  const found = new Uint8Array(sent);
  const unplaced = pieces.filter((piece) => {
    const place = placeOf(piece, sent);
    if (place !== null) found.fill(1, place, place + piece.length);
    return place === null;
  });
  const distinct = found.reduce((sum, each) => sum + each, 0);
  // Pieces too short to be found alone: they are the missing ones, or they are not.
  const left = Buffer.concat(unplaced);
  const missing = numbered(0, sent).filter((_, at) => found[at] === 0);
  const isMissing = Buffer.compare(left.sort(), Buffer.from(missing).sort()) === 0;
  return { distinct: isMissing ? sent : distinct, unknown: isMissing ? 0 : left.length };
}

/** Where in the numbered stream these bytes are; null when nowhere, or when they are too few to tell. */
function placeOf(piece: Buffer, sent: number): number | null {
  for (let skipped = 0; skipped < 4 && piece.length >= 8; skipped += 1) {
    const place = 4 * piece.readUInt32LE(skipped) - skipped;
    if (place >= 0 && place + piece.length <= sent && firstDifference(piece, place) === -1) return place;
  }
  return null;
}

function judgeShared({ sent, shares, distinct, unknown, ended }: Shared, otherwise: 'fail' | 'info'): Judgement {
  const received = shares.reduce((sum, share) => sum + share, 0);
  return judgeExpected(
    {
      [`Received, as ${shares.join(' + ')}`]: [received, sent],
      'different ones': [distinct, sent],
      'of another kind': [unknown, 0],
    },
    otherwise,
    {
      'Every reader had something': [shares.length > 1 && shares.every((share) => share > 0), true],
      'and came to the end': [ended, true],
    },
  );
}

// Functions: they are called while this module is being read.
function shared(changed: Partial<Shared>): Shared {
  return { sent: 3000, shares: [4, 1410, 1586], distinct: 3000, unknown: 0, ended: true, ...changed };
}

function unprovenOnes(): Proof<Shared>[] {
  return [
    { name: 'nothing sent', observation: shared({ sent: 0, shares: [0, 0, 0], distinct: 0 }), verdict: 'broken' },
    { name: 'one reader alone', observation: shared({ shares: [3000] }), verdict: 'broken' },
    { name: 'a reader without anything', observation: shared({ shares: [0, 1414, 1586] }), verdict: 'broken' },
    {
      name: 'a reader that did not come to the end',
      observation: shared({ shares: [4, 1410, 1580], distinct: 2994, ended: false }),
      verdict: 'broken',
    },
  ];
}
