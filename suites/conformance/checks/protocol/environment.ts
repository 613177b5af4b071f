import { existsSync } from 'node:fs';
import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { NODE_IPC, serializationOf, untilEnded } from '../../support/node-ipc-channel.js';

interface Told {
  /** Where the channel was asked for among the child's descriptors. */
  readonly position: number;
  readonly fd: string;
  readonly mode: string;
  /** What is open there: 'socket'. */
  readonly what: string;
}

export const ipcEnvironment = defineProcedure<readonly Told[]>({
  id: 'protocol/env',
  guarantee:
    'A child finds the number of its channel in NODE_CHANNEL_FD and the coding in NODE_CHANNEL_SERIALIZATION_MODE.',
  level: 'MUST',
  source: () => ({
    document: 'Node.js 20, child_process, child_process.fork()',
    quote:
      'Node.js processes launched with a custom execPath will communicate with the parent process using the ' +
      'file descriptor (fd) identified using the environment variable NODE_CHANNEL_FD on the child process.',
  }),
  subjects: NODE_IPC,
  expected:
    "The position of 'ipc' in stdio; 'json' or 'advanced'; a socket there. The second variable is not documented.",
  procedure:
    "spawn() a shell with 'ipc' at positions 0, 3 and 5 of stdio; it prints both variables and what that " +
    'descriptor is.',
  quick: true,
  observe: async (checkRun) => {
    // A shell without /proc would print nothing for what is open, which reads as a broken promise.
    if (!existsSync('/proc/self/fd'))
      checkRun.skip('/proc is not mounted, and there is no other way to identify a descriptor.', undefined);
    const serialization = serializationOf(checkRun.subject);
    const script = 'echo "$NODE_CHANNEL_FD $NODE_CHANNEL_SERIALIZATION_MODE $(readlink /proc/$$/fd/$NODE_CHANNEL_FD)"';
    const layouts = [
      ['ipc', 'pipe', 'pipe'],
      ['ignore', 'pipe', 'pipe', 'ipc'],
      ['ignore', 'pipe', 'pipe', 'ignore', 'ignore', 'ipc'],
    ] as const;
    return Promise.all(
      layouts.map(async (stdio) => {
        const { stdout } = await untilEnded(
          checkRun,
          checkRun.spawn('/bin/sh', { args: ['-c', script], stdio, serialization }),
        );
        const [fd = '', mode = '', target = ''] = stdout.toString().trim().split(' ');
        return { position: stdio.indexOf('ipc' as never), fd, mode, what: target.replace(/:.*/, '') };
      }),
    );
  },
  judge: (asked, subject) => {
    if (asked.length < 3) return { verdict: 'broken', evidence: `Only ${asked.length} of 3 children were asked.` };
    const expectations = asked.flatMap(
      ({ position, fd, mode, what }) =>
        [
          [`position ${position}, NODE_CHANNEL_FD`, [fd, String(position)]],
          [`position ${position}, NODE_CHANNEL_SERIALIZATION_MODE`, [mode, serializationOf(subject)]],
          [`position ${position}, open there`, [what, 'socket']],
        ] as const,
    );
    return judgeExpected(Object.fromEntries(expectations), 'fail');
  },
  proofs: [
    { name: 'as documented', observation: told('json'), verdict: 'pass', subject: 'node-ipc-json' },
    { name: 'as documented', observation: told('advanced'), verdict: 'pass', subject: 'node-ipc-advanced' },
    { name: 'the coding of somebody else', observation: told('advanced'), verdict: 'fail', subject: 'node-ipc-json' },
    { name: 'another number', observation: told('json', { fd: '3' }), verdict: 'fail' },
    { name: 'nothing open there', observation: told('json', { what: '' }), verdict: 'fail' },
    { name: 'one child alone', observation: told('json').slice(0, 1), verdict: 'broken' },
  ],
});

function told(mode: string, last: Partial<Told> = {}): readonly Told[] {
  return [0, 3, 5].map((position) => ({
    position,
    fd: String(position),
    mode,
    what: 'socket',
    ...(position === 5 ? last : {}),
  }));
}
