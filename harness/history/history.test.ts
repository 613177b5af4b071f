import { mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HistoryEvent } from '../model/index.js';
import { anyEvent, draws } from './any-events.fixture.js';
import { decodeLog, decodeRecords } from './decode-log.js';
import { encodeLog, historyLogWriter } from './history-log-writer.js';
import { LOG_BYTES_OFFSET, LOGS_OFFSET, MAGIC, RECORD_BYTES, logOffset, recordCapacity } from './layout.js';
import { PHASE, decodeProgress, describeProgress, phaseWords, writeProgress } from './progress.js';

/** What a log holds of these events: runs that continue each other are one. */
function joined(events: readonly HistoryEvent[]): HistoryEvent[] {
  const result: HistoryEvent[] = [];
  for (const event of events) {
    const last = result.at(-1);
    if (
      (event.kind === 'sent' || event.kind === 'received') &&
      last?.kind === event.kind &&
      last.sender === event.sender &&
      last.seqFirst + last.count === event.seqFirst
    ) {
      result[result.length - 1] = { ...last, count: last.count + event.count, bytes: last.bytes + event.bytes };
    } else result.push(event);
  }
  return result;
}

function mappingOf(initiator: Uint8Array, responder: Uint8Array): Uint8Array {
  const mapping = new Uint8Array(LOGS_OFFSET + 2 * initiator.length);
  const view = new DataView(mapping.buffer);
  view.setBigUint64(0, MAGIC, true);
  view.setBigUint64(LOG_BYTES_OFFSET, BigInt(initiator.length), true);
  mapping.set(initiator, logOffset('initiator', initiator.length));
  mapping.set(responder, logOffset('responder', initiator.length));
  return mapping;
}

test('what is encoded is decoded again, for 1000 random logs', () => {
  for (let seed = 1; seed <= 1000; seed += 1) {
    const below = draws(seed);
    const events = Array.from({ length: below(40) }, () => anyEvent(below));
    assert.equal(decodeRecords(encodeLog(events)), { events: joined(events), overflowed: false }, `seed ${seed}`);
  }
});

test('a run of intact messages is one record, however long', () => {
  const log = new Uint8Array(64 + 2 * RECORD_BYTES);
  const writer = historyLogWriter((bytes, at) => log.set(bytes, at), { offset: 0, logBytes: log.length });
  for (let seq = 0; seq < 1000; seq += 1) writer.received(0, seq, 64);
  writer.append({ kind: 'eof' });
  assert.equal(decodeRecords(log).events, [
    { kind: 'received', sender: 0, seqFirst: 0, count: 1000, bytes: 64000 },
    { kind: 'eof' },
  ]);
});

test('the bytes of one record are those of the layout', () => {
  const log = encodeLog([{ kind: 'wrong-boundary', sender: 1, seq: 0x0102030405, expected: 64, actual: 128 }]);
  assert.is(Buffer.from(log.subarray(0, 16)).toString('hex'), '01000000000000000000000000000000');
  assert.is(
    Buffer.from(log.subarray(64)).toString('hex'),
    '06000000' +
      '01000000' +
      '0504030201000000' +
      '0000000000000000' +
      '4000000000000000' +
      '8000000000000000' +
      '0000000000000000',
  );
});

test('a gap, another sender and another kind each begin a new record', () => {
  const events: HistoryEvent[] = [
    { kind: 'received', sender: 0, seqFirst: 0, count: 1, bytes: 1 },
    { kind: 'received', sender: 0, seqFirst: 2, count: 1, bytes: 1 },
    { kind: 'received', sender: 1, seqFirst: 3, count: 1, bytes: 1 },
    { kind: 'sent', sender: 1, seqFirst: 4, count: 1, bytes: 1 },
  ];
  assert.equal(decodeRecords(encodeLog(events)).events, events);
});

