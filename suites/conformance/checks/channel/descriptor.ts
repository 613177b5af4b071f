import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { NODE_IPC, serializationOf, shellChild, untilEnded } from '../../support/node-ipc-channel.js';

// The descriptor behind the channel: what Node does to it in its own child, and in what state another program gets it.

interface Variables {
  readonly fd: string;
  readonly mode: string;
}

interface Channel {
  readonly inChild: Variables;
  readonly inGrandchild: Variables;
  /** Of /proc/self/fdinfo, octal. */
  readonly flags: string;
  /** A program that the child starts has the channel open too. */
  readonly inherited: boolean;
}

const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;

export const channelEnvRemoved = defineProcedure<Channel>({
  id: 'channel/env-removed',
  guarantee:
    'A Node child keeps its channel to itself: the variables are gone, and neither they nor the descriptor ' +
    'reach a program that it starts.',
  level: 'MUST',
  source: () => ({
    document: 'lib/internal/process/pre_execution.js of Node.js 20.20.2, setupChildProcessIpcChannel()',
    quote: "Make sure it's not accidentally inherited by child processes.",
  }),
  subjects: NODE_IPC,
  expected: 'Both variables unset; the descriptor close-on-exec and nonblocking (flags 02004002).',
  procedure:
    'A Node child with its channel at descriptor 3 looks at both variables and at the flags of descriptor 3, ' +
    'and starts a shell that looks for the variables and for the same socket.',
  quick: true,
  observe: async (checkRun) => {
    const child = checkRun.child(new URL('../../children/node-ipc-descriptors.js', import.meta.url), {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: serializationOf(checkRun.subject),
    });
    const [described] = await checkRun.event(child, 'message');
    return described as Channel;
  },
  judge: ({ inChild, inGrandchild, flags, inherited }) => {
    const bits = Number.parseInt(flags, 8);
    if (Number.isNaN(bits)) return { verdict: 'broken', evidence: 'The flags of descriptor 3 were not seen.' };
    return judgeExpected(
      {
        'NODE_CHANNEL_FD in the child': [inChild.fd, 'unset'],
        'NODE_CHANNEL_SERIALIZATION_MODE in the child': [inChild.mode, 'unset'],
        'NODE_CHANNEL_FD in a program that it starts': [inGrandchild.fd, 'unset'],
        'NODE_CHANNEL_SERIALIZATION_MODE there': [inGrandchild.mode, 'unset'],
        'the descriptor is open there': [inherited, false],
        'close-on-exec': [(bits & O_CLOEXEC) !== 0, true],
        nonblocking: [(bits & O_NONBLOCK) !== 0, true],
      },
      'fail',
    );
  },
  proofs: [
    { name: 'kept', observation: channel(), verdict: 'pass' },
    { name: 'the number stays', observation: channel({ inChild: { fd: '3', mode: 'unset' } }), verdict: 'fail' },
    { name: 'the coding stays', observation: channel({ inChild: { fd: 'unset', mode: 'json' } }), verdict: 'fail' },
    {
      name: 'the number is inherited',
      observation: channel({ inGrandchild: { fd: '3', mode: 'unset' } }),
      verdict: 'fail',
    },
    {
      name: 'the coding is inherited',
      observation: channel({ inGrandchild: { fd: 'unset', mode: 'json' } }),
      verdict: 'fail',
    },
    { name: 'the descriptor is inherited', observation: channel({ inherited: true }), verdict: 'fail' },
    { name: 'not close-on-exec', observation: channel({ flags: '04002' }), verdict: 'fail' },
    { name: 'blocking', observation: channel({ flags: '02000002' }), verdict: 'fail' },
    { name: 'flags not seen', observation: channel({ flags: '' }), verdict: 'broken' },
  ],
});

function channel(change: Partial<Channel> = {}): Channel {
  const unset = { fd: 'unset', mode: 'unset' };
  return { inChild: unset, inGrandchild: unset, flags: '02004002', inherited: false, ...change };
}

interface Given {
  readonly flags: string;
  /** Type and state of its row in /proc/net/unix: 0001 is SOCK_STREAM, 03 is connected. */
  readonly type: string;
  readonly state: string;
}

/**
 * A native child that starts programs of its own has to set close-on-exec itself, or the parent never hears of its end.
 */
export const nativeChildFlags = defineProcedure<Given>({
  id: 'channel/native-child-flags',
  guarantee: 'A child that is no Node gets its channel as a connected stream socket, blocking and not close-on-exec.',
  level: 'INFO',
  source: () => ({
    document:
      "Node.js 20, child_process, options.stdio, 'ipc' — the nearest text: in what state the descriptor is " +
      'handed over is not said',
    quote:
      'Accessing the IPC channel fd in any way other than process.send() or using the IPC channel with a child ' +
      'process that is not a Node.js instance is not supported.',
  }),
  subjects: NODE_IPC,
  expected: 'Type 1 (SOCK_STREAM), state 3 (connected), neither O_NONBLOCK nor close-on-exec.',
  procedure: 'A shell prints the flags of its descriptor 3 and its row in /proc/net/unix.',
  quick: false,
  observe: async (checkRun) => {
    const script =
      'target=$(readlink /proc/$$/fd/3); inode=${target#socket:[}; inode=${inode%]}; grep flags ' +
      '/proc/$$/fdinfo/3; grep " $inode" /proc/net/unix';
    const { stdout } = await untilEnded(checkRun, shellChild(checkRun, script, serializationOf(checkRun.subject)));
    const text = stdout.toString();
    const [, type = '', state = ''] = /^\w+: \w+ \w+ \w+ (\w+) (\w+) /m.exec(text) ?? [];
    return { flags: /flags:\s*(\d+)/.exec(text)?.[1] ?? '', type, state };
  },
  judge: ({ flags, type, state }) => {
    if (flags === '' || type === '')
      return { verdict: 'broken', evidence: 'The flags of descriptor 3 or its row were not seen.' };
    return judgeExpected(
      {
        type: [type, '0001'],
        state: [state, '03'],
        'flags (04000 is O_NONBLOCK, 02000000 close-on-exec)': [flags, '02'],
      },
      'info',
    );
  },
  proofs: [
    { name: 'as it is', observation: { flags: '02', type: '0001', state: '03' }, verdict: 'info' },
    { name: 'no flags', observation: { flags: '', type: '0001', state: '03' }, verdict: 'broken' },
    { name: 'no row', observation: { flags: '02', type: '', state: '' }, verdict: 'broken' },
  ],
});
