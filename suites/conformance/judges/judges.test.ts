import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { EndHistory, History, HistoryEvent, Judgement } from '../../../harness/model/index.js';
import { intactHistory, withReceived, withSent, type Shape } from '../fault-injection/intact-history.js';
import { judgeBoundaries } from './boundaries.js';
import { judgeDuplication } from './duplication.js';
import { judgeEof } from './eof.js';
import { judgeIntegrity } from './integrity.js';
import { judgeOrdering } from './ordering.js';
import { judgeSenderWaits } from './sender-waits.js';
import { judgeTail } from './tail.js';
import { judgeTotalQueue } from './total-queue.js';

const judges = {
  judgeOrdering,
  judgeTotalQueue,
  judgeTail,
  judgeDuplication,
  judgeIntegrity,
  judgeBoundaries,
  judgeEof,
};

const shape: Shape = {
  framing: 'message',
  planned: 1000,
  seed: 1,
  minBytes: 64,
  maxBytes: 64,
  sender: 'initiator',
  end: 'eof',
};
const intact = intactHistory(shape);
const stream = intactHistory({ ...shape, framing: 'stream' });
const eof: HistoryEvent = { kind: 'eof' };
const received = (first: number, end: number, sender = 0): HistoryEvent => ({
  kind: 'received',
  sender,
  seqFirst: first,
  count: end - first,
  bytes: 64 * (end - first),
});
const sent = (first: number, end: number): HistoryEvent => ({
  kind: 'sent',
  sender: 0,
  seqFirst: first,
  count: end - first,
  bytes: 64 * (end - first),
});
const boundary = (seq: number, expected: number, actual: number): HistoryEvent => ({
  kind: 'wrong-boundary',
  sender: 0,
  seq,
  expected,
  actual,
});
const headless = (bytes: number): HistoryEvent => ({ kind: 'damaged-header', bytes });
const got = (...events: readonly HistoryEvent[]): History => withReceived(intact, events);
const gotStream = (...events: readonly HistoryEvent[]): History => withReceived(stream, events);
const killed: Partial<EndHistory> = {
  ending: 'killed-by-deadline',
  stuckAt: 'The responder was reading after 700 messages.',
};

function is(judgement: Judgement, verdict: Judgement['verdict'], evidence: RegExp | string): void {
  assert.is(judgement.verdict, verdict, judgement.evidence);
  if (typeof evidence === 'string') assert.is(judgement.evidence, evidence);
  else assert.match(judgement.evidence, evidence);
}

const passes = (history: History, ...which: readonly ((history: History) => Judgement)[]): void => {
  for (const judge of which) assert.is(judge(history).verdict, 'pass', `${judge.name}: ${judge(history).evidence}`);
};

// ── what everyone agrees on

test('an intact history passes every judge, with its figures', () => {
  is(
    judgeOrdering(intact),
    'pass',
    '1000 messages arrived in the order they were sent (no disorder in 1000 messages: rate below 3.0e-3 at 95 ' +
      '%). Sizes: 64 B.',
  );
  is(
    judgeTotalQueue(intact),
    'pass',
    '1000 of 1000 messages received (no loss in 1000 messages: rate below 3.0e-3 at 95 %). Sizes: 64 B.',
  );
  is(
    judgeTail(intact),
    'pass',
    'The last of 1000 acknowledged messages arrived (no tail loss in 1000 messages: rate below 3.0e-3 at 95 %). ' +
      'Sizes: 64 B.',
  );
  is(
    judgeDuplication(intact),
    'pass',
    '1000 messages arrived, each once (no duplicate in 1000 messages: rate below 3.0e-3 at 95 %). Sizes: 64 B.',
  );
  is(
    judgeIntegrity(intact),
    'pass',
    'Every byte of 1000 messages is the one that was sent (no damage in 1000 messages: rate below 3.0e-3 at 95 ' +
      '%). Sizes: 64 B.',
  );
  is(
    judgeBoundaries(intact),
    'pass',
    '1000 messages were read as they were written (no moved boundary in 1000 messages: rate below 3.0e-3 at 95 ' +
      '%). Sizes: 64 B.',
  );
  is(
    judgeEof(intact),
    'pass',
    'End of file came after all 1000 messages, and nothing after it (no loss before it in 1000 messages: rate ' +
      'below 3.0e-3 at 95 %). Sizes: 64 B.',
  );
});

test('the direction of the exchange does not matter', () => {
  for (const judge of Object.values(judges))
    assert.is(judge(intactHistory({ ...shape, sender: 'responder' })).verdict, 'pass');
});