test('a full log is flagged, and nothing follows what is missing', () => {
  const log = new Uint8Array(64 + RECORD_BYTES);
  const writer = historyLogWriter((bytes, at) => log.set(bytes, at), { offset: 0, logBytes: log.length });
  writer.received(0, 0, 8);
  writer.received(0, 1, 8);
  assert.is(writer.overflowed, false);
  writer.append({ kind: 'damaged-header', bytes: 8 });
  writer.received(0, 2, 8);
  assert.is(writer.overflowed, true);
  assert.equal(decodeRecords(log), {
    events: [{ kind: 'received', sender: 0, seqFirst: 0, count: 2, bytes: 16 }],
    overflowed: true,
  });
});

test('a log without room for one record overflows with its first event', () => {
  assert.is(recordCapacity(0), 0);
  assert.equal(decodeRecords(encodeLog([{ kind: 'eof' }], 64 + RECORD_BYTES - 1)), { events: [], overflowed: true });
});

test('a record is complete before it is counted, at every moment a kill may come', () => {
  const log = new Uint8Array(64 + 8 * RECORD_BYTES);
  const seen: number[] = [];
  const writer = historyLogWriter(
    (bytes, at) => {
      log.set(bytes, at);
      const { events, overflowed } = decodeRecords(log);
      assert.is(overflowed, false);
      seen.push(events.length);
    },
    { offset: 0, logBytes: log.length },
  );
  writer.sent(0, 0, 8);
  writer.sent(0, 1, 8);
  writer.append({ kind: 'eof' });
  assert.equal(seen, [0, 1, 1, 1, 2]);
});

test('a run that had not begun to count is no event', () => {
  const log = encodeLog([{ kind: 'eof' }, { kind: 'drained' }]);
  log[64] = 3;
  assert.equal(decodeRecords(log), { events: [{ kind: 'drained' }], overflowed: false });
});

test('an errno is positive, whichever sign was written', () => {
  const log = encodeLog([{ kind: 'error', errno: -104, syscall: 'read' }]);
  assert.equal(decodeRecords(log).events, [{ kind: 'error', errno: 104, syscall: 'read' }]);
  new DataView(log.buffer).setBigInt64(64 + 32, -104n, true);
  assert.equal(decodeRecords(log).events, [{ kind: 'error', errno: 104, syscall: 'read' }]);
  assert.equal(decodeRecords(encodeLog([{ kind: 'error', errno: 1, syscall: 'shutdown' }])).events, [
    { kind: 'error', errno: 1, syscall: 'unknown' },
  ]);
});

test('both ends are found inside the mapping', () => {
  const mapping = mappingOf(encodeLog([{ kind: 'eof' }]), encodeLog([{ kind: 'drained' }]));
  assert.equal(decodeLog(mapping, 'initiator').events, [{ kind: 'eof' }]);
  assert.equal(decodeLog(mapping, 'responder').events, [{ kind: 'drained' }]);
});

test('a peer hosted by Node writes through a file as the core does through memory', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ipcbench-history-'));
  const path = join(directory, 'shared');
  const descriptor = openSync(path, 'w+');
  try {
    const write = (bytes: Uint8Array, at: number): void => void writeSync(descriptor, bytes, 0, bytes.length, at);
    write(mappingOf(new Uint8Array(1024), new Uint8Array(1024)), 0);
    const writer = historyLogWriter(write, { offset: logOffset('responder', 1024), logBytes: 1024 });
    for (let seq = 0; seq < 5; seq += 1) writer.received(0, seq, 100);
    writer.append({ kind: 'eof' });
    writeProgress(write, 'responder', { phase: PHASE.finished, messages: 5, bytes: 500, pid: 4711 });
    const mapping = readFileSync(path);
    assert.equal(decodeLog(mapping, 'responder').events, [
      { kind: 'received', sender: 0, seqFirst: 0, count: 5, bytes: 500 },
      { kind: 'eof' },
    ]);
    assert.equal(decodeLog(mapping, 'initiator').events, []);
    assert.equal(decodeProgress(mapping)?.responder, { phase: 6, messages: 5, bytes: 500, pid: 4711 });
  } finally {
    closeSync(descriptor);
    rmSync(directory, { recursive: true });
  }
});

