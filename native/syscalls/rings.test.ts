import * as assert from 'uvu/assert';
import { skip } from '../../ci/dev/test-runner/skip.js';
import { errnoOf } from '../syscalls.js';
import { assertFails, assertRefuses, closeAll, constants, suiteOf, sys, wrongly } from './sys.fixture.js';

const test = suiteOf('io_uring');

test.before(() => {
  const refusal = errnoOf(() => sys.io_uring_setup(1).close());
  if (refusal !== null) skip(`io_uring_setup: ${refusal}; a container or kernel.io_uring_disabled may forbid it`);
});

test('linked sends complete in their order, and a recv gives what came', () => {
  const [a, b] = sys.socketpair(constants.AF_UNIX, constants.SOCK_SEQPACKET);
  const ring = sys.io_uring_setup(8);
  const texts = ['one', 'two', 'three'];
  assert.is(
    ring.submit(
      texts.map((data, userData) =>
        userData < 2 ? { op: 'send', fd: a, data, userData, linked: true } : { op: 'send', fd: a, data, userData },
      ),
    ),
    3,
  );
  assert.equal(
    ring.wait(3, 5000).map(({ userData, result, error }) => [userData, result, error]),
    [
      [0, 3, null],
      [1, 3, null],
      [2, 5, null],
    ],
  );
  ring.submit([{ op: 'recv', fd: b, bytes: 10, userData: 9 }]);
  assert.equal(
    ring.wait(1, 5000).map(({ data }) => data!.toString()),
    ['one'],
  );
  ring.close();
  closeAll(a, b);
});

test('a poll completes when there is something, an error is a negative result', () => {
  const [r, w] = sys.pipe2();
  const ring = sys.io_uring_setup(2);
  assert.is(
    ring.submit([
      { op: 'poll', fd: r, events: constants.POLLIN, userData: 1 },
      { op: 'send', fd: r, data: 'x', userData: 2 },
    ]),
    2,
  );
  assert.equal(ring.wait(1, 5000), [{ userData: 2, result: -88, error: 'ENOTSOCK', data: null }]);
  assert.equal(ring.wait(1, 0), []);
  sys.write(w, 'x');
  assert.equal(ring.wait(1, 5000), [{ userData: 1, result: constants.POLLIN, error: null, data: null }]);
  ring.submit([{ op: 'nop', userData: 1 }]);
  assert.is(ring.wait(1, 5000)[0]!.result, 0);
  ring.close();
  closeAll(r, w);
});

test('what is in flight is cancelled by close, and a closed ring refuses', () => {
  const [a, b] = sys.socketpair(constants.AF_UNIX, constants.SOCK_STREAM);
  const ring = sys.io_uring_setup(2);
  ring.submit([
    { op: 'recv', fd: a, bytes: 1 << 20, userData: 1 },
    { op: 'recv', fd: b, bytes: 1 << 20, userData: 2 },
  ]);
  assertFails(() => ring.submit([{ op: 'nop', userData: 1 }]), 'io_uring_enter', 'EINVAL');
  assertFails(() => ring.submit([3, 4, 5].map((userData) => ({ op: 'nop', userData }))), 'io_uring_enter', 'EBUSY');
  ring.close();
  ring.close();
  assertFails(() => ring.submit([]), 'io_uring_enter', 'EBADF');
  assertFails(() => ring.wait(1, 0), 'io_uring_enter', 'EBADF');
  // Cancelled: nobody takes these bytes away from a later reader.
  sys.send(a, 'x');
  assert.is(sys.recv(b, 9, constants.MSG_DONTWAIT).toString(), 'x');
  closeAll(a, b);
});

test('an entry that is none is refused', () => {
  const ring = sys.io_uring_setup(1);
  const submit = ring.submit as (entries: unknown) => number;
  for (const entry of [
    null,
    {},
    { op: 'nop' },
    { op: 'other', userData: 1 },
    { op: 'send', userData: 1, fd: 1 },
    { op: 'recv', userData: 1, fd: 1, bytes: -1 },
    { op: 'poll', userData: 1, fd: 1 },
  ]) {
    assertRefuses(() => submit([entry]), 'ERR_INVALID_ARG_TYPE', 'entries');
  }
  assertRefuses(() => submit(5), 'ERR_INVALID_ARG_TYPE', 'entries');
  ring.close();
  assertRefuses(() => wrongly['io_uring_setup']!(0), 'ERR_OUT_OF_RANGE', 'entries');
});

test.run();
