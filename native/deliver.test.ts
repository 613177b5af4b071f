// test-deadline-s: 600
import { closeSync, mkdtempSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeLog } from '../harness/history/decode-log.js';
import type { FaultName, HistoryEvent, Role } from '../harness/model/index.js';
import { buildNative } from './toolchain/build.js';
import { loadNative } from './load.js';
import { makeMapping, meetings, peerArguments, startPeer, type Line, type TestPeer } from './test/peers.js';

const { addon, peerPath } = await loadNative();
const sanitizedPeer = join(
  (await buildNative({ variant: 'sanitize', targets: ['ipcbench-peer', 'ipcbench-tests'] })).directory,
  'ipcbench-peer',
);
const logBytes = 65536;
const planned = 300;
const datagrams = new Set(['socketpair-dgram', 'unix-dgram']);

interface Exchange {
  readonly meeting: string;
  readonly peer?: string;
  readonly sender?: Role;
  readonly fault?: FaultName;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  readonly logBytes?: number;
  /** Give up after this; what hangs is then ended by hanging up. */
  readonly patienceMs?: number;
}

interface Outcome {
  readonly sent: Line | null;
  readonly result: Line | null;
  readonly isStuck: boolean;
  readonly exits: readonly unknown[];
  readonly senderEvents: readonly HistoryEvent[];
  readonly receiverEvents: readonly HistoryEvent[];
  readonly overflowed: boolean;
}

/** One checked exchange, with a relay in the middle when there is a fault. The fault is at message 100. */
async function exchange(options: Exchange): Promise<Outcome> {
  const sender = options.sender ?? 'initiator';
  const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'ipcbench-native-')));
  const near = meetings[options.meeting]!(addon, folders[0]!);
  const far = options.fault === undefined ? near : meetings[options.meeting]!(addon, folders[1]!);
  const mapping = makeMapping(addon, options.logBytes ?? logBytes);
  const minBytes = options.minBytes ?? 32;
  const more = ['--messages', String(planned), '--max-size', String(options.maxBytes ?? 70000), '--sender', sender];
  const start = (role: string, spec: string, descriptors: readonly number[], extra: readonly string[] = []): TestPeer =>
    startPeer(
      [options.peer ?? peerPath],
      peerArguments(role, spec, near.framing, {
        workload: 'deliver',
        sizeBytes: minBytes,
        verify: 'full',
        more: [...more, ...extra],
      }),
      mapping,
      descriptors,
    );

  const initiator = start('initiator', ...near.initiator);
  const responder = start('responder', ...far.responder);
  const relay =
    options.fault === undefined
      ? null
      : start(
          'relay',
          near.responder[0],
          [...near.responder[1], ...far.initiator[1]],
          [
            '--endpoint-b',
            shifted(far.initiator[0], near.responder[1].length),
            '--fault',
            options.fault,
            '--fault-at',
            '100',
            '--fault-extent',
            '10',
          ],
        );
  const descriptors = new Set([...near.initiator[1], ...near.responder[1], ...far.initiator[1], ...far.responder[1]]);
  for (const descriptor of descriptors) closeSync(descriptor);
  const everyone = [initiator, responder, ...(relay === null ? [] : [relay])];
  await Promise.all(everyone.map((peer) => peer.line('ready')));
  for (const peer of everyone) peer.say('go');

  const [sending, receiving] = sender === 'initiator' ? [initiator, responder] : [responder, initiator];
  const talk = (async () => {
    const sent = await sending.line('sent');
    if (relay !== null) {
      relay.say('drain');
      await relay.line('drained');
    }
    receiving.say('drain');
    return { sent, result: await receiving.line('result') };
  })();
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<null>(
    (resolve) => (timer = setTimeout(() => resolve(null), options.patienceMs ?? 20_000)),
  );
  const said = await Promise.race([talk, patience]);
  clearTimeout(timer);
  if (said !== null) sending.say('go');
  else for (const peer of everyone) peer.hangUp();
  relay?.hangUp();
  const exits = await Promise.all(everyone.map((peer) => peer.ended));
  const memory = Buffer.alloc(4096 + 2 * (options.logBytes ?? logBytes));
  readSync(mapping, memory, 0, memory.length, 0);
  closeSync(mapping);
  for (const folder of folders) rmSync(folder, { recursive: true });
  const senderLog = decodeLog(memory, sender);
  const receiverLog = decodeLog(memory, sender === 'initiator' ? 'responder' : 'initiator');
  return {
    sent: said?.sent ?? null,
    result: said?.result ?? null,
    isStuck: said === null,
    exits,
    senderEvents: senderLog.events,
    receiverEvents: receiverLog.events,
    overflowed: receiverLog.overflowed,
  };
}

/** The same spec for descriptors that come after `count` others. */
function shifted(spec: string, count: number): string {
  const inherited = /^(fds?|accept|accept-tcp):/.exec(spec);
  return inherited === null
    ? spec
    : inherited[0] +
        spec
          .slice(inherited[0].length)
          .split(',')
          .map((number) => Number(number) + count)
          .join(',');
}

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
