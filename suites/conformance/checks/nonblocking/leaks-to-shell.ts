import { defineProcedure, type CheckRun } from '../../../../harness/define.js';
import { endsOf } from '../../support/two-ends.js';
import { judgeExpected } from '../../support/expectations.js';
import { firstLine } from '../../support/first-line.js';

type Ending = 'process.exit()' | 'SIGTERM' | 'SIGKILL';

interface Leftover {
  readonly ending: Ending;
  /** Of the child's stdin and stdout, asked here while it used them and after its end. */
  readonly during: readonly [stdin: boolean, stdout: boolean];
  readonly after: readonly [stdin: boolean, stdout: boolean];
  /** A read of somebody else who shares the stdin, while the child used it. */
  readonly sibling: string;
}

/**
 * nodejs/node #14752, #42826. Node remembers the flags of 0 to 2 at its start and puts them back when it ends
 * (ResetStdio in src/node.cc); a signal that cannot be caught leaves them, and then a shell's `read` or `cat` on the
 * same pipe is told EAGAIN.
 */
export const nonblockLeaks = defineProcedure<readonly Leftover[]>({
  id: 'nonblocking/leaks-to-shell',
  guarantee: 'Node leaves its stdin and stdout, which others share, as blocking as it found them.',
  level: 'SHOULD',
  source: () => ({
    document: 'No documentation; Node.js, src/node.cc, ResetStdio(), which runs at exit and at SIGINT and SIGTERM',
    quote: 'Restore the O_NONBLOCK flag if it changed.',
  }),
  subjects: ['pipe', 'fifo', 'socketpair-stream', 'unix-stream', 'tcp-loopback'],
  expected:
    'Nonblocking while Node uses them, so that a sibling reads EAGAIN; blocking again after process.exit() and ' +
    'SIGTERM. After SIGKILL, of which nothing can be demanded, they stay nonblocking.',
  procedure:
    'Three Node children use inherited blocking ends as stdin and stdout; F_GETFL of both and a read by a ' +
    'forked process meanwhile; the first is sent something and exits, the others get SIGTERM and SIGKILL; ' +
    'F_GETFL again.',
  quick: false,
  observe: (checkRun) =>
    Promise.all(
      (['process.exit()', 'SIGTERM', 'SIGKILL'] as const).map((ending, place) => endBy(checkRun, ending, place)),
    ),
  judge: (seen) => {
    const [exited, terminated, killed] = seen;
    return judgeExpected(
      {
        'Nonblocking stdin, stdout after process.exit()': [exited?.after, [false, false]],
        'after SIGTERM': [terminated?.after, [false, false]],
      },
      'deviation',
      {
        ['Nonblocking stdin while in use (SIGKILL leaves stdin, ' +
        `stdout ${killed?.after.map((is) => (is ? 'nonblocking' : 'blocking')).join(', ')})`]: [
          seen.map(({ during }) => during[0]),
          [true, true, true],
        ],
        "a sibling's read meanwhile": [seen.map(({ sibling }) => sibling), ['EAGAIN', 'EAGAIN', 'EAGAIN']],
      },
    );
  },
  proofs: [
    { name: 'put back', observation: leftovers([false, false], [false, false]), verdict: 'pass' },
    { name: 'stdin is left nonblocking', observation: leftovers([true, false], [false, false]), verdict: 'deviation' },
    {
      name: 'stdout is left nonblocking by SIGTERM',
      observation: leftovers([false, false], [false, true]),
      verdict: 'deviation',
    },
    {
      name: 'it was never nonblocking',
      observation: leftovers([false, false], [false, false], [false, false]),
      verdict: 'broken',
    },
    {
      name: 'the sibling did not notice',
      observation: leftovers([false, false], [false, false], [true, true], 'not read'),
      verdict: 'broken',
    },
    { name: 'nothing ran', observation: [], verdict: 'broken' },
  ],
});

async function endBy(checkRun: CheckRun, ending: Ending, place: number): Promise<Leftover> {
  const { sys } = checkRun;
  const { F_GETFL, O_NONBLOCK } = sys.constants;
  const input = endsOf(checkRun, { index: 2 * place });
  const output = endsOf(checkRun, { index: 2 * place + 1 });
  const ends = [input.b.in, output.a.out] as const;
  const flags = (): [boolean, boolean] => [
    (sys.fcntl(ends[0], F_GETFL) & O_NONBLOCK) !== 0,
    (sys.fcntl(ends[1], F_GETFL) & O_NONBLOCK) !== 0,
  ];
  const child = checkRun.child(new URL('../../children/stdio-in-use.js', import.meta.url), {
    stdio: [ends[0], ends[1], 'pipe'],
  });
  await firstLine(checkRun, child, 'stderr');
  const during = flags();
  const sibling = during[0] ? readBySibling(checkRun, ends[0]) : 'not read';
  const exit = checkRun.event(child, 'exit');
  if (ending === 'process.exit()') sys.write(input.a.out, 'x');
  else child.kill(ending);
  await exit;
  return { ending, during, after: flags(), sibling };
}

function readBySibling(checkRun: CheckRun, descriptor: number): string {
  const program = checkRun.sys.forkProgram([{ op: 'read', fd: descriptor, bytes: 1, as: 'read' }]);
  checkRun.defer(() => program.end());
  program.wait();
  return program.outcome('read').error ?? `${program.outcome('read').value} bytes`;
}

function leftovers(
  exited: Leftover['after'],
  terminated: Leftover['after'],
  during: Leftover['during'] = [true, true],
  sibling = 'EAGAIN',
): readonly Leftover[] {
  return [
    { ending: 'process.exit()', during, after: exited, sibling },
    { ending: 'SIGTERM', during, after: terminated, sibling },
    { ending: 'SIGKILL', during, after: [true, true], sibling },
  ];
}