test('a run of 2^40 messages is judged as fast as one of 1000', () => {
  const many = 2 ** 40;
  const events: HistoryEvent[] = [received(0, 5), received(6, many), eof];
  const history = { ...withSent(withReceived(intact, events), [sent(0, many)]), planned: many, acknowledged: many };
  const startedMs = performance.now();
  is(
    judgeTotalQueue(history),
    'fail',
    /^1099511627775 of 1099511627776 messages received; 1 lost in 1 gap: seq 5 is missing, the first after 4\.$/,
  );
  passes(history, judgeOrdering, judgeTail, judgeDuplication, judgeIntegrity, judgeBoundaries, judgeEof);
  assert.ok(performance.now() - startedMs < 200);
});

test('an empty history is broken, never a pass', () => {
  const empty = withSent(got(), []);
  for (const judge of Object.values(judges))
    assert.is(judge({ ...empty, planned: 0, acknowledged: 0 }).verdict, 'broken');
});

test('a receiver with no record at all after a finished sender decides nothing', () => {
  for (const judge of Object.values(judges)) is(judge(got()), 'broken', /neither an end of file nor a drained channel/);
});

test('99 messages are too little evidence, 100 are enough', () => {
  for (const judge of Object.values(judges)) {
    is(
      judge(intactHistory({ ...shape, planned: 99 })),
      'broken',
      'Too little evidence: 99 messages arrived, and 100 are the least to say anything on.',
    );
    assert.is(judge(intactHistory({ ...shape, planned: 100 })).verdict, 'pass');
    assert.is(judge(intactHistory({ ...shape, planned: 1 })).verdict, 'broken');
  }
});

test('an overflowed log never passes, on either end', () => {
  const last = intact.responder.events;
  for (const judge of Object.values(judges)) {
    is(
      judge(withReceived(intact, last, { overflowed: true })),
      'broken',
      /The receiver \(responder\) saw more than its log could hold: what came after its 2 records is not known\./,
    );
    is(
      judge(withSent(intact, intact.initiator.events, { overflowed: true })),
      'broken',
      /The sender \(initiator\) saw more/,
    );
  }
});

test('an end that failed or was killed never passes, and is named', () => {
  for (const judge of Object.values(judges)) {
    is(
      judge(withSent(intact, [sent(0, 1000), { kind: 'error', errno: 32, syscall: 'write' }], { ending: 'failed' })),
      'broken',
      'The sender (initiator) failed after errno 32 of write.',
    );
    is(
      judge(withReceived(intact, intact.responder.events, { ending: 'failed' })),
      'broken',
      'The receiver (responder) failed.',
    );
    is(
      judge(withSent(intact, [sent(0, 1000)], killed)),
      'broken',
      'The sender (initiator) was killed by its deadline. The responder was reading after 700 messages.',
    );
    is(
      judge(withReceived(intact, intact.responder.events, { ending: 'killed-by-deadline' })),
      'broken',
      'The receiver (responder) was killed by its deadline. Where it was stuck is not known.',
    );
  }
});

test('a sender that never said how much it sent passes nothing', () => {
  for (const judge of Object.values(judges))
    is(judge({ ...intact, acknowledged: null }), 'broken', 'The sender never said how much it had sent.');
});

test('a sender whose log and word differ passes nothing', () => {
  for (const judge of Object.values(judges)) {
    is(
      judge({ ...intact, acknowledged: 999 }),
      'broken',
      'The sender acknowledged 999 messages over the control channel, and its log has 1000.',
    );
    is(
      judge(withSent(intact, [sent(0, 999)])),
      'broken',
      'The sender acknowledged 1000 messages over the control channel, and its log has 999.',
    );
  }
});

test('a sender that stopped before its plan was done passes nothing', () => {
  const half = { ...withSent(got(received(0, 500), eof), [sent(0, 500)]), acknowledged: 500 };
  for (const judge of Object.values(judges))
    is(judge(half), 'broken', 'The sender sent 500 of the 1000 messages planned.');
  for (const judge of Object.values(judges))
    is(judge({ ...intact, planned: 1001 }), 'broken', 'The sender sent 1000 of the 1001 messages planned.');
});

test('sends that failed count towards the plan', () => {
  const refused: HistoryEvent = { kind: 'send-unknown', sender: 0, seq: 500, acceptedBytes: 0, errno: 105 };
  const history = {
    ...withSent(got(received(0, 500), received(501, 1000), eof), [sent(0, 500), refused, sent(501, 1000)]),
    acknowledged: 999,
  };
  passes(history, ...Object.values(judges));
});

test('a violation that is proven makes a broken history fail', () => {
  const late = [received(0, 10), received(11, 12), received(10, 11), received(10, 11), headless(7)];
  for (const history of [
    withReceived(intact, late, killed),
    withReceived(intact, late, { overflowed: true }),
    { ...withReceived(intact, late), acknowledged: null },
  ]) {
    for (const judge of [judgeOrdering, judgeDuplication, judgeIntegrity, judgeBoundaries])
      assert.is(judge(history).verdict, 'fail', judge.name);
  }
});

