import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { skip } from '../../ci/dev/test-runner/skip.js';
import { errnoOf, waitUntilBlocked } from '../syscalls.js';
import { ran } from './programs.fixture.js';
import { addonPath, assertFails, constants, suiteOf, sys } from './sys.fixture.js';

const { RLIMIT_NOFILE, SIGKILL, SIGPIPE, SIGTERM, SIGUSR1, SIGUSR2, SIG_BLOCK } = constants;
const test = suiteOf('programs: processes and signals');

test('a child that breaks a pipe dies of SIGPIPE by default, and gets EPIPE when it ignores it as Node does', () => {
  const [r, w] = sys.pipe2();
  sys.close(r);
  assert.is(
    ran([
      { op: 'disposition', signo: SIGPIPE, as: 'd' },
      { op: 'write', fd: w, data: 'x', as: 'w' },
    ]).outcome('w').error,
    'EPIPE',
  );
  const dies = sys.forkProgram([
    { op: 'setDisposition', signo: SIGPIPE, disposition: 'default' },
    { op: 'write', fd: w, data: 'x', as: 'w' },
  ]);
  assert.is(dies.wait()!.signal, SIGPIPE);
  assert.equal([dies.outcome('w').runs, dies.at()], [0, 1]);
  sys.close(w);
});

test('a handler of this process is not one in the child, which may have its own', () => {
  const caught = sys.catchSignal(SIGUSR2);
  const program = ran([
    { op: 'disposition', signo: SIGUSR2, as: 'inherited' },
    { op: 'catchSignal', signo: SIGUSR2 },
    { op: 'raise', signo: SIGUSR2 },
    { op: 'kill', pid: 'self', signo: SIGUSR2 },
    { op: 'signalCount', signo: SIGUSR2, as: 'count' },
    { op: 'disposition', signo: SIGPIPE, as: 'ignored' },
  ]);
  assert.equal(
    [program.outcome('inherited').value, program.outcome('count').value, program.outcome('ignored').value],
    [0, 2, 1],
  );
  assert.is(caught.count(), 0);
  caught.restore();
});

test('a signal to the parent arrives there', () => {
  const caught = sys.catchSignal(SIGUSR2, { restart: true });
  const program = ran([{ op: 'kill', pid: 'parent', signo: SIGUSR2 }]);
  assert.equal(
    caught.infos().map(({ code, pid }) => [code, pid]),
    [[constants.SI_USER, program.pid]],
  );
  caught.restore();
});

test('signals: blocked, waited for, sent by a timer, and an end to a pause', () => {
  const program = ran([
    { op: 'sigprocmask', how: SIG_BLOCK, signals: [SIGUSR1] },
    { op: 'raise', signo: SIGUSR1 },
    { op: 'sigtimedwait', signals: [SIGUSR1], timeoutMs: 1000, as: 'came' },
    { op: 'sigtimedwait', signals: [SIGUSR1], timeoutMs: 1, as: 'none' },
    { op: 'catchSignal', signo: constants.SIGALRM, restart: true },
    { op: 'setitimer', firstUs: 1000, intervalUs: 0 },
    { op: 'pause' },
    { op: 'signalCount', signo: constants.SIGALRM, as: 'alarms' },
    { op: 'setitimer', firstUs: 2000, intervalUs: 2000 },
    { op: 'sleep', us: 1_000_000, as: 'sleep' },
    { op: 'setitimer', firstUs: 0, intervalUs: 0 },
    { op: 'spin', us: 100 },
  ]);
  assert.equal([program.outcome('came').value, program.outcome('came').counts['code']], [SIGUSR1, constants.SI_TKILL]);
  assert.equal(
    [program.outcome('none').error, program.outcome('alarms').value, program.outcome('sleep').error],
    ['EAGAIN', 1, 'EINTR'],
  );
});

