import { once } from 'node:events';
import { openSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { defineProcedure, type CheckRun } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { objectOf, openDescriptorsOf } from '../../support/open-descriptors.js';
import { firstLine } from '../../support/first-line.js';

interface Inherited {
  /** The descriptors that `stdio` asks for. */
  readonly asked: readonly number[];
  readonly child: readonly number[];
  /** Of a shell that a Node child, started with the same stdio, executed in its turn with 0 to 2 alone. */
  readonly grandchild: readonly number[];
  /** A descriptor that was opened here without close-on-exec, and not by Node: it does leak, and would be seen. */
  readonly control: boolean;
}

export const stdioOnly = defineProcedure<Inherited>({
  id: 'descriptors/inherited-stdio-only',
  guarantee:
    'A child of Node has the descriptors that stdio lists, and none of the files, servers, sockets and channels ' +
    'that Node has open.',
  level: 'MUST',
  source: () => ({
    document:
      "Node.js 20, child_process, options.stdio; that it gets no others is libuv's intent " +
      '(uv_disable_stdio_inheritance: "child processes spawned by this process don\'t accidentally inherit ' +
      'these handles")',
    quote: 'Otherwise, the value of options.stdio is an array where each index corresponds to an fd in the child.',
  }),
  subjects: ['node-child', 'node-ipc-json', 'node-ipc-advanced'],
  expected:
    'The child: exactly those of stdio, the channel included. What a Node child executes in its turn: 0 to 2, ' +
    'and no channel. libuv/libuv #997 is the price: make cannot hand its job server through Node.',
  procedure:
    'Open a file, a server and a connection by Node, and one descriptor not by Node without close-on-exec; ' +
    "spawn a shell with stdio [pipe, pipe, ignore, pipe, 4] (Node's channel: [pipe, pipe, ignore, ipc]) and a " +
    'Node child that spawns a shell; list /proc/<pid>/fd of both shells.',
  quick: true,
  observe: async (checkRun) => {
    const { sys, own, path, defer, subject } = checkRun;
    // What this process was itself started with, by somebody who does not close either.
    const foreign = inheritable(checkRun);
    const leak = own(sys.open(path('leak'), sys.constants.O_RDWR | sys.constants.O_CREAT, 0o600));
    foreign.set(leak, objectOf(leak));
    const file = own(openSync(path('file'), 'w'));
    const server = createServer();
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    server.listen(path('server'));
    const client = connect(path('server'));
    const [other] = await accepted;
    defer(async () => {
      const closed = [client, other].map((socket) => once(socket, 'close'));
      client.destroy();
      other.destroy();
      await Promise.all(closed);
      server.close();
      await once(server, 'close');
    });

    const stdio =
      subject === 'node-child'
        ? (['pipe', 'pipe', 'ignore', 'pipe', file] as const)
        : (['pipe', 'pipe', 'ignore', 'ipc'] as const);
    const options =
      subject === 'node-child'
        ? { stdio }
        : { stdio, serialization: subject === 'node-ipc-json' ? ('json' as const) : ('advanced' as const) };
    const shell = checkRun.spawn('/bin/sh', { ...options, args: ['-c', 'echo here; read line'] });
    const node = checkRun.child(new URL('../../children/descriptors-of-a-shell.js', import.meta.url), options);
    const [, pid] = await Promise.all([firstLine(checkRun, shell), firstLine(checkRun, node)]);
    const ofShell = openDescriptorsOf(shell.pid as number);
    return {
      asked: stdio.map((_, number) => number),
      child: withoutForeign(foreign, ofShell),
      grandchild: withoutForeign(foreign, openDescriptorsOf(Number(pid))),
      control: ofShell.get(leak) === objectOf(leak),
    };
  },
  judge: ({ asked, child, grandchild, control }) =>
    judgeExpected(
      { 'Descriptors of the child': [child, asked], 'of what a Node child executed': [grandchild, [0, 1, 2]] },
      'fail',
      { 'A descriptor without close-on-exec is seen to leak': [control, true] },
    ),
  proofs: [
    {
      name: 'those of stdio',
      observation: { asked: [0, 1, 2, 3, 4], child: [0, 1, 2, 3, 4], grandchild: [0, 1, 2], control: true },
      verdict: 'pass',
    },
    {
      name: 'one more',
      observation: { asked: [0, 1, 2, 3], child: [0, 1, 2, 3, 21], grandchild: [0, 1, 2], control: true },
      verdict: 'fail',
    },
    {
      name: 'one is missing',
      observation: { asked: [0, 1, 2, 3], child: [0, 1, 2], grandchild: [0, 1, 2], control: true },
      verdict: 'fail',
    },
    {
      name: 'the channel is inherited further',
      observation: { asked: [0, 1, 2, 3], child: [0, 1, 2, 3], grandchild: [0, 1, 2, 3], control: true },
      verdict: 'fail',
    },
    {
      name: 'a leak would not be seen',
      observation: { asked: [0, 1, 2, 3], child: [0, 1, 2, 3], grandchild: [0, 1, 2], control: false },
      verdict: 'broken',
    },
  ],
});

interface Through {
  readonly below16: boolean;
  readonly above: boolean;
  /** Both are open in the Node child. */
  readonly inNode: boolean;
}

/**
 * libuv marks what it finds open from 0 on, and stops at the first hole above 15: src/unix/core.c. So the low ones are
 * lost to those who want them (libuv/libuv #997), and the high ones reach who should not have them.
 */
export const throughNode = defineProcedure<Through>({
  id: 'descriptors/inherited-through-node',
  guarantee:
    'What becomes of descriptors that Node was itself started with, and knows nothing of, when it starts a child.',
  level: 'INFO',
  source: () => ({
    document: 'libuv 1.x, uv_disable_stdio_inheritance()',
    quote:
      'This function works on a best-effort basis: there is no guarantee that libuv can discover all file ' +
      'descriptors that were inherited.',
  }),
  subjects: ['node-child'],
  expected: 'One below 16 is kept from the child; one at 100 or above, beyond a hole, is inherited by it.',
  procedure:
    'Start a Node child with one file on 3 and on a number from 100 on; it spawns a shell with stdio [pipe, ' +
    'pipe, ignore]; list /proc/<pid>/fd of both.',
  quick: false,
  observe: async (checkRun) => {
    const { sys, own, path } = checkRun;
    const { F_DUPFD, O_RDWR, O_CREAT, O_CLOEXEC } = sys.constants;
    const file = own(sys.open(path('file'), O_RDWR | O_CREAT | O_CLOEXEC, 0o600));
    const high = own(sys.fcntl(file, F_DUPFD, 100));
    const node = checkRun.child(new URL('../../children/descriptors-of-a-shell.js', import.meta.url), {
      stdio: ['pipe', 'pipe', 'ignore', file],
    });
    const pid = Number(await firstLine(checkRun, node));
    const object = objectOf(file);
    const [ofNode, ofShell] = [openDescriptorsOf(node.pid as number), openDescriptorsOf(pid)];
    return {
      below16: ofShell.get(3) === object,
      above: ofShell.get(high) === object,
      inNode: ofNode.get(3) === object && ofNode.get(high) === object,
    };
  },
  judge: ({ below16, above, inNode }) =>
    judgeExpected(
      { 'Inherited through Node: descriptor 3': [below16, false], 'one above 100': [above, true] },
      'info',
      { 'Node has both': [inNode, true] },
    ),
  proofs: [
    { name: 'the high one alone', observation: { below16: false, above: true, inNode: true }, verdict: 'info' },
    { name: 'none', observation: { below16: false, above: false, inNode: true }, verdict: 'info', unusual: true },
    { name: 'Node had none', observation: { below16: false, above: false, inNode: false }, verdict: 'broken' },
  ],
});

/** What is open here without close-on-exec. */
function inheritable({ sys }: CheckRun): Map<number, string> {
  const { F_GETFD, FD_CLOEXEC } = sys.constants;
  return new Map([...openDescriptorsOf('self')].filter(([number]) => (sys.fcntl(number, F_GETFD) & FD_CLOEXEC) === 0));
}

const withoutForeign = (foreign: ReadonlyMap<number, string>, open: ReadonlyMap<number, string>): number[] =>
  [...open]
    .flatMap(([number, object]) => (number > 2 && foreign.get(number) === object ? [] : [number]))
    .sort((a, b) => a - b);
