import * as assert from 'uvu/assert';
import { skip } from '../../ci/dev/test-runner/skip.js';
import { countUntilError, errnoOf } from '../syscalls.js';
import { assertFails, assertRefuses, closedDescriptor, constants, suiteOf, sys, wrongly } from './sys.fixture.js';

const { O_CREAT, O_EXCL, O_NONBLOCK, O_RDWR, SIGUSR2 } = constants;
const test = suiteOf('queue calls');
const name = `/ipcbench-test-${process.pid}`;

test.before(() => {
  if (errnoOf(() => sys.mq_unlink(name)) === 'ENOSYS') skip('this kernel has no POSIX message queues');
});

/** A queue that has no name any more: it goes with its descriptor. */
function queue(flags = 0, sizes?: { maxMessages: number; messageBytes: number }): number {
  const fd = sys.mq_open(name, O_RDWR | O_CREAT | O_EXCL | flags, 0o600, sizes);
  sys.mq_unlink(name);
  return fd;
}

test('the highest priority comes first, and inside of one the oldest', () => {
  const fd = queue();
  sys.mq_send(fd, 'low 1', 1);
  sys.mq_send(fd, 'high 1', 5);
  sys.mq_send(fd, Buffer.from('low 2'), 1);
  sys.mq_send(fd, 'high 2', 5);
  const received = [0, 1, 2, 3]
    .map(() => sys.mq_receive(fd, 8192))
    .map(({ data, priority }) => [data.toString(), priority]);
  assert.equal(received, [
    ['high 1', 5],
    ['high 2', 5],
    ['low 1', 1],
    ['low 2', 1],
  ]);
  sys.close(fd);
});

test('a queue has the sizes it was made with, and refuses what does not fit', () => {
  const fd = queue(O_NONBLOCK, { maxMessages: 3, messageBytes: 16 });
  assert.equal(sys.mq_getattr(fd), { flags: O_NONBLOCK, maxMessages: 3, messageBytes: 16, messages: 0 });
  assertFails(() => sys.mq_send(fd, 'x'.repeat(17), 0), 'mq_send', 'EMSGSIZE');
  const full = countUntilError(() => {
    sys.mq_send(fd, 'x', 0);
    return 1;
  });
  assert.equal([full.calls, full.errno, sys.mq_getattr(fd).messages], [3, 'EAGAIN', 3]);
  assertFails(() => sys.mq_receive(fd, 15), 'mq_receive', 'EMSGSIZE');
  for (let count = 0; count < 3; count += 1) sys.mq_receive(fd, 16);
  assertFails(() => sys.mq_receive(fd, 16), 'mq_receive', 'EAGAIN');
  sys.close(fd);
  assertFails(() => sys.mq_getattr(fd), 'mq_getattr', 'EBADF');
});

test('waiting ends with the time, or with a signal', () => {
  const fd = queue(0, { maxMessages: 1, messageBytes: 16 });
  assertFails(() => sys.mq_receive(fd, 16, 5), 'mq_receive', 'ETIMEDOUT');
  sys.mq_send(fd, 'x', 0);
  assertFails(() => sys.mq_send(fd, 'y', 0, 5), 'mq_send', 'ETIMEDOUT');
  sys.mq_receive(fd, 16, 1000);
  const caught = sys.catchSignal(SIGUSR2);
  const timer = sys.timer_create(SIGUSR2, 2000, 2000);
  assertFails(() => sys.mq_receive(fd, 16), 'mq_receive', 'EINTR');
  timer.stop();
  caught.restore();
  sys.close(fd);
});

test('a name is made once, and gone after unlink', () => {
  const fd = sys.mq_open(name, O_RDWR | O_CREAT | O_EXCL);
  assertFails(() => sys.mq_open(name, O_RDWR | O_CREAT | O_EXCL), 'mq_open', 'EEXIST');
  sys.mq_unlink(name);
  assertFails(() => sys.mq_unlink(name), 'mq_unlink', 'ENOENT');
  assertFails(() => sys.mq_open(name, O_RDWR), 'mq_open', 'ENOENT');
  sys.close(fd);
  assertRefuses(() => wrongly['mq_open']!(name, O_RDWR, 0o600, { maxMessages: 1 }), 'ERR_INVALID_ARG_TYPE', 'sizes');
  assertRefuses(() => sys.mq_send(closedDescriptor(), 'x', -1), 'ERR_OUT_OF_RANGE', 'priority');
});

test.run();
