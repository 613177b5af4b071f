import { defineProcedure, type CheckRun } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import {
  encode,
  listen,
  NODE_IPC,
  serializationOf,
  shellChild,
  shellWrite,
  untilEnded,
} from '../../support/node-ipc-channel.js';
import { describe } from '../../support/node-ipc-values.js';

interface Cut {
  /** How the same bytes were cut. */
  readonly pieces: string;
  readonly writes: number;
  readonly received: readonly string[];
}

interface Fragments {
  readonly sent: readonly string[];
  /** To a Node child, each piece when the one before it had been read. */
  readonly cuts: readonly Cut[];
  /** From a shell to a Node parent, byte by byte, as fast as it can. */
  readonly fromShell: readonly string[];
}

/** nodejs/node#55834: a length that came in two reads stopped the channel for ever. */
export const fragmentation = defineProcedure<Fragments>({
  id: 'protocol/fragmentation',
  guarantee: 'However the bytes of messages are cut into writes, each message is received once, whole and in order.',
  level: 'MUST',
  source: (subject) => ({
    document: 'lib/internal/child_process/serialization.js of Node.js 20.20.2',
    quote:
      serializationOf(subject) === 'json'
        ? 'Newline-delimited JSON'
        : "Message length split into two buffers, so let's concatenate it.",
  }),
  subjects: NODE_IPC,
  expected:
    'Four messages for four, with every cut: inside a character of several bytes, inside the length of a frame, ' +
    'several messages at once.',
  procedure:
    'Write four messages with 2- to 4-byte characters to a Node child over a socketpair, one byte at a time and ' +
    'each only when SIOCOUTQ says that the last one was read; then three bytes at a time; then all at once; ' +
    'then in two writes that cut the last message. A shell writes the same byte by byte to a Node parent.',
  quick: false,
  observe: async (checkRun) => {
    const messages = ['é€😀', { text: 'aé€😀', n: 1 }, '', ['last']];
    const wire = Buffer.concat(messages.map((message) => encode(serializationOf(checkRun.subject), message)));
    return {
      sent: messages.map((message) => describe(message)),
      cuts: await cutsOf(checkRun, wire, messages.length),
      fromShell: await writeFromShell(checkRun, wire, messages.length),
    };
  },
  judge: ({ sent, cuts, fromShell }) => {
    const [byBytes] = cuts;
    // A run that did not really cut proves nothing.
    if (byBytes === undefined || cuts.length < 4 || byBytes.writes <= sent.length)
      return { verdict: 'broken', evidence: 'The messages were not written in pieces.' };
    const expectations = cuts.map(
      ({ pieces, writes, received }) => [`${pieces} (${writes} writes)`, [received, sent]] as const,
    );
    return judgeExpected(
      { ...Object.fromEntries(expectations), 'from a shell, byte by byte': [fromShell, sent] },
      'fail',
    );
  },
  proofs: [
    { name: 'all received', observation: fragments(), verdict: 'pass' },
    { name: 'one lost to a cut', observation: fragments({ received: ['"a"'] }), verdict: 'fail' },
    { name: 'one lost from the shell', observation: { ...fragments(), fromShell: ['"a"'] }, verdict: 'fail' },
    { name: 'nothing was cut', observation: fragments({ writes: 2 }), verdict: 'broken' },
    { name: 'not every cut', observation: { ...fragments(), cuts: fragments().cuts.slice(0, 3) }, verdict: 'broken' },
    { name: 'no cut', observation: { ...fragments(), cuts: [] }, verdict: 'broken' },
  ],
});

function fragments(change: Partial<Cut> = {}): Fragments {
  const sent = ['"a"', '"b"'];
  const cuts = ['one byte', 'three bytes', 'all', 'all but the end'].map((pieces) => ({
    pieces,
    writes: 9,
    received: sent,
    ...change,
  }));
  return { sent, cuts, fromShell: sent };
}

async function cutsOf(checkRun: CheckRun, wire: Buffer, messages: number): Promise<readonly Cut[]> {
  const { sys } = checkRun;
  const { AF_UNIX, SOCK_STREAM, SOCK_CLOEXEC, SIOCOUTQ } = sys.constants;
  const [ours, theirs] = sys.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC);
  checkRun.own(ours);
  checkRun.own(theirs);
  const child = checkRun.child(new URL('../../children/node-ipc-receiver.js', import.meta.url), {
    stdio: ['ignore', 'pipe', 'pipe', theirs],
    env: { NODE_CHANNEL_FD: '3', NODE_CHANNEL_SERIALIZATION_MODE: serializationOf(checkRun.subject) },
  });
  sys.close(theirs);
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const lines = (): string[] => said.split('\n').slice(0, -1);
  const nap = new Int32Array(new SharedArrayBuffer(4));
  const write = (piece: Uint8Array): void => {
    sys.write(ours, piece);
    // What has not been read yet. The child gets no further piece before, so it has to read each by itself.
    for (const untilMs = performance.now() + 5000 * checkRun.slowdown; sys.ioctl(ours, SIOCOUTQ) > 0;) {
      if (performance.now() > untilMs) throw new Error('The child did not read what it was sent.');
      Atomics.wait(nap, 0, 0, 0.05);
    }
  };
  const plans: readonly (readonly [string, readonly Uint8Array[]])[] = [
    ['one byte at a time', piecesOf(wire, 1)],
    ['three bytes at a time', piecesOf(wire, 3)],
    ['all at once', [wire]],
    ['all but the end of the last, then that', [wire.subarray(0, -3), wire.subarray(-3)]],
  ];
  const cuts: Cut[] = [];
  for (const [name, pieces] of plans) {
    const before = lines().length;
    for (const piece of pieces) write(piece);
    await checkRun.until(
      `the child has received ${name}`,
      () => lines().length >= before + messages || child.exitCode !== null,
    );
    cuts.push({ pieces: name, writes: pieces.length, received: lines().slice(before) });
  }
  return cuts;
}

const piecesOf = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );

async function writeFromShell(checkRun: CheckRun, wire: Uint8Array, messages: number): Promise<readonly string[]> {
  const child = shellChild(checkRun, piecesOf(wire, 1).map(shellWrite).join('; '), serializationOf(checkRun.subject));
  const ended = untilEnded(checkRun, child);
  const heard = listen(child);
  await ended;
  await checkRun.until('the channel has ended', () => heard.disconnects > 0 || heard.messages.length > messages);
  return heard.messages.map((message) => describe(message));
}
