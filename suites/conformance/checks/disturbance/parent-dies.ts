import { fileURLToPath } from 'node:url';
import { defineProcedure, type CheckRun } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { NODE_IPC, serializationOf } from '../../support/node-ipc-channel.js';
import { exitOf, processState } from '../../support/process-state.js';
import { WITH_END_OF_FILE } from '../../support/subjects.js';

interface Orphaned {
  /** What happened to the child after its parent had been killed, in order. */
  readonly events: readonly string[];
  /** It had a parent, and then another one. */
  readonly orphaned: boolean;
}

const isNode = (subject: string): boolean => subject.startsWith('node-');

const CONNECTED = WITH_END_OF_FILE.filter((name) => name !== 'tcp-loopback');

export const parentDies = defineProcedure<Orphaned>({
  id: 'disturbance/parent-dies',
  guarantee: 'A child whose parent is killed gets the end of their connection, and nothing before it.',
  level: 'MUST',
  source: (subject) => {
    if (isNode(subject))
      return {
        document: "Node.js 20, process, Event: 'disconnect'",
        quote:
          'If the Node.js process is spawned with an IPC channel (see the Child Process and Cluster ' +
          "documentation), the 'disconnect' event will be emitted when the IPC channel is closed.",
      };
    return subject === 'pipe' || subject === 'fifo'
      ? {
          document: 'pipe(7), I/O on pipes and FIFOs',
          quote:
            'If all file descriptors referring to the write end of a pipe have been closed, then an attempt to ' +
            'read(2) from the pipe will see end-of-file (read(2) will return 0).',
        }
      : {
          document: 'recv(2), RETURN VALUE',
          quote:
            'When a stream socket peer has performed an orderly shutdown, the return value will be 0 (the ' +
            'traditional "end-of-file" return).',
        };
  },
  subjects: [...NODE_IPC, ...CONNECTED],
  expected: "A read returns 0. A Node child: 'disconnect', and as it has nothing else to do, a normal exit.",
  procedure:
    'A process connects itself with a child and is killed by SIGKILL; the child reads, or listens, and says ' +
    'what happens to it.',
  quick: true,
  observe: (checkRun) => (isNode(checkRun.subject) ? orphanNode(checkRun) : orphanProgram(checkRun)),
  judge: ({ events, orphaned }, subject) =>
    judgeExpected({ 'what the child saw': [events, isNode(subject) ? ['disconnect', 'exit 0'] : ['EOF']] }, 'fail', {
      'Its parent was gone': [orphaned, true],
    }),
  proofs: [
    {
      name: 'disconnected',
      observation: { events: ['disconnect', 'exit 0'], orphaned: true },
      verdict: 'pass',
      subject: 'node-ipc-json',
    },
    {
      name: 'it stays',
      observation: { events: ['disconnect'], orphaned: true },
      verdict: 'fail',
      subject: 'node-ipc-json',
    },
    {
      name: 'it is ended by an error',
      observation: { events: ['exit 1'], orphaned: true },
      verdict: 'fail',
      subject: 'node-ipc-advanced',
    },
    {
      name: 'the end',
      observation: { events: ['EOF'], orphaned: true },
      verdict: 'pass',
      subject: 'socketpair-stream',
    },
    {
      name: 'an error',
      observation: { events: ['ECONNRESET'], orphaned: true },
      verdict: 'fail',
      subject: 'socketpair-stream',
    },
    {
      name: 'a Node event for a read',
      observation: { events: ['disconnect', 'exit 0'], orphaned: true },
      verdict: 'fail',
      subject: 'pipe',
    },
    { name: 'the parent lives', observation: { events: ['EOF'], orphaned: false }, verdict: 'broken', subject: 'pipe' },
  ],
});

async function orphanNode(checkRun: CheckRun): Promise<Orphaned> {
  const orphan = fileURLToPath(new URL('../../children/orphan.js', import.meta.url));
  const parent = checkRun.child(new URL('../../children/mortal-parent.js', import.meta.url), {
    args: [orphan, serializationOf(checkRun.subject)],
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  let ended = false;
  parent.stdout?.on('data', (chunk: Buffer) => void (text += chunk.toString())).on('end', () => (ended = true));
  await checkRun.until('the child is there', () => text.includes('\n'));
  const pid = Number(/ready (\d+)/.exec(text)?.[1]);
  checkRun.defer(() => (ended ? undefined : endIfAlive(pid)));
  const gone = exitOf(parent);
  parent.kill('SIGKILL');
  await gone;
  // Its stdout has an end when the last one that holds it has ended.
  await checkRun.until('the child has ended too', () => ended).catch(() => undefined);
  return { events: text.trim().split('\n').slice(1), orphaned: parent.signalCode === 'SIGKILL' };
}

function endIfAlive(pid: number): void {
  // 0 and -1 are not processes but many, this one among them.
  if (!(pid > 1)) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // As it should be: it has ended by itself.
  }
}

async function orphanProgram(checkRun: CheckRun): Promise<Orphaned> {
  const { sys } = checkRun;
  const { a, b } = checkRun.pair();
  const descriptors = [...new Set([a.in, a.out, b.in, b.out])];
  const parentsOwn = [...new Set([a.in, a.out])];
  const program = sys.forkProgram(
    [
      {
        op: 'fork',
        as: 'child',
        body: [
          ...parentsOwn.map((fd) => ({ op: 'close', fd }) as const),
          { op: 'store', word: 0, value: 1 },
          { op: 'read', fd: b.in, bytes: 1, as: 'read' },
          // Its descriptors are closed before it is gone: only when it has been waited for does its child have another
          // parent.
          { op: 'store', word: 1, value: 1 },
          { op: 'waitAtLeast', word: 2, value: 1 },
          { op: 'getppid', as: 'parent' },
          { op: 'store', word: 3, value: 1 },
        ],
      },
      ...[...new Set([b.in, b.out])].map((fd) => ({ op: 'close', fd }) as const),
      { op: 'store', word: 4, value: 1 },
      { op: 'pause' },
    ],
    { outlivesParent: true },
  );
  checkRun.defer(() => program.end());
  for (const descriptor of descriptors) sys.close(descriptor);
  // Both of them: the child is there, and its parent has written down which one it is.
  for (const word of [0, 4])
    if (!program.board.waitAtLeast(word, 1, 5000))
      throw new Error('The child of the child did not start within 5000 ms.');
  const child = program.outcome('child').value;
  let ended = false;
  checkRun.defer(() => (ended ? undefined : endIfAlive(child)));
  sys.kill(program.pid, sys.constants.SIGKILL);
  program.wait();
  const seen = program.board.waitAtLeast(1, 1, 5000);
  program.board.store(2, 1);
  const isOver = seen && program.board.waitAtLeast(3, 1, 5000);
  await checkRun.until('the child has ended', () => !isOver || (ended = [null, 'Z'].includes(processState(child))));
  const read = program.outcome('read');
  return {
    events: seen ? [read.error ?? (read.value === 0 ? 'EOF' : `${read.value} bytes`)] : [],
    orphaned: isOver && program.outcome('parent').value !== program.pid,
  };
}
