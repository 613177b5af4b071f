import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Endpoint, FaultName, Framing, Guarantees, History, HistoryEvent } from '../../../harness/model/index.js';
import { loadChecks } from '../../../harness/discovery/load-checks.js';
import { faultTable } from './fault-table.js';
import { intactHistory, sizeOf, withReceived, withSent } from './intact-history.js';
import { isProven, killMatrix, type FaultObservation } from './kill-matrix.js';
import { drawsOf } from './random.js';
import { renderKillMatrix } from './render-kill-matrix.js';
import { wrapEndpoint } from './wrap-endpoint.js';

const checks = await loadChecks();
const planned = 200;
/** Messages for `delay` and `duplicate-late`, milliseconds for `pause`. */
const EXTENT = 20;

// A message of this test: its number, its length and a checksum of both in 32 bytes, then bytes keyed by number and
// place.
const keyed = (seq: number, index: number): number => (seq * 31 + index * 7 + (index >> 8)) & 0xff;
const sum = (view: DataView): number =>
  (view.getUint32(0, true) * 2654435761 + view.getUint32(4, true) * 40503 + 0x4349) >>> 0;

function messageOf(history: History, seq: number): Uint8Array {
  const message = new Uint8Array(sizeOf(history, seq));
  const view = new DataView(message.buffer);
  view.setUint32(0, seq, true);
  view.setUint32(4, message.length, true);
  view.setUint32(8, sum(view), true);
  for (let index = 32; index < message.length; index += 1) message[index] = keyed(seq, index);
  return message;
}

/** Number and length, if these bytes begin with a good header. */
function headerAt(bytes: Uint8Array, at: number): { readonly seq: number; readonly length: number } | null {
  if (bytes.length - at < 32) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  const isGood = view.getUint32(8, true) === sum(view) && bytes.subarray(at + 12, at + 32).every((byte) => byte === 0);
  return isGood ? { seq: view.getUint32(0, true), length: view.getUint32(4, true) } : null;
}

function eventOfMessage(bytes: Uint8Array): HistoryEvent {
  const header = headerAt(bytes, 0);
  if (header === null) return { kind: 'damaged-header', bytes: bytes.length };
  if (header.length !== bytes.length)
    return { kind: 'wrong-boundary', sender: 0, seq: header.seq, expected: header.length, actual: bytes.length };
  return eventOfWhole(bytes, header.seq);
}

function eventOfWhole(bytes: Uint8Array, seq: number): HistoryEvent {
  const offset = bytes.findIndex((byte, index) => index >= 32 && byte !== keyed(seq, index));
  if (offset >= 0) return { kind: 'damaged-payload', sender: 0, seq, bytes: bytes.length, offset };
  return { kind: 'received', sender: 0, seqFirst: seq, count: 1, bytes: bytes.length };
}

/** A receiver of a stream: messages by their headers, and after damage on to the next good one. */
function eventsOfStream(bytes: Uint8Array): HistoryEvent[] {
  const events: HistoryEvent[] = [];
  for (let at = 0; at < bytes.length;) {
    const header = headerAt(bytes, at);
    if (header === null) {
      let next = at + 1;
      while (next < bytes.length && headerAt(bytes, next) === null) next += 1;
      events.push({ kind: 'damaged-header', bytes: next - at });
      at = next;
    } else if (at + header.length > bytes.length) {
      events.push({
        kind: 'cut-short',
        sender: 0,
        seq: header.seq,
        expected: header.length,
        actual: bytes.length - at,
      });
      at = bytes.length;
    } else {
      events.push(eventOfWhole(bytes.subarray(at, at + header.length), header.seq));
      at += header.length;
    }
  }
  return events;
}

interface Carried {
  readonly history: History;
  readonly hasFired: boolean;
}

