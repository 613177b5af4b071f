import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HistoryEvent } from '../../../harness/model/index.js';
import { intactHistory, withReceived, withSent } from '../fault-injection/intact-history.js';
import { judgeBoundaries } from './boundaries.js';
import { judgeDuplication } from './duplication.js';
import { judgeEof } from './eof.js';
import { judgeIntegrity } from './integrity.js';
import { judgeOrdering } from './ordering.js';
import { judgeTail } from './tail.js';
import { judgeTotalQueue } from './total-queue.js';
import { judges, shape, intact, eof, received, sent, headless, got, killed, is, passes } from './judged.fixture.js';

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
      'Too little evidence: 99 messages arrived, but a verdict needs at least 100.',
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
      /The receiver \(responder\) had more events than its log can hold: events after its 2 records are unknown\./,
    );
    is(
      judge(withSent(intact, intact.initiator.events, { overflowed: true })),
      'broken',
      /The sender \(initiator\) had more/,
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
    is(judge({ ...intact, acknowledged: null }), 'broken', 'The sender did not report how much it had sent.');
});

test('a sender whose log and word differ passes nothing', () => {
  for (const judge of Object.values(judges)) {
    is(
      judge({ ...intact, acknowledged: 999 }),
      'broken',
      'The sender acknowledged 999 messages over the control channel, but its log has 1000.',
    );
    is(
      judge(withSent(intact, [sent(0, 999)])),
      'broken',
      'The sender acknowledged 1000 messages over the control channel, but its log has 999.',
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

test.run();
