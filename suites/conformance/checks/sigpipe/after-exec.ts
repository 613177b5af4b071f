import { once } from 'node:events';
import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { brokenEnd } from '../../support/broken-end.js';

interface AfterExec {
  readonly inHost: string;
  readonly ignored: string;
  readonly byDefault: string;
  readonly byNode: string;
}

/**
 * A shell that lives on after a write that failed says so by its exit status; one with the default disposition dies of
 * the write.
 */
const SURVIVED = 7;

export const sigpipeAfterExec = defineProcedure<AfterExec>({
  id: 'sigpipe/disposition-after-exec',
  guarantee:
    'A program executed by a parent that ignores SIGPIPE ignores it too. Node ignores it, and what Node spawns ' +
    'does not: it puts the default back.',
  level: 'MUST',
  source: () => ({
    document: 'signal(7), Signal dispositions',
    quote:
      'During an execve(2), the dispositions of handled signals are reset to the default; the dispositions of ' +
      'ignored signals are left unchanged.',
  }),
  subjects: ['pipe', 'fifo', 'socketpair-stream', 'unix-stream'],
  expected:
    `Exit status ${SURVIVED} where it is ignored, signal 13 where it is not and under child_process.spawn ` +
    '(libuv resets all dispositions in the child).',
  procedure:
    `A shell writes to a broken connection and then exits with ${SURVIVED}: executed by a child that ` +
    'ignores SIGPIPE, by one that does not, and by Node.',
  quick: false,
  observe: async (checkRun) => {
    const { sys } = checkRun;
    const { SIGPIPE } = sys.constants;
    const out = brokenEnd(checkRun);
    const script = `echo x >&3; exit ${SURVIVED}`;
    const run = (disposition: 'default' | 'ignore'): string => {
      // dup2 onto 3 also takes the close-on-exec flag off.
      const child = sys.forkProgram([
        { op: 'setDisposition', signo: SIGPIPE, disposition },
        { op: 'dup2', from: out, to: 3 },
        { op: 'open', path: '/dev/null', flags: sys.constants.O_WRONLY, as: 'null' },
        { op: 'dup2', from: 'null', to: 2 },
        { op: 'exec', path: '/bin/sh', args: ['-c', script] },
      ]);
      checkRun.defer(() => child.end());
      const status = child.wait(5000);
      return status === null ? 'still running' : endOf(status.exitCode, status.signal);
    };
    const spawned = checkRun.spawn('/bin/sh', { args: ['-c', script], stdio: ['ignore', 'ignore', 'ignore', out] });
    const [code, signal] = (await once(spawned, 'exit')) as [number | null, NodeJS.Signals | null];
    return {
      inHost: sys.disposition(SIGPIPE),
      ignored: run('ignore'),
      byDefault: run('default'),
      byNode: endOf(code, signal === null ? null : sys.constants[signal as 'SIGPIPE']),
    };
  },
  judge: ({ inHost, ignored, byDefault, byNode }) =>
    judgeExpected(
      { 'Executed while SIGPIPE was ignored': [ignored, `exit ${SURVIVED}`], 'Spawned by Node': [byNode, 'signal 13'] },
      'fail',
      {
        'Executed while it was not': [byDefault, 'signal 13'],
        'SIGPIPE in Node itself': [inHost, 'ignore'],
      },
    ),
  proofs: [
    {
      name: 'inherited, but not from Node',
      observation: { inHost: 'ignore', ignored: 'exit 7', byDefault: 'signal 13', byNode: 'signal 13' },
      verdict: 'pass',
    },
    {
      name: 'exec resets it',
      observation: { inHost: 'ignore', ignored: 'signal 13', byDefault: 'signal 13', byNode: 'signal 13' },
      verdict: 'fail',
    },
    {
      name: 'Node hands it on',
      observation: { inHost: 'ignore', ignored: 'exit 7', byDefault: 'signal 13', byNode: 'exit 7' },
      verdict: 'fail',
    },
    {
      name: 'the connection was not broken',
      observation: { inHost: 'ignore', ignored: 'exit 7', byDefault: 'exit 7', byNode: 'signal 13' },
      verdict: 'broken',
    },
    {
      name: 'Node does not ignore it',
      observation: { inHost: 'default', ignored: 'exit 7', byDefault: 'signal 13', byNode: 'signal 13' },
      verdict: 'broken',
    },
  ],
});

const endOf = (code: number | null, signal: number | null): string =>
  signal === null ? `exit ${code}` : `signal ${signal}`;
