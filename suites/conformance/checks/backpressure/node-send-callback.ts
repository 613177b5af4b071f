import { defineProcedure, type CheckRun } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { encode, NODE_IPC, serializationOf, untilEnded } from '../../support/node-ipc-channel.js';
import { withRateBound } from '../../support/loss-rate-bound.js';

const SEND = 'Node.js 20, child_process, subprocess.send()';

const CHARACTERS = 1000;

interface Callbacks {
  readonly sent: number;
  /** Messages that lay whole in the socket while nobody read. */
  readonly inSocket: number;
  readonly calledBeforeReading: number;
  readonly calledInTheEnd: number;
  readonly failed: number;
  readonly read: number;
}

export const callbackAfterWrite = defineProcedure<Callbacks>({
  id: 'backpressure/callback-after-write',
  guarantee:
    'A callback of send() comes when its message has been given to the system: not before, and not only when it ' +
    'was read.',
  level: 'MUST',
  source: () => ({
    document: SEND,
    quote:
      'The optional callback is a function that is invoked after the message is sent but before the child ' +
      'process may have received it.',
  }),
  subjects: NODE_IPC,
  expected:
    'While nobody reads: as many callbacks as messages lie in the socket. In the end: all of them, without an error.',
  procedure:
    'A Node child sends 600 texts of 1,000 characters over a socketpair whose other end this process holds, and ' +
    'says how many callbacks have come; FIONREAD tells what lies in the socket. Then read all.',
  quick: false,
  observe: (checkRun) => callbacksOf(checkRun, 600),
  judge: ({ sent, inSocket, calledBeforeReading, calledInTheEnd, failed, read }) =>
    withRateBound(
      judgeExpected(
        {
          'callbacks before anything was read': [calledBeforeReading, inSocket],
          'callbacks in the end': [calledInTheEnd, sent],
          'with an error': [failed, 0],
          'messages read': [read, sent],
        },
        'fail',
        { 'some messages lay in the socket, and not all': [inSocket > 0 && inSocket < sent, true] },
      ),
      'lost callback',
      calledInTheEnd,
    ),
  proofs: [
    { name: 'as many as were written', observation: callbacks(), verdict: 'pass' },
    { name: 'too early', observation: callbacks({ calledBeforeReading: 600 }), verdict: 'fail' },
    { name: 'only when read', observation: callbacks({ calledBeforeReading: 0 }), verdict: 'fail' },
    { name: 'one never comes', observation: callbacks({ calledInTheEnd: 599 }), verdict: 'fail' },
    { name: 'with an error', observation: callbacks({ failed: 1 }), verdict: 'fail' },
    { name: 'one is not there', observation: callbacks({ read: 599 }), verdict: 'fail' },
    { name: 'all of it fits', observation: callbacks({ inSocket: 600, calledBeforeReading: 600 }), verdict: 'broken' },
    { name: 'nothing was written', observation: callbacks({ inSocket: 0, calledBeforeReading: 0 }), verdict: 'broken' },
  ],
});

function callbacks(change: Partial<Callbacks> = {}): Callbacks {
  return { sent: 600, inSocket: 92, calledBeforeReading: 92, calledInTheEnd: 600, failed: 0, read: 600, ...change };
}

async function callbacksOf(checkRun: CheckRun, sent: number): Promise<Callbacks> {
  const { sys } = checkRun;
  const { AF_UNIX, SOCK_STREAM, SOCK_CLOEXEC, SOL_SOCKET, SO_SNDBUF, FIONREAD, MSG_DONTWAIT } = sys.constants;
  const [ours, theirs] = sys.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC);
  checkRun.own(ours);
  checkRun.own(theirs);
  // The system's default is a limit that an administrator may have raised.
  sys.setsockopt(theirs, SOL_SOCKET, SO_SNDBUF, 65_536);
  const serialization = serializationOf(checkRun.subject);
  const text = 'x'.repeat(CHARACTERS);
  const messageBytes = encode(serialization, text).length;
  const child = checkRun.child(new URL('../../children/node-ipc-sender.js', import.meta.url), {
    args: [String(sent), text],
    stdio: ['ignore', 'pipe', 'pipe', theirs],
    env: { NODE_CHANNEL_FD: '3', NODE_CHANNEL_SERIALIZATION_MODE: serialization },
  });
  sys.close(theirs);
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = untilEnded(checkRun, child);
  const lines = (): Said[] =>
    said
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Said);
  await checkRun.until('the child has sent all', () => lines().length > 0);
  const inSocket = Math.floor(sys.ioctl(ours, FIONREAD) / messageBytes);
  const calledBeforeReading = lines()[0]?.called ?? 0;
  let bytes = 0;
  await checkRun.until('the child has heard of all', () => {
    for (let chunk = receive(); chunk > 0; chunk = receive()) bytes += chunk;
    return lines().length > 1;
  });
  await ended;
  for (let chunk = receive(); chunk > 0; chunk = receive()) bytes += chunk;
  const last = lines()[1];
  return {
    sent,
    inSocket,
    calledBeforeReading,
    calledInTheEnd: last?.called ?? 0,
    failed: last?.failed ?? 0,
    read: bytes / messageBytes,
  };

  function receive(): number {
    try {
      return sys.recv(ours, 65_536, MSG_DONTWAIT).length;
    } catch {
      return 0; // Nothing there at this moment.
    }
  }
}

interface Said {
  readonly called: number;
  readonly failed: number;
}
