import { test } from 'uvu';
import type { HistoryEvent } from '../../../harness/model/index.js';
import { withReceived, withSent } from '../fault-injection/intact-history.js';
import { judgeBoundaries } from './boundaries.js';
import { judgeDuplication } from './duplication.js';
import { judgeEof } from './eof.js';
import { judgeIntegrity } from './integrity.js';
import { judgeOrdering } from './ordering.js';
import { judgeTail } from './tail.js';
import { judgeTotalQueue } from './total-queue.js';
import {
  intact,
  eof,
  received,
  sent,
  boundary,
  headless,
  got,
  gotStream,
  killed,
  is,
  passes,
} from './judged.fixture.js';

test('a duplicate is not a loss, and does not make up for one', () => {
  passes(got(received(0, 500), received(499, 1000), eof), judgeTotalQueue, judgeTail);
  is(
    judgeTotalQueue(got(received(0, 500), received(499, 500), received(501, 1000), eof)),
    'fail',
    /^999 of 1000 messages received; 1 lost in 1 gap: seq 500 is missing, the first after 499\.$/,
  );
});

test('gaps are counted, and the first is named', () => {
  is(
    judgeTotalQueue(got(received(0, 471), received(473, 500), received(501, 1000), eof)),
    'fail',
    '997 of 1000 messages received; 3 lost in 2 gaps: seq 471 to 472 are missing, the first after 470.',
  );
  is(
    judgeTotalQueue(got(received(1, 1000), eof)),
    'fail',
    '999 of 1000 messages received; 1 lost in 1 gap: seq 0 is missing, from the first on.',
  );
  is(
    judgeTotalQueue(got(eof)),
    'fail',
    '0 of 1000 messages received; 1000 lost in 1 gap: seq 0 to 999 are missing, from the first on.',
  );
});

test('what is drained counts as read to the end, as end of file does', () => {
  is(judgeTotalQueue(got(received(0, 999), { kind: 'drained' })), 'fail', /seq 999 is missing/);
});

test('a receiver that was stopped in the middle has lost nothing yet', () => {
  for (const ending of [killed, { ending: 'failed' }, { overflowed: true }] as const) {
    is(judgeTotalQueue(withReceived(intact, [received(0, 700)], ending)), 'broken', /receiver/);
    is(judgeTotalQueue(withReceived(intact, [received(0, 700), eof], ending)), 'broken', /receiver/);
  }
});

test('loss is proven by the log of a sender that failed', () => {
  const history = {
    ...withSent(
      got(received(0, 300), eof),
      [sent(0, 400), { kind: 'send-unknown', sender: 0, seq: 400, acceptedBytes: 5, errno: 32 }],
      { ending: 'failed' },
    ),
    acknowledged: null,
  };
  is(judgeTotalQueue(history), 'fail', /^300 of 400 messages received; 100 lost/);
  is(
    judgeTail(history),
    'fail',
    'The tail is lost: the last 100 of 400 sent messages never arrived, the last to arrive is seq 299.',
  );
});

test('loss is proven by the word of a sender whose log was full', () => {
  const history = withSent(got(received(0, 999), eof), [sent(0, 500)], { overflowed: true });
  is(judgeTotalQueue(history), 'fail', /^999 of 1000 messages received; 1 lost/);
  is(judgeTail(history), 'fail', /the last 1 of 1000 acknowledged/);
  passes(intact, judgeTotalQueue);
});

test('a send that failed may arrive or not', () => {
  const refused: HistoryEvent = { kind: 'send-unknown', sender: 0, seq: 1000, acceptedBytes: 10, errno: 4 };
  const history = { ...withSent(intact, [sent(0, 1000), refused]), planned: 1001 };
  passes(history, judgeTotalQueue, judgeTail, judgeOrdering, judgeDuplication);
  passes(withReceived(history, [received(0, 1001), eof]), judgeTotalQueue, judgeTail, judgeBoundaries);
});