test('compact headers are said to tell less', () => {
  is(judgeOrdering(intactHistory({ ...shape, minBytes: 31 })), 'pass', /Messages below 32 B carry a short header/);
  assert.not.match(judgeOrdering(intactHistory({ ...shape, minBytes: 32 })).evidence, /short header/);
});

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
    'A message arrived that nobody sent: 1000; the sender sent 1000.',
  );
  is(
    judgeTotalQueue(got(received(0, 1000), received(7, 8, 3), eof)),
    'fail',
    '1 arrivals name a sender that took no part in the exchange.',
  );
});

test("a number that the plan has room for and the sender never reached is nobody's", () => {
  const refused: HistoryEvent = { kind: 'send-unknown', sender: 0, seq: 1000, acceptedBytes: 0, errno: 105 };
  const history = {
    ...withSent(got(received(0, 1000), received(1001, 1002), eof), [sent(0, 1000), refused]),
    planned: 1002,
  };
  is(judgeTotalQueue(history), 'fail', /nobody sent: 1001/);
  is(judgeTotalQueue(withSent(history, [sent(0, 1000)], { overflowed: true })), 'broken', /sender/);
});

test('a sender that got nothing through is still the only one there was', () => {
  const refused: HistoryEvent = { kind: 'send-unknown', sender: 0, seq: 0, acceptedBytes: 0, errno: 105 };
  const history = { ...withSent(got(received(0, 1, 3)), [refused], { ending: 'failed' }), acknowledged: null };
  is(judgeTotalQueue(history), 'fail', /name a sender that took no part/);
});

test('a sender that was stopped may have sent what it had not written down', () => {
  const history = { ...withSent(got(received(0, 501)), [sent(0, 500)], killed), acknowledged: null };
  is(judgeTotalQueue(history), 'broken', /sender/);
  is(judgeTotalQueue(withReceived(history, [received(0, 1001)])), 'fail', /nobody sent: 1000/);
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

// ── tail

test('a missing tail is lost when the receiver read to the end', () => {
  is(
    judgeTail(got(received(0, 997), eof)),
    'fail',
    'The tail is lost: the last 3 of 1000 acknowledged messages never arrived, the last to arrive is seq 996.',
  );
  is(
    judgeTail(got({ kind: 'drained' })),
    'fail',
    'The tail is lost: the last 1000 of 1000 acknowledged messages never arrived, none arrived.',
  );
  is(judgeTail(got(received(0, 1), eof)), 'fail', /the last to arrive is seq 0\.$/);
});

test('a gap in the middle is not a lost tail', () =>
  passes(got(received(0, 400), received(500, 1000), eof), judgeTail, judgeEof));

test('a gap and a lost tail are told apart', () => {
  is(judgeTail(got(received(0, 400), received(500, 998), eof)), 'fail', /the last 2 of 1000/);
});

test('a message cut short by the end is part of the lost tail', () => {
  is(
    judgeTail(gotStream(received(0, 999), { kind: 'cut-short', sender: 0, seq: 999, expected: 64, actual: 40 }, eof)),
    'fail',
    /the last 1 of 1000 .* Of seq 999 there are 40 of 64 bytes\.$/,
  );
});

test('acknowledged and never received, with a receiver stuck at its deadline, is a stall', () => {
  is(
    judgeTail(withReceived(intact, [received(0, 700)], killed)),
    'fail',
    'STALLED: the last 300 of 1000 acknowledged messages had not arrived when it came to a stand, the last to ' +
      'arrive is seq 699. The responder was reading after 700 messages.',
  );
  is(judgeTail(withReceived(intact, [], killed)), 'fail', /^STALLED: the last 1000 of 1000 .* none arrived/);
});

test('a stall is proven too when the sender was stuck behind it', () => {
  const history = {
    ...withSent(withReceived(intact, [received(0, 700)], killed), [sent(0, 790)], killed),
    acknowledged: null,
  };
  is(judgeTail(history), 'fail', /^STALLED: the last 90 of 790 sent messages/);
  is(judgeTail(withSent(history, [sent(0, 700)], killed)), 'broken', /sender/);
});

test('where a stalled receiver was stuck may be unknown', () => {
  is(
    judgeTail(withReceived(intact, [received(0, 700)], { ending: 'killed-by-deadline' })),
    'fail',
    /Where the receiver was stuck is not known\.$/,
  );
});

test('a receiver that failed, or whose log was full, has not stalled', () => {
  is(judgeTail(withReceived(intact, [received(0, 700)], { ending: 'failed' })), 'broken', /failed/);
  is(
    judgeTail(withReceived(intact, [received(0, 700)], { ...killed, overflowed: true })),
    'broken',
    /more than its log/,
  );
});

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
    /seq 400 says it has 70 bytes and was to have 64\.$/,
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
    '1 message of another length than sent: 63 bytes without a header, and messages have 64 to 64.',
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
    '1 more messages were read than were sent: something was cut in two.',
  );
});

