import * as assert from 'uvu/assert';
import { errnoOf, withDeadline } from '../syscalls.js';
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
  F_OWNER_TID,
  F_SETOWN,
  F_SETSIG,
  FIOASYNC,
  SIGALRM,
  SIGIO,
  SIGKILL,
  SIGPIPE,
  SIGRTMIN,
  SIGUSR1,
  SIGUSR2,
  SIG_BLOCK,
  SIG_SETMASK,
  SIG_UNBLOCK,
  SOCK_STREAM,
} = constants;
const test = suiteOf('signal calls');

test('a caught signal is counted, with who sent it', () => {
  const caught = sys.catchSignal(SIGUSR2);
  assert.is(sys.disposition(SIGUSR2), 'handler');
  sys.raise(SIGUSR2);
  sys.tgkill(sys.getpid(), sys.gettid(), SIGUSR2);
  assert.is(caught.count(), 2);
  assert.equal(caught.infos()[0], {
    signo: SIGUSR2,
    code: constants.SI_TKILL,
    pid: sys.getpid(),
    uid: sys.getuid(),
    fd: 0,
    band: 0,
  });
  caught.reset();
  assert.equal([caught.count(), caught.infos()], [0, []]);
  assertFails(() => sys.catchSignal(SIGUSR2), 'sigaction', 'EBUSY');
  caught.restore();
  caught.restore();
  assert.is(sys.disposition(SIGUSR2), 'default');
});

test('what cannot be caught is refused', () => {
  assertFails(() => sys.catchSignal(SIGKILL), 'sigaction', 'EINVAL');
  assertFails(() => sys.setDisposition(SIGKILL, 'ignore'), 'sigaction', 'EINVAL');
  assertRefuses(() => sys.catchSignal(65), 'ERR_OUT_OF_RANGE', 'signo');
  assertRefuses(() => sys.disposition(0), 'ERR_OUT_OF_RANGE', 'signo');
  assertRefuses(() => wrongly['setDisposition']!(SIGUSR2, 'other'), 'ERR_OUT_OF_RANGE', 'disposition');
});

test('Node ignores SIGPIPE, and a disposition can be changed and put back', () => {
  assert.is(sys.disposition(SIGPIPE), 'ignore');
  assert.is(sys.setDisposition(SIGUSR2, 'ignore'), 'default');
  sys.raise(SIGUSR2);
  assert.is(sys.setDisposition(SIGUSR2, 'default'), 'ignore');
});

test('SIGIO tells the descriptor when F_SETSIG chose the signal', () => {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_STREAM);
  const signo = SIGRTMIN + 2;
  const caught = sys.catchSignal(signo);
  sys.setOwner(a, { type: F_OWNER_TID, pid: sys.gettid() });
  sys.fcntl(a, F_SETSIG, signo);
  sys.ioctl(a, FIOASYNC, 1);
  sys.send(b, 'x');
  assert.is(caught.count(), 1);
  const [info] = caught.infos();
  assert.equal([info!.code, info!.fd, info!.band & constants.POLLIN], [constants.POLL_IN, a, constants.POLLIN]);
  assert.is(sys.fcntl(a, constants.F_GETSIG), signo);
  caught.restore();
  closeAll(a, b);
});

test('a hundred messages are one SIGIO when it is blocked meanwhile', () => {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_STREAM);
  const caught = sys.catchSignal(SIGIO);
  sys.setOwner(a, { type: F_OWNER_TID, pid: sys.gettid() });
  sys.ioctl(a, FIOASYNC, 1);
  const before = sys.sigprocmask(SIG_BLOCK, [SIGIO]);
  for (let count = 0; count < 100; count += 1) sys.send(b, 'x');
  assert.equal(sys.sigpending(), [SIGIO]);
  assert.is(caught.count(), 0);
  assert.ok(sys.sigprocmask(SIG_UNBLOCK, [SIGIO]).includes(SIGIO));
  assert.is(caught.count(), 1);
  sys.sigprocmask(SIG_SETMASK, before);
  caught.restore();
  closeAll(a, b);
  assertFails(() => sys.sigprocmask(99, []), 'sigprocmask', 'EINVAL');
  assertRefuses(() => sys.sigprocmask(SIG_BLOCK, [0]), 'ERR_OUT_OF_RANGE', 'signals');
});

