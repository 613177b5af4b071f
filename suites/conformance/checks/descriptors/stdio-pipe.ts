import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { outputOf } from '../../support/process-state.js';

interface Stdio {
  /** Of descriptors 0, 1 and 2, as /proc says: 'socket', 'pipe'. */
  readonly what: readonly string[];
  /**
   * Exit statuses of programs that open /dev/stdin, /dev/stdout and /dev/stderr, and what the failure of the first is
   * called.
   */
  readonly opened: readonly boolean[];
  readonly error: string;
  /** The same, for stdio that is made with a pipe of the shell. */
  readonly openedOfPipe: boolean;
}

/** libuv makes them with socketpair(2), so that both can be written and shut down. nodejs/node #21941. */
export const pipeIsSocket = defineProcedure<Stdio>({
  id: 'descriptors/stdio-pipe-is-socket',
  guarantee: "What 'pipe' of spawn() is, and whether a child can open it by name as it can a pipe of the shell.",
  level: 'INFO',
  source: () => ({
    document: 'Node.js 20, child_process, options.stdio',
    quote:
      'These are not actual Unix pipes and therefore the child process can not use them by their descriptor ' +
      'files, e.g. /dev/fd/2 or /dev/stdout.',
  }),
  subjects: ['node-stdio'],
  expected:
    'Linux: sockets; open(2) of /dev/stdin, /dev/stdout and /dev/stderr fails with ENXIO. A pipe can be opened so.',
  procedure:
    "spawn() a shell with 'pipe' for stdin, stdout and stderr; it reads the links of its descriptors, opens the " +
    'three names, and opens /dev/stdin once more behind a pipe of its own.',
  quick: true,
  observe: async (checkRun) => {
    // A failure is told on stderr, where nobody reads these few words.
    const open = ['exec 9</dev/stdin', 'exec 9>/dev/stdout', 'exec 9>/dev/stderr'].map(
      (command) => `(${command}) && echo yes || echo no`,
    );
    // The words of the failure are those of the C library, in the language C.
    const script = [
      ...[0, 1, 2].map((number) => `readlink /proc/$$/fd/${number}`),
      ...open,
      'echo x | (exec 9</dev/stdin) && echo yes || echo no',
      'cat /dev/stdin 2>&1',
    ].join('; ');
    const child = checkRun.spawn('/bin/sh', {
      args: ['-c', script],
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { LC_ALL: 'C' },
    });
    const lines = (await outputOf(child)).trim().split('\n');
    return {
      what: lines.slice(0, 3).map((line) => line.replace(/:.*/, '')),
      opened: lines.slice(3, 6).map((line) => line === 'yes'),
      openedOfPipe: lines[6] === 'yes',
      error: lines[7] ?? '',
    };
  },
  judge: ({ what, opened, error, openedOfPipe }) =>
    judgeExpected(
      {
        'what stdin, stdout and stderr are': [what, ['socket', 'socket', 'socket']],
        'could be opened by name': [opened, [false, false, false]],
        'because of': [error.replace(/.*: /, ''), 'No such device or address'],
      },
      'info',
      {
        'All three were looked at': [
          [what.length, opened.length],
          [3, 3],
        ],
        'A pipe can be opened by name': [openedOfPipe, true],
      },
    ),
  proofs: [
    { name: 'Linux', observation: stdio({}), verdict: 'info' },
    {
      name: 'pipes',
      observation: stdio({ what: ['pipe', 'pipe', 'pipe'], opened: [true, true, true], error: '' }),
      verdict: 'info',
      unusual: true,
    },
    { name: 'no names to open anything by', observation: stdio({ openedOfPipe: false }), verdict: 'broken' },
    { name: 'one is missing', observation: stdio({ what: ['socket', 'socket'] }), verdict: 'broken' },
    { name: 'one was not opened', observation: stdio({ opened: [false, false] }), verdict: 'broken' },
  ],
});

function stdio(changed: Partial<Stdio>): Stdio {
  return {
    what: ['socket', 'socket', 'socket'],
    opened: [false, false, false],
    error: 'cat: /dev/stdin: No such device or address',
    openedOfPipe: true,
    ...changed,
  };
}