test('a child of the child can be waited for, by any process that is its parent', () => {
  const program = ran([
    { op: 'getpid', as: 'child' },
    {
      op: 'fork',
      as: 'grandchild',
      body: [
        { op: 'getppid', as: 'its-parent' },
        { op: 'add', word: 5, value: 1 },
        { op: 'exit', code: 9 },
      ],
    },
    { op: 'waitpid', pid: 'grandchild', as: 'waited' },
    { op: 'waitpid', pid: -1, as: 'nobody' },
  ]);
  assert.is(program.outcome('its-parent').value, program.pid);
  assert.is(program.outcome('waited').value, program.outcome('grandchild').value);
  assert.equal(program.outcome('waited').counts, { exitCode: 9, signal: -1 });
  assert.equal([program.outcome('nobody').error, program.board.load(5)], ['ECHILD', 1]);
});

test('a child can give up its ids and limits, and dies with its parent all the same', () => {
  const limited = ran([
    { op: 'setrlimit', resource: RLIMIT_NOFILE, soft: 20, hard: 20 },
    { op: 'repeat', stop: 'on-error', body: [{ op: 'dup', fd: 0, as: 'dup' }], as: 'dups' },
    { op: 'umask', mask: 0o077 },
    { op: 'prctl', option: constants.PR_GET_DUMPABLE, as: 'dumpable' },
  ]);
  assert.is(limited.outcome('dup').error, 'EMFILE');
  assert.ok(limited.outcome('dups').value < 20 && limited.outcome('dup').runs === limited.outcome('dups').value + 1);
  if (sys.getuid() !== 0) skip('ids can be changed by root only');
  const program = sys.forkProgram([
    { op: 'setgroups', groups: [] },
    { op: 'setresgid', real: 65534, effective: 65534, saved: 65534 },
    { op: 'setresuid', real: 65534, effective: 65534, saved: 65534 },
    { op: 'setresuid', real: 0, effective: 0, saved: 0, as: 'back' },
    { op: 'repeat', body: [{ op: 'pause', as: 'pause' }] },
  ]);
  assert.ok(waitUntilBlocked(program, 'pause'));
  assert.is(program.outcome('back').error, 'EPERM');
  assert.match(readFileSync(`/proc/${program.pid}/status`, 'utf8'), /^Uid:\s65534\s65534\s65534\s65534$/m);
  program.end();
  assertFails(() => sys.kill(program.pid, 0), 'kill', 'ESRCH');
});

test('a child dies with its parent, or outlives it when that is asked for', () => {
  /** What a parent prints, which then kills itself. */
  const pidOf = (options: string): number => {
    const program =
      `
      const { sys } = require(${JSON.stringify(addonPath)});
      require('node:fs').writeSync(1, String(sys.forkProgram([{ op: 'close', fd: 1 }, { op: 'repeat', ` +
      `body: [{ op: 'pause' }] }], ${options}).pid));
      process.kill(process.pid, 'SIGKILL');
    `;
    return Number(
      spawnSync(process.execPath, ['-e', program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).stdout,
    );
  };
  sys.prctl(constants.PR_SET_CHILD_SUBREAPER, 1);
  try {
    const dies = pidOf('{}');
    assert.is(sys.waitpid(dies)!.signal, SIGKILL);
    const lives = pidOf('{ outlivesParent: true }');
    assert.is(sys.waitpid(lives, constants.WNOHANG), null);
    sys.kill(lives, SIGTERM);
    assert.is(sys.waitpid(lives)!.signal, SIGTERM);
  } finally {
    sys.prctl(constants.PR_SET_CHILD_SUBREAPER, 0);
  }
});

test('wait says null for a child that still runs, and end ends it', () => {
  const program = sys.forkProgram([{ op: 'repeat', body: [{ op: 'pause' }] }]);
  assert.is(program.wait(1), null);
  program.end();
  program.end();
  assert.equal([program.wait()!.signal, errnoOf(() => sys.waitpid(program.pid))], [SIGKILL, 'ECHILD']);
});

test.run();