test('the process as the owner gets its SIGIO on the main thread', () => {
  const [a, b] = sys.socketpair(AF_UNIX, SOCK_STREAM);
  const caught = sys.catchSignal(SIGIO);
  sys.fcntl(a, F_SETOWN, sys.getpid());
  sys.ioctl(a, FIOASYNC, 1);
  for (let count = 1; count <= 5; count += 1) {
    sys.send(b, 'x');
    assert.is(caught.count(), count);
  }
  sys.close(b);
  assert.is(caught.count(), 6);
  caught.restore();
  sys.close(a);
});

test('sigtimedwait takes a blocked signal, and says when none came', () => {
  const before = sys.sigprocmask(SIG_BLOCK, [SIGUSR1]);
  sys.raise(SIGUSR1);
  const { signo, code, pid } = sys.sigtimedwait([SIGUSR1], 1000);
  assert.equal([signo, code, pid, sys.sigpending()], [SIGUSR1, constants.SI_TKILL, sys.getpid(), []]);
  assertFails(() => sys.sigtimedwait([SIGUSR1], 1), 'sigtimedwait', 'EAGAIN');
  sys.sigprocmask(SIG_SETMASK, before);
});

test('a signalfd gives blocked signals as records', () => {
  const before = sys.sigprocmask(SIG_BLOCK, [SIGUSR1, SIGUSR2]);
  const fd = sys.signalfd(-1, [SIGUSR1], constants.SFD_NONBLOCK | constants.SFD_CLOEXEC);
  assert.is(sys.signalfd(fd, [SIGUSR1, SIGUSR2]), fd);
  sys.raise(SIGUSR1);
  sys.raise(SIGUSR2);
  assert.equal(
    sys.readSignalfd(fd, 8).map(({ signo, pid }) => [signo, pid]),
    [
      [SIGUSR1, sys.getpid()],
      [SIGUSR2, sys.getpid()],
    ],
  );
  assertFails(() => sys.readSignalfd(fd, 1), 'read', 'EAGAIN');
  sys.sigprocmask(SIG_SETMASK, before);
  sys.close(fd);
  assertFails(() => sys.signalfd(-1, [], 1), 'signalfd', 'EINVAL');
});

test('a signal without SA_RESTART interrupts a read, one with it does not', () => {
  const [r, w] = sys.pipe2();
  const caught = sys.catchSignal(SIGUSR2);
  const timer = sys.timer_create(SIGUSR2, 2000, 2000);
  assertFails(() => sys.read(r, 1), 'read', 'EINTR');
  timer.stop();
  timer.stop();
  caught.restore();

  const restarting = sys.catchSignal(SIGUSR2, { restart: true });
  const storm = sys.timer_create(SIGUSR2, 1000, 1000);
  const writer = sys.forkProgram([
    { op: 'sleep', us: 30_000 },
    { op: 'write', fd: w, data: 'x' },
  ]);
  assert.is(sys.read(r, 1).toString(), 'x');
  storm.stop();
  assert.ok(restarting.count() > 0);
  restarting.restore();
  assert.is(writer.wait()!.exitCode, 0);
  closeAll(r, w);
});

test('setitimer sends SIGALRM until it is disarmed', () => {
  const caught = sys.catchSignal(SIGALRM);
  sys.setitimer(1000, 1000);
  while (caught.count() < 3) errnoOf(() => sys.poll([], 1000));
  sys.setitimer(0, 0);
  caught.restore();
  assertRefuses(() => sys.setitimer(-1, 0), 'ERR_OUT_OF_RANGE', 'firstUs');
  assertRefuses(() => sys.timer_create(SIGALRM, 0, 0), 'ERR_OUT_OF_RANGE', 'firstUs');
});

test('of many signals the first 256 are kept, and all are counted', () => {
  const caught = sys.catchSignal(SIGUSR2);
  for (let count = 0; count < 300; count += 1) sys.raise(SIGUSR2);
  assert.equal([caught.count(), caught.infos().length], [300, 256]);
  caught.restore();
});

test('kill fails for whom there is not, and tells that somebody is there', () => {
  const child = sys.forkProgram([]);
  child.wait();
  assertFails(() => sys.kill(child.pid, 0), 'kill', 'ESRCH');
  assertFails(() => sys.tgkill(sys.getpid(), child.pid, 0), 'tgkill', 'ESRCH');
  sys.kill(sys.getpid(), 0);
  assertFails(() => sys.readSignalfd(closedDescriptor(), 1), 'read', 'EBADF');
});

test("a deadline may lie inside of a deadline's work only after that is over", () => {
  withDeadline(sys, 1000, () =>
    assert.is(
      errnoOf(() => withDeadline(sys, 1000, () => 1)),
      'EBUSY',
    ),
  );
});

test.run();
