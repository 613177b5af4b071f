import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HistoryEvent } from '../../../harness/model/index.js';
import { withReceived, withSent } from '../fault-injection/intact-history.js';
import { judgeBoundaries } from './boundaries.js';
import { judgeDuplication } from './duplication.js';
import { judgeEof } from './eof.js';
import { judgeIntegrity } from './integrity.js';
import { judgeOrdering } from './ordering.js';
import { judgeSenderWaits } from './sender-waits.js';
import { judgeTail } from './tail.js';
import { judgeTotalQueue } from './total-queue.js';
import { intact, eof, received, sent, boundary, headless, got, gotStream, is, passes } from './judged.fixture.js';

// ── ordering

test('a gap is not a disorder', () => passes(got(received(0, 400), received(401, 1000), eof), judgeOrdering));

test('a duplicate is not a disorder', () =>
  passes(got(received(0, 500), received(400, 401), received(500, 1000), eof), judgeOrdering));

test('a swap of neighbours is a disorder of one', () => {
  is(
    judgeOrdering(got(received(0, 400), received(401, 402), received(400, 401), received(402, 1000), eof)),
    'fail',
    '1 of 1000 messages arrived out of order: the first, 400, after 401.',
  );
});

test('damaged messages keep their place in the order', () => {
  const damaged: HistoryEvent = { kind: 'damaged-payload', sender: 0, seq: 401, bytes: 64, offset: 40 };
  is(
    judgeOrdering(got(received(0, 400), damaged, received(400, 401), received(402, 1000), eof)),
    'fail',
    /400, after 401/,
  );
  const unplanned: HistoryEvent = { kind: 'unplanned-length', sender: 0, seq: 401, expected: 64, actual: 65 };
  is(
    judgeOrdering(got(received(0, 400), unplanned, received(400, 401), received(402, 1000), eof)),
    'fail',
    /400, after 401/,
  );
  is(
    judgeOrdering(got(received(0, 400), boundary(401, 64, 63), received(400, 401), received(402, 1000), eof)),
    'fail',
    /400, after 401/,
  );
});

// ── loss

test('a reorder is not a loss', () =>
  passes(
    got(received(0, 400), received(401, 402), received(400, 401), received(402, 1000), eof),
    judgeTotalQueue,
    judgeTail,
    judgeDuplication,
    judgeEof,
  ));

// ── duplication

test('a repetition is found however far behind it comes', () => {
  is(
    judgeDuplication(got(received(0, 500), received(499, 1000), eof)),
    'fail',
    '1 messages arrived again, beside 1000 that arrived once: the first is seq 499.',
  );
  is(judgeDuplication(got(received(0, 1000), received(0, 1), eof)), 'fail', /the first is seq 0\.$/);
  is(judgeDuplication(got(received(0, 1000), received(990, 1000), eof)), 'fail', /^10 messages arrived again/);
});

test('a repetition with a damaged payload is a repetition', () => {
  is(
    judgeDuplication(got(received(0, 1000), { kind: 'damaged-payload', sender: 0, seq: 3, bytes: 64, offset: 9 }, eof)),
    'fail',
    /seq 3/,
  );
});

test('a gap is not a repetition', () => passes(got(received(0, 400), received(401, 1000), eof), judgeDuplication));

// ── integrity

test('each kind of damage is named', () => {
  is(
    judgeIntegrity(got(received(0, 400), headless(64), received(401, 1000), eof)),
    'fail',
    '1 piece of damage beside 999 messages: 64 bytes without a valid header.',
  );
  is(
    judgeIntegrity(
      got(
        received(0, 400),
        { kind: 'damaged-payload', sender: 0, seq: 400, bytes: 64, offset: 40 },
        received(401, 1000),
        eof,
      ),
    ),
    'fail',
    '1 piece of damage beside 1000 messages: seq 400 of 64 bytes is wrong from offset 40 on.',
  );
  is(
    judgeIntegrity(
      got(
        received(0, 400),
        { kind: 'unplanned-length', sender: 0, seq: 400, expected: 64, actual: 70 },
        received(401, 1000),
        eof,
      ),
    ),
    'fail',
    /seq 400 has 70 bytes according to its header, instead of 64\.$/,
  );
  is(
    judgeIntegrity(got(headless(1), headless(2), eof)),
    'fail',
    /^2 pieces of damage beside 0 messages: 1 bytes without/,
  );
});