test('a message that nobody sent is not delivery', () => {
  is(
    judgeTotalQueue(got(received(0, 1001), eof)),
    'fail',
    'A message arrived that was not sent: 1000; the sender sent 1000.',
  );
  is(
    judgeTotalQueue(got(received(0, 1000), received(7, 8, 3), eof)),
    'fail',
    '1 arrivals carry the number of a sender that is not part of the exchange.',
  );
});

test("a number that the plan has room for and the sender never reached is nobody's", () => {
  const refused: HistoryEvent = { kind: 'send-unknown', sender: 0, seq: 1000, acceptedBytes: 0, errno: 105 };
  const history = {
    ...withSent(got(received(0, 1000), received(1001, 1002), eof), [sent(0, 1000), refused]),
    planned: 1002,
  };
  is(judgeTotalQueue(history), 'fail', /was not sent: 1001/);
  is(judgeTotalQueue(withSent(history, [sent(0, 1000)], { overflowed: true })), 'broken', /sender/);
});

test('a sender that got nothing through is still the only one there was', () => {
  const refused: HistoryEvent = { kind: 'send-unknown', sender: 0, seq: 0, acceptedBytes: 0, errno: 105 };
  const history = { ...withSent(got(received(0, 1, 3)), [refused], { ending: 'failed' }), acknowledged: null };
  is(judgeTotalQueue(history), 'fail', /carry the number of a sender that is not part/);
});

test('a sender that was stopped may have sent what it had not written down', () => {
  const history = { ...withSent(got(received(0, 501)), [sent(0, 500)], killed), acknowledged: null };
  is(judgeTotalQueue(history), 'broken', /sender/);
  is(judgeTotalQueue(withReceived(history, [received(0, 1001)])), 'fail', /was not sent: 1000/);
  is(judgeTotalQueue(withSent(history, [sent(0, 500)], { overflowed: true })), 'broken', /sender/);
});

test('without any record of a sender, any sender may be the one', () => {
  const history = { ...withSent(got(received(0, 10, 9)), [], killed), acknowledged: null };
  is(judgeTotalQueue(history), 'broken', /sender/);
  is(judgeOrdering(withReceived(history, [received(1, 2, 9), received(0, 1, 9)])), 'fail', /out of order/);
});

test('a stranger is not taken for a repetition or a disorder', () => {
  passes(got(received(0, 1000), received(7, 8, 3), eof), judgeDuplication, judgeOrdering, judgeBoundaries, judgeTail);
});

test('a message with a damaged header is not lost', () => {
  is(
    judgeTotalQueue(got(received(0, 400), headless(64), received(401, 1000), eof)),
    'pass',
    /^999 of 1000 messages received .* 1 more arrived with a damaged header/,
  );
  passes(got(received(0, 999), headless(64), eof), judgeTail, judgeTotalQueue, judgeEof);
  passes(got(headless(64), received(1, 1000), eof), judgeTotalQueue);
});

test('a damaged header explains one message, and only at its place', () => {
  is(
    judgeTotalQueue(got(received(0, 400), headless(640), received(402, 1000), eof)),
    'fail',
    '998 of 1000 messages received; 1 lost in 1 gap: seq 401 is missing, the first after 400. 1 more arrived ' +
      'with a damaged header or inside another message: not lost, see integrity and boundaries.',
  );
  is(
    judgeTotalQueue(got(received(0, 400), headless(64), received(400, 500), received(501, 1000), eof)),
    'fail',
    /^999 of 1000 messages received; 1 lost in 1 gap: seq 500 is missing/,
  );
  is(judgeTail(got(received(0, 400), headless(64), received(401, 999), eof)), 'fail', /the last 1 of 1000/);
  is(judgeTail(got(received(0, 998), headless(64), eof)), 'fail', /the last 1 of 1000/);
});

