import * as assert from 'uvu/assert';
import { countUntilError } from '../syscalls.js';
import {
  assertFails,
  assertRefuses,
  closeAll,
  closedDescriptor,
  constants,
  suiteOf,
  sys,
  wrongly,
} from './sys.fixture.js';

const {
  AF_UNIX,
  EPOLLET,
  EPOLLHUP,
  EPOLLIN,
  EPOLLONESHOT,
  EPOLLOUT,
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  EPOLL_CTL_MOD,
  O_NONBLOCK,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLNVAL,
  POLLOUT,
  POLLRDHUP,
  SOCK_STREAM,
} = constants;
const test = suiteOf('readiness calls');

const pollOne = (fd: number, events: number): number => sys.poll([{ fd, events }], 0)[0]!;

test('poll tells an end that closed by other flags for a pipe than for a socket', () => {
  const [r, w] = sys.pipe2();
  assert.is(pollOne(r, POLLIN), 0);
  sys.close(w);
  assert.is(pollOne(r, POLLIN), POLLHUP);
  sys.close(r);
  const [r2, w2] = sys.pipe2();
  sys.close(r2);
  assert.is(pollOne(w2, POLLOUT), POLLOUT | POLLERR);
  sys.close(w2);
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_STREAM);
  sys.close(a);
  assert.is(pollOne(b, POLLIN | POLLRDHUP), POLLIN | POLLRDHUP | POLLHUP);
  sys.close(b);
});

test('poll answers entry by entry, takes a negative one for none, and tells a closed one', () => {
  const [r, w] = sys.pipe2();
  assert.equal(
    sys.poll(
      [
        { fd: r, events: POLLIN },
        { fd: -1, events: POLLIN },
        { fd: w, events: POLLOUT },
      ],
      1000,
    ),
    [0, 0, POLLOUT],
  );
  assert.equal(sys.poll([], 0), []);
  closeAll(r, w);
  assert.is(pollOne(w, POLLOUT), POLLNVAL);
  assertRefuses(() => wrongly['poll']!([5], 0), 'ERR_INVALID_ARG_TYPE', 'entries');
  assertRefuses(() => sys.poll([], -2), 'ERR_OUT_OF_RANGE', 'timeoutMs');
});

test('poll is interrupted by a signal that is caught', () => {
  const caught = sys.catchSignal(constants.SIGUSR2, { restart: true });
  const timer = sys.timer_create(constants.SIGUSR2, 5000, 5000);
  assertFails(() => sys.poll([], 10_000), 'poll', 'EINTR');
  timer.stop();
  caught.restore();
});

test('select, poll and epoll say the same of a full pipe and an empty one', () => {
  const [r, w] = sys.pipe2(O_NONBLOCK);
  const epfd = sys.epoll_create1(constants.EPOLL_CLOEXEC);
  sys.epoll_ctl(epfd, EPOLL_CTL_ADD, r, EPOLLIN);
  sys.epoll_ctl(epfd, EPOLL_CTL_ADD, w, EPOLLOUT);
  assert.equal(sys.select([r], [w], [], 0), { read: [], write: [w], except: [] });
  assert.equal(sys.epoll_wait(epfd, 4, 0), [{ events: EPOLLOUT, data: w }]);
  countUntilError(() => sys.write(w, Buffer.alloc(4096)));
  assert.equal(sys.select([r], [w], [], 0), { read: [r], write: [], except: [] });
  assert.equal(sys.epoll_wait(epfd, 4, 0), [{ events: EPOLLIN, data: r }]);
  assert.equal([pollOne(r, POLLIN), pollOne(w, POLLOUT)], [POLLIN, 0]);
  closeAll(r, w, epfd);
  assertFails(() => sys.select([r], [], [], 0), 'select', 'EBADF');
  assertRefuses(() => sys.select([constants.FD_SETSIZE], [], [], 0), 'ERR_OUT_OF_RANGE', 'read');
});

test('an edge-triggered epoll tells a second write, though the first is unread', () => {
  const [r, w] = sys.pipe2();
  const epfd = sys.epoll_create1();
  sys.epoll_ctl(epfd, EPOLL_CTL_ADD, r, EPOLLIN | EPOLLET, 42);
  sys.write(w, 'x');
  assert.equal([sys.epoll_wait(epfd, 1, 0), sys.epoll_wait(epfd, 1, 0)], [[{ events: EPOLLIN, data: 42 }], []]);
  sys.write(w, 'x');
  assert.equal(sys.epoll_wait(epfd, 1, 0), [{ events: EPOLLIN, data: 42 }]);
  closeAll(r, w, epfd);
});

test('a one-shot entry is silent until it is armed again, and a deleted one for good', () => {
  const [r, w] = sys.pipe2();
  const epfd = sys.epoll_create1();
  sys.epoll_ctl(epfd, EPOLL_CTL_ADD, r, EPOLLIN | EPOLLONESHOT);
  sys.write(w, 'x');
  assert.equal([sys.epoll_wait(epfd, 1, 0).length, sys.epoll_wait(epfd, 1, 0).length], [1, 0]);
  sys.epoll_ctl(epfd, EPOLL_CTL_MOD, r, EPOLLIN | EPOLLONESHOT);
  sys.close(w);
  assert.equal(sys.epoll_wait(epfd, 1, 0), [{ events: EPOLLIN | EPOLLHUP, data: r }]);
  sys.epoll_ctl(epfd, EPOLL_CTL_DEL, r);
  assertFails(() => sys.epoll_ctl(epfd, EPOLL_CTL_MOD, r, EPOLLIN), 'epoll_ctl', 'ENOENT');
  closeAll(r, epfd);
  assertFails(() => sys.epoll_wait(closedDescriptor(), 1, 0), 'epoll_wait', 'EBADF');
  assertFails(() => sys.epoll_create1(1), 'epoll_create1', 'EINVAL');
  assertRefuses(() => sys.epoll_wait(0, 0, 0), 'ERR_OUT_OF_RANGE', 'maxEvents');
});

test.run();
