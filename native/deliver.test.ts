// test-deadline-s: 600
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FaultName, HistoryEvent } from '../harness/model/index.js';
import { addon, exchange, peerPath, planned } from './deliver.fixture.js';
import { meetings } from './test/peers.js';
import { buildNative } from './toolchain/build.js';

const sanitizedPeer = join(
  (await buildNative({ variant: 'sanitize', targets: ['ipcbench-peer', 'ipcbench-tests'] })).directory,
  'ipcbench-peer',
);
const datagrams = new Set(['socketpair-dgram', 'unix-dgram']);

/** Runs as 'first-last', everything else by its kind. */
function summary(events: readonly HistoryEvent[]): string {
  return events
    .map((event) =>
      event.kind === 'received' || event.kind === 'sent'
        ? `${event.seqFirst}-${event.seqFirst + event.count - 1}`
        : event.kind,
    )
    .join(' ');
}

const ending = (meeting: string): string => (datagrams.has(meeting) ? 'drained' : 'eof');

for (const meeting of Object.keys(meetings)) {
  test(`${meeting}: an intact exchange is one run on each side, then ${ending(meeting)}`, async () => {
    for (const sender of ['initiator', 'responder'] as const) {
      const outcome = await exchange({ meeting, sender });
      assert.is(outcome.sent?.['messages'], planned);
      assert.is(outcome.result?.['messages'], planned);
      assert.is(summary(outcome.senderEvents), '0-299');
      assert.is(summary(outcome.receiverEvents), `0-299 ${ending(meeting)}`);
      assert.equal(outcome.exits, [0, 0]);
      const [run] = outcome.receiverEvents;
      assert.is(run?.kind === 'received' && run.bytes, sumOfSizes(0, planned, 32, 70000));
      assert.is(run?.kind === 'received' && run.sender, sender === 'initiator' ? 0 : 1);
    }
  });

  test(`${meeting}: each fault leaves its mark, and no other`, () => assertMarks(meeting, peerPath));
}

for (const meeting of ['unix-stream', 'unix-dgram', 'fifo']) {
  test(`${meeting}: the sanitizers find nothing in a relay and its peers`, () => assertMarks(meeting, sanitizedPeer));
}

async function assertMarks(meeting: string, peer: string): Promise<void> {
  const isMessage = /dgram|seqpacket/.test(meeting);
  const marks: readonly (readonly [FaultName, string])[] = [
    ['transparent', '0-299'],
    ['drop-one', '0-99 101-299'],
    ['drop-last', '0-298'],
    ['drop-all', ''],
    ['duplicate', '0-100 100-299'],
    ['duplicate-late', '0-110 100-100 111-299'],
    ['swap', '0-99 101-101 100-100 102-299'],
    ['delay', '0-99 101-110 100-100 111-299'],
    ['flip-header', '0-99 damaged-header 101-299'],
    ['flip-payload', '0-99 damaged-payload 101-299'],
    ['foreign-payload', '0-99 damaged-payload 101-299'],
    ['stale-tail', '0-99 damaged-payload 101-299'],
    ['zero-page', '0-99 damaged-payload 101-299'],
    ['truncate', isMessage ? '0-99 wrong-boundary 101-299' : '0-99 damaged-payload 101-299'],
    ['merge', isMessage ? '0-99 wrong-boundary 102-299' : '0-299'],
    ['split', isMessage ? '0-99 wrong-boundary damaged-header 101-299' : '0-299'],
    ['pause', '0-299'],
    ['hoard', '0-299'],
    ['early-eof', '0-99'],
    ['no-eof', '0-299'],
  ];
  for (const [fault, mark] of marks) {
    const outcome = await exchange({ meeting, fault, peer });
    assert.is(
      summary(outcome.receiverEvents),
      `${mark} ${fault === 'no-eof' ? 'drained' : ending(meeting)}`.trim(),
      fault,
    );
    assert.is(summary(outcome.senderEvents), '0-299', fault);
    assert.equal(outcome.exits, [0, 0, 3], fault);
  }
}

test('a stalled relay leaves the receiver where it was, with its log whole', async () => {
  const outcome = await exchange({ meeting: 'unix-stream', fault: 'stall', patienceMs: 300 });
  assert.ok(outcome.isStuck);
  assert.is(summary(outcome.receiverEvents), '0-99');
  assert.equal(outcome.exits, [3, 3, 3]);
});

test('the relay serves a responder that sends', async () => {
  const outcome = await exchange({ meeting: 'pipe', fault: 'drop-one', sender: 'responder' });
  assert.is(summary(outcome.receiverEvents), '0-99 101-299 eof');
});

test('messages of a few bytes are told apart by their compact headers', async () => {
  const outcome = await exchange({ meeting: 'socketpair-seqpacket', fault: 'swap', minBytes: 1, maxBytes: 31 });
  assert.is(summary(outcome.receiverEvents), '0-99 101-101 100-100 102-299 eof');
});

test('a log without room says that it overflowed', async () => {
  const outcome = await exchange({ meeting: 'pipe', fault: 'swap', logBytes: 64 + 2 * 48 });
  assert.ok(outcome.overflowed);
  assert.is(summary(outcome.receiverEvents), '0-99 101-101');
});

test('a send that the transport refuses is in the log, and an error line', async () => {
  const outcome = await exchange({ meeting: 'socketpair-dgram', maxBytes: 1 << 20 });
  assert.is(outcome.sent?.['code'], 'EMSGSIZE');
  const kinds = outcome.senderEvents.map(({ kind }) => kind);
  assert.equal(kinds.slice(-2), ['send-unknown', 'error']);
  const unknown = outcome.senderEvents.find((event) => event.kind === 'send-unknown');
  assert.is(unknown?.kind === 'send-unknown' && unknown.errno, 90);
});

function sumOfSizes(first: number, count: number, minBytes: number, maxBytes: number): number {
  let sum = 0;
  for (let seq = first; seq < first + count; seq += 1) sum += addon.messageSize(7, seq, minBytes, maxBytes);
  return sum;
}

test.run();
