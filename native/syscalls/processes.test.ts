import { execFileSync } from 'node:child_process';
import * as assert from 'uvu/assert';
import { skip } from '../../ci/dev/test-runner/skip.js';
import { addonPath, assertFails, assertRefuses, constants, suiteOf, sys, wrongly } from './sys.fixture.js';

const {
  PR_GET_DUMPABLE,
  PR_GET_PDEATHSIG,
  PR_SET_CHILD_SUBREAPER,
  RLIMIT_NOFILE,
  SIGCONT,
  SIGKILL,
  SIGSTOP,
  SIGTERM,
  WCONTINUED,
  WNOHANG,
  WUNTRACED,
} = constants;
const test = suiteOf('process calls');

test('a process knows itself', () => {
  assert.equal([sys.getpid(), sys.getppid(), sys.gettid()], [process.pid, process.ppid, process.pid]);
  assert.equal(
    [sys.getuid(), sys.geteuid(), sys.getgid(), sys.getegid()],
    [process.getuid!(), process.geteuid!(), process.getgid!(), process.getegid!()],
  );
});

test('limits are read and set', () => {
  const { soft, hard } = sys.getrlimit(RLIMIT_NOFILE);
  sys.setrlimit(RLIMIT_NOFILE, soft - 1, hard);
  assert.equal(sys.getrlimit(RLIMIT_NOFILE), { soft: soft - 1, hard });
  sys.setrlimit(RLIMIT_NOFILE, soft, hard);
  const core = sys.getrlimit(constants.RLIMIT_CORE);
  sys.setrlimit(constants.RLIMIT_CORE, core.soft, core.hard);
  assertFails(() => sys.setrlimit(RLIMIT_NOFILE, hard, hard - 1), 'setrlimit', 'EINVAL');
  assertFails(() => sys.getrlimit(999), 'getrlimit', 'EINVAL');
  assertRefuses(() => wrongly['setrlimit']!(RLIMIT_NOFILE, 'many', 1), 'ERR_INVALID_ARG_TYPE', 'soft');
});

test('prctl sets and tells', () => {
  assert.is(sys.prctl(PR_GET_DUMPABLE), 1);
  assert.is(sys.prctl(PR_GET_PDEATHSIG), 0);
  sys.prctl(PR_SET_CHILD_SUBREAPER, 1);
  sys.prctl(PR_SET_CHILD_SUBREAPER, 0);
  assertFails(() => sys.prctl(9999), 'prctl', 'EINVAL');
});

test('waitpid tells how a child ended, or that it has not', () => {
  const exits = sys.forkProgram([{ op: 'exit', code: 3 }]);
  assert.equal(sys.waitpid(exits.pid), { pid: exits.pid, exitCode: 3, signal: null, stopped: null, continued: false });
  const runs = sys.forkProgram([{ op: 'repeat', body: [{ op: 'pause' }] }]);
  assert.is(sys.waitpid(runs.pid, WNOHANG), null);
  sys.kill(runs.pid, SIGSTOP);
  assert.is(sys.waitpid(runs.pid, WUNTRACED)!.stopped, SIGSTOP);
  sys.kill(runs.pid, SIGCONT);
  assert.is(sys.waitpid(runs.pid, WCONTINUED)!.continued, true);
  sys.kill(runs.pid, SIGTERM);
  assert.equal(sys.waitpid(runs.pid), {
    pid: runs.pid,
    exitCode: null,
    signal: SIGTERM,
    stopped: null,
    continued: false,
  });
  assertFails(() => sys.waitpid(runs.pid), 'waitpid', 'ECHILD');
});

test('a pidfd is a child, and readable when it has ended', () => {
  const child = sys.forkProgram([{ op: 'repeat', body: [{ op: 'pause' }] }]);
  const pidfd = sys.pidfd_open(child.pid);
  assert.equal(sys.poll([{ fd: pidfd, events: constants.POLLIN }], 0), [0]);
  sys.pidfd_send_signal(pidfd, SIGKILL);
  assert.equal(sys.poll([{ fd: pidfd, events: constants.POLLIN }], 10_000), [constants.POLLIN]);
  assert.is(child.wait()!.signal, SIGKILL);
  assertFails(() => sys.pidfd_send_signal(pidfd, 0), 'pidfd_send_signal', 'ESRCH');
  sys.close(pidfd);
  assertFails(() => sys.pidfd_open(child.pid), 'pidfd_open', 'ESRCH');
});

test('sysconf knows the system', () => {
  assert.is(sys.sysconf(constants._SC_IOV_MAX), constants.IOV_MAX);
  assertFails(() => sys.sysconf(99999), 'sysconf', 'EINVAL');
});

test('a process can give up its ids, all threads of it, and does not get them back', () => {
  if (sys.getuid() !== 0) skip('ids can be changed by root only');
  // In a process that is thrown away. The addon is loaded before, as its path may be root's alone.
  const program =
    `
    const { sys } = require(${JSON.stringify(addonPath)});
    const codeOf = (call) => { try { call(); return null; } catch (error) { return [error.code, ` +
    `error.errno, error.syscall]; } };
    sys.setgroups([]);
    sys.setresgid(65534, 65534, 65534);
    sys.setresuid(65534, 65534, 65534);
    console.log(JSON.stringify([process.getuid(), process.getegid(), process.getgroups(), codeOf(() => ` +
    `sys.setresuid(0, 0, 0)), codeOf(() => sys.setresgid(-1, 0, -1)), codeOf(() => sys.setgroups([1]))]));
  `;
  assert.equal(JSON.parse(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8', cwd: '/' })), [
    65534,
    65534,
    [65534],
    ['EPERM', -1, 'setresuid'],
    ['EPERM', -1, 'setresgid'],
    ['EPERM', -1, 'setgroups'],
  ]);
});

test.run();
