import { test } from 'uvu';
import { withReceived, withSent } from '../fault-injection/intact-history.js';
import { judgeBoundaries } from './boundaries.js';
import { judgeDuplication } from './duplication.js';
import { judgeEof } from './eof.js';
import { judgeIntegrity } from './integrity.js';
import { judgeOrdering } from './ordering.js';
import { judgeTail } from './tail.js';
import { judgeTotalQueue } from './total-queue.js';
import { intact, eof, received, sent, headless, got, gotStream, killed, is, passes } from './judged.fixture.js';

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
    'STALLED: the last 300 of 1000 acknowledged messages had not arrived when the exchange stopped, ' +
      'the last to arrive is seq 699. The responder was reading after 700 messages.',
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
    /more events than its log/,
  );
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

test('what is handed over after the end is counted, and is not called lost', () => {
  const late = got(received(0, 700), eof, received(700, 1000));
  is(judgeEof(late), 'fail', 'End of file came, and 300 more messages after it: the first is seq 700.');
  is(
    judgeTail(late),
    'fail',
    'The tail came too late: 300 of 1000 messages were delivered after the end had been reported: ' +
      'the first is seq 700.',
  );
  is(
    judgeTotalQueue(late),
    'fail',
    '700 of 1000 messages received before the end was reported, and 300 delivered after it: the first is seq 700.',
  );
  is(
    judgeTotalQueue(got(received(0, 700), eof, received(710, 1000))),
    'fail',
    new RegExp(
      '^990 of 1000 messages received; 10 lost in 1 gap: .* 290 of those received were delivered after ' +
        'the end had been reported: the first is seq 710\\.$',
    ),
  );
  passes(late, judgeOrdering, judgeDuplication, judgeIntegrity, judgeBoundaries);
});

test('no end of file although the sender had closed fails', () => {
  is(
    judgeEof(got(received(0, 1000), { kind: 'drained' })),
    'fail',
    'The sender had closed, but after 1000 messages there was nothing more to read and no end of file.',
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
    'STALLED: the sender had closed, and after 1000 messages, which is all that were sent, no end of ' +
      'file came. The responder was reading after 700 messages.',
  );
});

test('no end of file is not yet a fault while data is missing, or nobody said it was over', () => {
  is(judgeEof(withReceived(intact, [received(0, 700)], killed)), 'broken', /killed by its deadline/);
  is(
    judgeEof(withReceived(intact, [received(0, 1000)], { ...killed, overflowed: true })),
    'broken',
    /more events than its log/,
  );
  is(
    judgeEof({ ...withReceived(intact, [received(0, 1000)], killed), acknowledged: null }),
    'broken',
    /killed by its deadline/,
  );
  is(judgeEof(withReceived(intact, [received(0, 1000)], { ending: 'failed' })), 'broken', /failed/);
  is(
    judgeEof({ ...got(received(0, 1000), { kind: 'drained' }), acknowledged: null }),
    'broken',
    /did not report how much/,
  );
  is(
    judgeEof(withReceived(intact, [received(0, 1000), { kind: 'drained' }], { overflowed: true })),
    'broken',
    /more events than its log/,
  );
});

test.run();
