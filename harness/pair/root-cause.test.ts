import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PeerError } from '../control/control-channel.js';
import { encodeLog } from '../history/history-log-writer.js';
import { LOG_BYTES_OFFSET, logOffset, LOGS_OFFSET, MAGIC } from '../history/layout.js';
import { PHASE, writeProgress } from '../history/progress.js';
import type { Role } from '../model/index.js';
import { PeerGone, type PeerName } from './peer-process.js';
import { earliestFailure } from './root-cause.js';

type Watched = Parameters<typeof earliestFailure>[0][number];

const peer = (name: PeerName, failure: Error | null, atMs: number): Watched =>
  ({ name, control: { failure: () => failure, failedAtMs: () => atMs } }) as unknown as Watched;
const said = (message: string, more: Partial<PeerError['line']> = {}): PeerError =>
  new PeerError({ type: 'error', message, code: null, syscall: null, errno: null, phase: 'window', ...more });
const ended = (name: Role, exitCode: number | null, signal: string | null): PeerGone =>
  new PeerGone(name, { exitCode, signal }, '');

const own = said('no more');
const crash = ended('responder', null, 'SIGSEGV');
const quiet = ended('responder', 0, null);

/**
 * The initiator is heard of at 1, the responder at 2, or the other way round: what explains the other is told, else the
 * earlier.
 */
const pairs: readonly (readonly [
  what: string,
  initiator: Error | null,
  responder: Error | null,
  told: RegExp,
  isAnyOrder: boolean,
])[] = [
  [
    'a signal and a broken pipe',
    said('EPIPE: broken pipe, write', { code: 'EPIPE' }),
    crash,
    /^The responder ended by SIGSEGV/,
    true,
  ],
  [
    'an exit with 0 and a refused connection',
    said('connect ECONNREFUSED', { code: 'ECONNREFUSED' }),
    quiet,
    /^The responder ended with exit status 0/,
    true,
  ],
  [
    'an exit with 0 and a reset',
    said('read ECONNRESET', { code: 'ECONNRESET' }),
    quiet,
    /^The responder ended with exit status 0/,
    true,
  ],
  [
    'an error and the news of an end',
    own,
    said('The sender ended the exchange after message 48, before the last one had arrived.'),
    /^The initiator failed .* no more/,
    true,
  ],
  [
    'an error and the news of the C++ core',
    own,
    said('The partner closed the channel before message 3.'),
    /^The initiator failed .* no more/,
    true,
  ],
  ['two errors of their own', own, said('closed by the other end'), /^The initiator failed .* no more/, false],
  ['an exit with 0 after an error', own, quiet, /^The initiator failed .* no more/, false],
  [
    'a single one that is news',
    said('read ECONNRESET', { code: 'ECONNRESET' }),
    null,
    /^The initiator failed .* read ECONNRESET/,
    true,
  ],
];

for (const [what, initiator, responder, told, isAnyOrder] of pairs) {
  test(`of ${what}, the one that explains the other is told`, () => {
    for (const [first, second] of isAnyOrder
      ? ([
          [1, 2],
          [2, 1],
        ] as const)
      : ([[1, 2]] as const)) {
      assert.match(
        earliestFailure([peer('initiator', initiator, first), peer('responder', responder, second)], null)?.message ??
          '',
        told,
      );
      assert.match(
        earliestFailure([peer('responder', responder, second), peer('initiator', initiator, first)], null)?.message ??
          '',
        told,
      );
    }
  });
}

test('no failure of a peer is no cause', () => {
  assert.is(earliestFailure([peer('initiator', null, 1), peer('responder', new Error('interrupted'), 2)], null), null);
});

test(
  'a failure is told with its peer, its phase, its message and its place, as far as they are known, and keeps ' +
    'its code',
  () => {
    const cause = (line: Partial<PeerError['line']>): string | undefined =>
      earliestFailure([peer('initiator', said('no more.', line), 1)], null)?.message;
    assert.is(
      cause({ at: '/a/mine.mjs:3:9', messages: 36 }),
      'The initiator failed while exchanging messages, at message 36: no more (/a/mine.mjs:3:9).',
    );
    assert.is(
      cause({ at: null, messages: 0, phase: 'opening FIFO for reading' }),
      'The initiator failed while opening FIFO for reading: no more.',
    );
    assert.is(cause({ phase: null }), 'The initiator failed: no more.');
    assert.is(earliestFailure([peer('initiator', said('too long', { code: 'EMSGSIZE' }), 1)], null)?.code, 'EMSGSIZE');
  },
);

test('a dead peer is told with where it was last seen, and with what its log has beyond that', () => {
  const log = encodeLog([{ kind: 'received', sender: 0, seqFirst: 0, count: 40, bytes: 2560 }]);
  const mapping = new Uint8Array(LOGS_OFFSET + 2 * log.length);
  const view = new DataView(mapping.buffer);
  view.setBigUint64(0, MAGIC, true);
  view.setBigUint64(LOG_BYTES_OFFSET, BigInt(log.length), true);
  mapping.set(log, logOffset('responder', log.length));
  const seen = (messages: number, bytes: number): string | undefined => {
    writeProgress((bytesOf, at) => mapping.set(bytesOf, at), 'responder', {
      phase: PHASE.window,
      messages,
      bytes,
      pid: 7,
    });
    return earliestFailure([peer('responder', crash, 1)], mapping)?.message;
  };
  assert.is(
    seen(12, 768),
    'The responder ended by SIGSEGV before it was done. Its last known state: exchanging messages, ' +
      'after 40 messages (2560 bytes).',
  );
  assert.is(
    seen(50, 3200),
    'The responder ended by SIGSEGV before it was done. Its last known state: exchanging messages, ' +
      'after 50 messages (3200 bytes).',
  );
});

test.run();