test('a truncated mapping says where it ends, and passes for nothing', () => {
  const whole = mappingOf(encodeLog([{ kind: 'eof' }]), encodeLog([{ kind: 'eof' }]));
  for (let length = 0; length < whole.length; length += 1) {
    let why = '';
    const decoded = decodeLog(whole.subarray(0, length), 'responder', (sentence) => (why = sentence));
    assert.equal(decoded, { events: [], overflowed: true });
    assert.match(why, /^The shared mapping (has|claims)/);
  }
  assert.match(unreadableReason(new Uint8Array(LOGS_OFFSET)), /magic/);
  assert.match(reasonOfRecords(new Uint8Array(63)), /ends after 63 bytes, inside its header/);
});

test('garbage is decoded up to where it stops making sense, and flagged', () => {
  for (let seed = 1; seed <= 1000; seed += 1) {
    const below = draws(seed);
    const log = encodeLog(Array.from({ length: 1 + below(10) }, () => anyEvent(below)));
    for (let strike = 0; strike < 20; strike += 1) log[below(log.length)] = below(256);
    const { events } = decodeRecords(log);
    for (const event of events) if ('seq' in event) assert.ok(Number.isSafeInteger(event.seq));
  }
  const log = encodeLog([{ kind: 'eof' }, { kind: 'drained' }]);
  log[64 + RECORD_BYTES] = 99;
  assert.equal(decodeRecords(log), { events: [{ kind: 'eof' }], overflowed: true });
  assert.match(reasonOfRecords(log), /^Record 1 of 2 is not readable: kind 99 is unknown\.$/);
});

test('a count of more records than there is room for is flagged', () => {
  const log = encodeLog([{ kind: 'eof' }]);
  log[0] = 2;
  assert.equal(decodeRecords(log), { events: [{ kind: 'eof' }], overflowed: true });
  assert.match(reasonOfRecords(log), /counts 2 records and has room for 1/);
});

test('a sequence number beyond 2^53 ends the reading, a sum of bytes does not', () => {
  const log = encodeLog([{ kind: 'received', sender: 0, seqFirst: 0, count: 2 ** 40, bytes: 2 ** 56 }]);
  assert.equal(decodeRecords(log).events, [
    { kind: 'received', sender: 0, seqFirst: 0, count: 2 ** 40, bytes: 2 ** 56 },
  ]);
  new DataView(log.buffer).setBigUint64(64 + 8, 2n ** 53n, true);
  assert.equal(decodeRecords(log), { events: [], overflowed: true });
  assert.match(reasonOfRecords(log), /beyond 2\^53/);
});

test('the progress words of all three peers are found, and read as words', () => {
  const mapping = mappingOf(new Uint8Array(64), new Uint8Array(64));
  const write = (bytes: Uint8Array, at: number): void => mapping.set(bytes, at);
  writeProgress(write, 'initiator', { phase: PHASE.window, messages: 4711, bytes: 96512, pid: 7 });
  writeProgress(write, 'relay', { phase: PHASE.openingFifoForWriting, messages: 0, bytes: 0, pid: 9 });
  const progress = decodeProgress(mapping);
  assert.ok(progress);
  assert.is(describeProgress(progress.initiator), 'exchanging messages, after 4711 messages (96512 bytes)');
  assert.is(describeProgress(progress.responder), 'not yet running');
  assert.is(describeProgress(progress.relay), 'opening FIFO for writing, before its first message');
  assert.is(decodeProgress(mapping.subarray(0, 255)), null);
});

test('every phase has words, and a number of no phase is printed', () => {
  for (const phase of Object.values(PHASE)) assert.not.match(phaseWords(phase), /unknown/);
  assert.match(phaseWords(42), /phase 42/);
});

test.run();

function unreadableReason(mapping: Uint8Array): string {
  let why = '';
  decodeLog(mapping, 'initiator', (sentence) => (why = sentence));
  return why;
}

function reasonOfRecords(log: Uint8Array): string {
  let why = '';
  decodeRecords(log, (sentence) => (why = sentence));
  return why;
}