test('what was sent whole must not end inside, what nobody knows the end of may', () => {
  const cut: HistoryEvent = { kind: 'cut-short', sender: 0, seq: 999, expected: 64, actual: 40 };
  is(judgeIntegrity(gotStream(received(0, 999), cut, eof)), 'fail', /seq 999 ends after 40 of its 64 bytes/);
  const refused: HistoryEvent = { kind: 'send-unknown', sender: 0, seq: 999, acceptedBytes: 40, errno: 4 };
  const history = { ...withSent(gotStream(received(0, 999), cut, eof), [sent(0, 999), refused]), acknowledged: 999 };
  passes(history, judgeIntegrity, judgeTotalQueue, judgeTail, judgeEof);
});

test('too few bytes for a header, behind all that was sent, are damage', () => {
  const beyond = (actual: number): HistoryEvent => ({ kind: 'cut-short', sender: 0, seq: 1000, expected: 64, actual });
  for (const actual of [1, 7, 31])
    is(
      judgeIntegrity(gotStream(received(0, 1000), beyond(actual), eof)),
      'fail',
      new RegExp(`${actual} bytes at the end, after all that was sent\\.$`),
    );
});

test('a loss, a swap and a moved boundary damage no byte', () => {
  passes(
    got(received(0, 400), received(402, 403), received(401, 402), boundary(403, 64, 60), received(404, 1000), eof),
    judgeIntegrity,
  );
});

// ── boundaries

test('merged and cut messages are told apart', () => {
  is(
    judgeBoundaries(got(received(0, 400), boundary(400, 64, 128), received(402, 1000), eof)),
    'fail',
    '1 message of another length than sent: seq 400 of 64 bytes was read as 128 (merged with what followed).',
  );
  is(
    judgeBoundaries(got(received(0, 400), boundary(400, 64, 40), headless(24), received(401, 1000), eof)),
    'fail',
    '2 messages of another length than sent: seq 400 of 64 bytes was read as 40 (short).',
  );
});

test('bytes without a header that are no whole message prove a moved boundary', () => {
  is(
    judgeBoundaries(got(received(0, 400), headless(63), received(401, 1000), eof)),
    'fail',
    '1 message of another length than sent: 63 bytes without a header; messages have 64 to 64.',
  );
  is(
    judgeBoundaries(got(received(0, 400), headless(65), received(401, 1000), eof)),
    'fail',
    /65 bytes without a header/,
  );
  passes(got(received(0, 400), headless(64), received(401, 1000), eof), judgeBoundaries);
});

test('more reads than messages prove that one was cut in two', () => {
  is(
    judgeBoundaries(got(received(0, 400), headless(64), headless(64), received(401, 1000), eof)),
    'fail',
    '1 more messages were read than were sent: at least one was split.',
  );
});

test('a repetition is not a cut', () => passes(got(received(0, 500), received(490, 1000), eof), judgeBoundaries));

test('a loss moves no boundary', () => {
  passes(got(received(0, 400), received(401, 1000), eof), judgeBoundaries);
});

test('bytes without a header are no moved boundary up to the largest size there was', () => {
  const message = withReceived({ ...intact, largeBytes: [300], beyondBytes: 400 }, [
    received(0, 999),
    headless(400),
    eof,
  ]);
  assert.not.match(judgeBoundaries(message).evidence, /without a header/);
  is(
    judgeBoundaries(withReceived({ ...intact, largeBytes: [300] }, [received(0, 999), headless(400), eof])),
    'fail',
    /400 bytes without a header/,
  );
});

test('a repetition after the end is no late message', () => {
  const again = got(received(0, 1000), eof, received(10, 12));
  is(judgeEof(again), 'fail', 'End of file came, and 2 more messages after it.');
  passes(again, judgeTail, judgeTotalQueue);
});

test('an array written to after it was handed over fails integrity, and nothing else', () => {
  const reused = got(received(0, 1000), { kind: 'overwritten', bytes: 512, offset: 40 }, eof);
  is(
    judgeIntegrity(reused),
    'fail',
    new RegExp(
      '^1 piece of damage beside 1000 messages: an array of 512 bytes that had been handed over was written to ' +
        'again, from offset 40 on',
    ),
  );
  passes(reused, judgeOrdering, judgeDuplication, judgeBoundaries, judgeTail, judgeTotalQueue, judgeEof);
});

test('a sender that held megabytes is a deviation, unless they may as well be lost', () => {
  const sender = intact.initiator.events;
  const held = withSent(intact, [...sender, { kind: 'held', bytes: 32_000 }]);
  is(judgeSenderWaits(held), 'deviation', /^'send' never asked to wait: the sender's process buffered 0\.0 MiB/);
  is(judgeSenderWaits(withReceived(held, [received(0, 700), eof])), 'broken', /buffered 0\.0 MiB or lost it/);
  is(judgeSenderWaits(intact), 'pass', /never buffered 2 MiB .* It was given 0\.1 MiB in total/);
});

test.run();