/** Sends every message through a faulty endpoint over a memory transport, and writes down what both ends would. */
async function exchange(framing: Framing, fault: FaultName, atSeq: number, seed: number): Promise<Carried> {
  const intact = intactHistory({
    framing,
    planned,
    seed,
    minBytes: 34,
    maxBytes: 300,
    sender: 'initiator',
    end: 'eof',
  });
  const arrived: Uint8Array[] = [];
  let isEnded = false;
  const inner: Endpoint = {
    send: (message) => {
      // As a channel that is closed: whoever still writes to it fails.
      if (isEnded) throw new Error('EPIPE');
      arrived.push(message.slice());
    },
    onMessage: () => undefined,
    onEnd: () => undefined,
    close: async () => {
      isEnded = true;
    },
  };
  const wrapped = wrapEndpoint(inner, { name: fault, atSeq, extent: EXTENT }, seed);
  const buffer = new Uint8Array(300);
  let accepted = 0;
  let isDone = false;
  const sending = (async () => {
    for (; accepted < planned; accepted += 1) {
      const message = messageOf(intact, accepted);
      // One buffer for all of them, as a peer would.
      buffer.set(message);
      await wrapped.send(buffer.subarray(0, message.length));
      buffer.fill(0xee);
    }
    await wrapped.close();
    isDone = true;
  })();
  // Everything else here settles in microtasks, so whatever has not by the next turn never will.
  await (fault === 'pause' ? sending : Promise.race([sending, new Promise((resolve) => setImmediate(resolve))]));

  const events = framing === 'message' ? arrived.map(eventOfMessage) : eventsOfStream(concat(arrived));
  const killed = { ending: 'killed-by-deadline', stuckAt: 'exchanging messages' } as const;
  const last: readonly HistoryEvent[] = isEnded ? [{ kind: 'eof' }] : isDone ? [{ kind: 'drained' }] : [];
  const received = withReceived(intact, [...events, ...last], isEnded || isDone ? {} : killed);
  if (isDone) return { history: received, hasFired: wrapped.hasFired() };
  const sent: HistoryEvent = { kind: 'sent', sender: 0, seqFirst: 0, count: Math.max(1, accepted), bytes: 0 };
  return {
    history: { ...withSent(received, accepted === 0 ? [] : [sent], killed), acknowledged: null },
    hasFired: wrapped.hasFired(),
  };
}

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(chunks));
}

const guaranteesOf = (framing: Framing): Guarantees => ({
  framing,
  ordered: true,
  reliable: true,
  eof: true,
  duplex: true,
  atomicWriteBytes: null,
  maxMessageBytes: null,
  backpressure: 'blocks',
});

test('a wrapped endpoint shows what the fault table says, for every fault, framing and 20 places', async () => {
  const observations: FaultObservation[] = [];
  for (const { fault, framing } of faultTable) {
    for (let seed = 1; seed <= 20; seed += 1) {
      const { history, hasFired } = await exchange(framing, fault, drawsOf(seed)(planned - 1), seed);
      assert.ok(hasFired, `${fault} ${framing} ${seed}`);
      for (const check of checks.filter(({ appliesTo }) => appliesTo(guaranteesOf(framing))))
        observations.push({ fault, framing, checkId: check.id, ...check.judge(history) });
    }
  }
  const rows = killMatrix(observations);
  assert.ok(
    isProven(rows),
    renderKillMatrix({
      seed: 0,
      isProven: isProven(rows),
      parts: [{ plantedInto: 'exchanges', isProven: isProven(rows), rows }],
    }),
  );
});

test('a fault at the last message strikes it, or says that it did not', async () => {
  for (const fault of [
    'drop-one',
    'drop-last',
    'drop-all',
    'duplicate',
    'duplicate-late',
    'flip-header',
    'foreign-payload',
    'stale-tail',
    'stall',
    'early-eof',
  ] as const)
    assert.ok((await exchange('message', fault, planned - 1, 3)).hasFired, fault);
  for (const fault of ['swap', 'delay', 'merge'] as const) {
    const { history, hasFired } = await exchange('message', fault, planned - 1, 3);
    assert.not.ok(hasFired);
    for (const check of checks) assert.is(check.judge(history).verdict, 'pass');
  }
});

test('a fault beyond the end never fires, and changes nothing', async () => {
  for (const { fault, framing } of faultTable.filter(
    (row) => !['drop-last', 'drop-all', 'hoard', 'no-eof'].includes(row.fault),
  )) {
    const { history, hasFired } = await exchange(framing, fault, planned, 5);
    assert.not.ok(hasFired, fault);
    for (const check of checks.filter(({ appliesTo }) => appliesTo(guaranteesOf(framing))))
      assert.is(check.judge(history).verdict, 'pass', `${fault} ${check.id}`);
  }
});

test('the other half of an endpoint is passed through', async () => {
  const calls: string[] = [];
  const inner: Endpoint = {
    send: () => undefined,
    onMessage: () => void calls.push('onMessage'),
    onEnd: () => void calls.push('onEnd'),
    close: async () => void calls.push('close'),
  };
  const wrapped = wrapEndpoint(inner, { name: 'transparent', atSeq: 0, extent: 1 }, 1);
  wrapped.onMessage(() => undefined);
  wrapped.onEnd(() => undefined);
  await wrapped.close();
  assert.equal(calls, ['onMessage', 'onEnd', 'close']);
});

test('a transport that refuses a message refuses it through the wrapper too', async () => {
  const refusing: Endpoint = {
    send: () => Promise.reject(new Error('EMSGSIZE')),
    onMessage: () => undefined,
    onEnd: () => undefined,
    close: async () => undefined,
  };
  for (const fault of ['transparent', 'duplicate'] as const) {
    let caught = '';
    await Promise.resolve(
      wrapEndpoint(refusing, { name: fault, atSeq: 0, extent: 1 }, 1).send(new Uint8Array(40)),
    ).catch((error: Error) => (caught = error.message));
    assert.is(caught, 'EMSGSIZE', fault);
  }
});

test.run();