test('on a stream, damaged bytes explain as many messages as they can hold', () => {
  passes(gotStream(received(0, 400), headless(128), received(402, 1000), eof), judgeTotalQueue);
  passes(gotStream(received(0, 400), headless(20), received(401, 1000), eof), judgeTotalQueue);
  is(
    judgeTotalQueue(gotStream(received(0, 400), headless(128), received(403, 1000), eof)),
    'fail',
    /998 of 1000|1 lost/,
  );
  is(
    judgeTotalQueue(gotStream(received(0, 400), headless(64), headless(64), received(403, 1000), eof)),
    'fail',
    /1 lost/,
  );
  passes(gotStream(received(0, 400), headless(64), headless(64), received(402, 1000), eof), judgeTotalQueue);
});

test('damage in one gap does not explain the next', () => {
  const history = gotStream(
    received(0, 100),
    headless(64),
    received(101, 200),
    received(201, 300),
    headless(64),
    received(301, 1000),
    eof,
  );
  is(
    judgeTotalQueue(history),
    'fail',
    /^997 of 1000 messages received; 1 lost in 1 gap: seq 200 is missing, the first after 199\. 2 more/,
  );
});

test('damage before a hole in what was sent explains what is missing behind the hole', () => {
  const refused: HistoryEvent = { kind: 'send-unknown', sender: 0, seq: 400, acceptedBytes: 0, errno: 105 };
  const history = {
    ...withSent(got(received(0, 400), headless(64), received(402, 1000), eof), [
      sent(0, 400),
      refused,
      sent(401, 1000),
    ]),
    acknowledged: 999,
  };
  passes(history, judgeTotalQueue);
  const two = {
    ...withSent(got(received(0, 399), headless(64), received(402, 1000), eof), [
      sent(0, 400),
      refused,
      sent(401, 1000),
    ]),
    acknowledged: 999,
  };
  is(judgeTotalQueue(two), 'fail', /1 lost in 1 gap: seq 401 is missing/);
});

test('a message merged into the one before it is not lost, one cut off from it is', () => {
  passes(got(received(0, 400), boundary(400, 64, 128), received(402, 1000), eof), judgeTotalQueue);
  passes(got(received(0, 998), boundary(998, 64, 128), eof), judgeTotalQueue, judgeTail, judgeEof);
  is(
    judgeTotalQueue(got(received(0, 400), boundary(400, 64, 127), received(402, 1000), eof)),
    'fail',
    /seq 401 is missing/,
  );
  is(
    judgeTotalQueue(got(received(0, 400), boundary(400, 64, 32), received(402, 1000), eof)),
    'fail',
    /seq 401 is missing/,
  );
  is(
    judgeTotalQueue(got(received(0, 400), boundary(400, 64, 128), received(403, 1000), eof)),
    'fail',
    /1 lost in 1 gap: seq 402 is missing/,
  );
});

test('a message of an unplanned length has swallowed nobody', () => {
  const longer: HistoryEvent = { kind: 'unplanned-length', sender: 0, seq: 400, expected: 64, actual: 640 };
  is(judgeTotalQueue(got(received(0, 400), longer, received(402, 1000), eof)), 'fail', /seq 401 is missing/);
});

test('a smallest size of zero divides nothing by zero', () => {
  passes({ ...gotStream(received(0, 400), headless(64), received(401, 1000), eof), minBytes: 0 }, judgeTotalQueue);
  is(
    judgeTotalQueue({ ...gotStream(received(0, 400), headless(64), received(465, 1000), eof), minBytes: 0 }),
    'fail',
    /1 lost/,
  );
});

test('a damaged payload, a moved boundary and a wrong length have arrived', () => {
  const damaged: HistoryEvent = { kind: 'damaged-payload', sender: 0, seq: 999, bytes: 64, offset: 32 };
  passes(
    got(received(0, 999), damaged, eof),
    judgeTotalQueue,
    judgeTail,
    judgeEof,
    judgeOrdering,
    judgeDuplication,
    judgeBoundaries,
  );
  passes(got(received(0, 999), boundary(999, 64, 63), eof), judgeTotalQueue, judgeTail, judgeEof, judgeIntegrity);
  passes(
    got(received(0, 999), { kind: 'unplanned-length', sender: 0, seq: 999, expected: 64, actual: 63 }, eof),
    judgeTotalQueue,
    judgeTail,
  );
});

test.run();