test('a repetition is not a cut', () => passes(got(received(0, 500), received(490, 1000), eof), judgeBoundaries));

test('a loss moves no boundary', () => {
  passes(got(received(0, 400), received(401, 1000), eof), judgeBoundaries);
});

// ── end of file

test('end of file before the last message fails', () => {
  is(
    judgeEof(got(received(0, 700), eof)),
    'fail',
    'End of file came after seq 699, before the last 300 of 1000 messages.',
  );
  is(
    judgeEof(gotStream(received(0, 700), { kind: 'cut-short', sender: 0, seq: 700, expected: 64, actual: 3 }, eof)),
    'fail',
    /Of seq 700 there are 3 of 64 bytes\.$/,
  );
});

test('messages after end of file fail, of whatever kind', () => {
  is(
    judgeEof(got(received(0, 999), eof, received(999, 1000))),
    'fail',
    'End of file came, and 1 more message after it: the first is seq 999.',
  );
  is(
    judgeEof(got(received(0, 998), eof, headless(3), received(999, 1000))),
    'fail',
    /2 more messages after it: the first is seq 999/,
  );
  passes(got(received(0, 1000), eof, { kind: 'drained' }), judgeEof);
});

test('the sizes of the messages are part of what a pass says', () => {
  is(
    judgeTail({ ...intact, minBytes: 32, maxBytes: 8192, largeBytes: [5000, 65536, 65536, 1048576] }),
    'pass',
    /Sizes: 32 B to 8 KiB, 1 of 5000 B, 2 of 64 KiB, 1 of 1 MiB\.$/,
  );
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

test('what is handed over after the end is counted, and is not called lost', () => {
  const late = got(received(0, 700), eof, received(700, 1000));
  is(judgeEof(late), 'fail', 'End of file came, and 300 more messages after it: the first is seq 700.');
  is(
    judgeTail(late),
    'fail',
    'The tail came too late: 300 of 1000 messages were handed over after the end had been told: the first is seq 700.',
  );
  is(
    judgeTotalQueue(late),
    'fail',
    '700 of 1000 messages received before the end was told, and 300 handed over after it: the first is seq 700.',
  );
  is(
    judgeTotalQueue(got(received(0, 700), eof, received(710, 1000))),
    'fail',
    new RegExp(
      '^990 of 1000 messages received; 10 lost in 1 gap: .* 290 of those received were handed over after the end ' +
        'had been told: the first is seq 710\\.$',
    ),
  );
  passes(late, judgeOrdering, judgeDuplication, judgeIntegrity, judgeBoundaries);
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
  is(judgeSenderWaits(held), 'deviation', /^'send' never asked to wait: the sender's process held 0\.0 MiB/);
  is(judgeSenderWaits(withReceived(held, [received(0, 700), eof])), 'broken', /held 0\.0 MiB, or lost it/);
  is(judgeSenderWaits(intact), 'pass', /never held 2 MiB .* It was given 0\.1 MiB in all/);
});

test('no end of file although the sender had closed fails', () => {
  is(
    judgeEof(got(received(0, 1000), { kind: 'drained' })),
    'fail',
    'The sender had closed, and after 1000 messages there was nothing more to read, but no end of file.',
  );
  is(
    judgeEof(
      withReceived(intact, [received(0, 1000), { kind: 'error', errno: 104, syscall: 'read' }], { ending: 'failed' }),
    ),
    'fail',
    'The sender had closed, and after 1000 messages read failed with errno 104 instead of end of file.',
  );
  is(
    judgeEof(withReceived(intact, [received(0, 1000)], killed)),
    'fail',
    'STALLED: the sender had closed, and after 1000 messages, all there were, no end of file came. The ' +
      'responder was reading after 700 messages.',
  );
});

test('no end of file is not yet a fault while data is missing, or nobody said it was over', () => {
  is(judgeEof(withReceived(intact, [received(0, 700)], killed)), 'broken', /killed by its deadline/);
  is(
    judgeEof(withReceived(intact, [received(0, 1000)], { ...killed, overflowed: true })),
    'broken',
    /more than its log/,
  );
  is(
    judgeEof({ ...withReceived(intact, [received(0, 1000)], killed), acknowledged: null }),
    'broken',
    /killed by its deadline/,
  );
  is(judgeEof(withReceived(intact, [received(0, 1000)], { ending: 'failed' })), 'broken', /failed/);
  is(judgeEof({ ...got(received(0, 1000), { kind: 'drained' }), acknowledged: null }), 'broken', /never said/);
  is(
    judgeEof(withReceived(intact, [received(0, 1000), { kind: 'drained' }], { overflowed: true })),
    'broken',
    /more than its log/,
  );
});

test.run();
