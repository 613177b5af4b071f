import type { ChildProcess } from 'node:child_process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { defineProcedure, type CheckRun } from '../../../../harness/define.js';
import { blockUntilEnded, exitOf, outputOf } from '../../support/process-state.js';

interface Written {
  readonly when: 'at once' | 'in the callback';
  readonly bytes: number;
  readonly arrivedBytes: number;
  readonly status: number | null;
}

/** nodejs/node #19218, #2360, #784. */
export const exitFlush = defineProcedure<readonly Written[]>({
  id: 'exit/stdout-flush',
  guarantee: 'How much of what a child writes to its stdout arrives when it calls process.exit() at once.',
  level: 'INFO',
  source: () => ({
    document: 'Node.js 20, process, process.exit()',
    quote:
      'Calling process.exit() will force the process to exit as quickly as possible even if there are still ' +
      'asynchronous operations pending that have not yet completed fully, including I/O operations to ' +
      'process.stdout and process.stderr.',
  }),
  subjects: ['node-stdio'],
  expected:
    'Linux: what the buffer of a socket takes at once. Node 20: 219,264 bytes with net.core.wmem_default = ' +
    '212,992; Node 22 and later: 146,176. Windows: all, as writes to pipes are synchronous there.',
  procedure:
    'Children write n bytes and call process.exit(), at once or in the callback of write(); the parent reads ' +
    'nothing until those that exit at once have ended.',
  quick: true,
  deadlineMs: 30_000,
  observe: async (checkRun) => {
    const sizes =
      checkRun.scale === 'thorough'
        ? [100_000, 146_000, 147_000, 219_000, 220_000, 1_000_000, 10_000_000]
        : [100_000, 1_000_000];
    const atOnce = sizes.map((bytes) => startWriter(checkRun, bytes, 'at once'));
    for (const { child } of atOnce) blockUntilEnded(child.pid as number, 5000 * checkRun.slowdown);
    const patient = startWriter(checkRun, 1_000_000, 'in the callback');
    return Promise.all(
      [...atOnce, patient].map(async ({ written, arrivedBytes, status }) => ({
        ...written,
        arrivedBytes: await arrivedBytes,
        status: await status,
      })),
    );
  },
  judge: (runs) => {
    const control = runs.some(({ when, bytes, arrivedBytes }) => when === 'in the callback' && arrivedBytes === bytes);
    const large = runs.some(({ when, bytes }) => when === 'at once' && bytes >= 1_000_000);
    const words = runs
      .map(({ when, bytes, arrivedBytes }) => `${arrivedBytes} of ${bytes} bytes (exit ${when})`)
      .join(', ');
    const proves = control && large && runs.every(({ status }) => status === 0);
    return { verdict: proves ? 'info' : 'broken', evidence: `Arrived: ${words || 'nothing'}.` };
  },
  proofs: [
    { name: 'Linux', observation: writes(219_264, 1_000_000), verdict: 'info' },
    { name: 'all of it', observation: writes(1_000_000, 1_000_000), verdict: 'info' },
    { name: 'not even with the callback', observation: writes(219_264, 219_264), verdict: 'broken' },
    { name: 'nothing large', observation: writes(219_264, 1_000_000).slice(1), verdict: 'broken' },
    {
      name: 'one failed',
      observation: writes(219_264, 1_000_000).map((run) => ({ ...run, status: run.when === 'at once' ? 1 : 0 })),
      verdict: 'broken',
    },
  ],
});

function writes(atOnce: number, inTheCallback: number): readonly Written[] {
  return [
    { when: 'at once', bytes: 1_000_000, arrivedBytes: atOnce, status: 0 },
    { when: 'in the callback', bytes: 1_000_000, arrivedBytes: inTheCallback, status: 0 },
  ];
}

interface Writer {
  readonly child: ChildProcess;
  readonly written: Pick<Written, 'when' | 'bytes'>;
  readonly arrivedBytes: Promise<number>;
  readonly status: Promise<number | null>;
}

function startWriter(checkRun: CheckRun, bytes: number, when: Written['when']): Writer {
  const child = checkRun.child(new URL('../../children/stdout-writer.js', import.meta.url), {
    args: [String(bytes), when],
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return {
    child,
    written: { when, bytes },
    arrivedBytes: outputOf(child).then(({ length }) => length),
    status: exitOf(child),
  };
}

interface Late {
  readonly version: string;
  readonly writtenBytes: number;
  /** Read by who listened from the start, from within the listener of 'exit', and a turn after 'exit'. */
  readonly early: number;
  readonly atExit: number;
  readonly late: number;
}

/**
 * When a child has exited, its ChildProcess resumes the streams that nobody reads, and so throws away what they hold
 * (`flushStdio`).
 */
export const lateListener = defineProcedure<Late>({
  id: 'exit/stdout-late-listener',
  guarantee: 'What a child wrote to its stdout waits for somebody to read it, also when the child has exited.',
  level: 'SHOULD',
  source: () => ({
    document: 'Node.js 20, stream, Two reading modes',
    quote:
      'If a Readable is switched into flowing mode and there are no consumers available to handle the data, ' +
      'that data will be lost.',
  }),
  subjects: ['node-stdio'],
  expected:
    "All of it: nobody switched the stream. Node 20: nothing for who attaches 'data' a turn after 'exit', for " +
    "example after `await once(child, 'exit')`; all for who does within the listener of 'exit'.",
  procedure:
    "Three children write 100,000 bytes; 'data' is listened to from the start, from within the listener of " +
    "'exit', and a turn after it.",
  quick: true,
  observe: async (checkRun) => {
    const writtenBytes = 100_000;
    const start = (): ChildProcess =>
      checkRun.spawn('head', { args: ['-c', String(writtenBytes), '/dev/zero'], stdio: ['ignore', 'pipe', 'inherit'] });
    const [early, atExit, late] = [start(), start(), start()];
    const found = await Promise.all([
      bytesHeard(early, (listen) => listen()),
      bytesHeard(atExit, (listen) => void atExit.once('exit', listen)),
      bytesHeard(late, (listen) => afterExit(late, listen)),
    ]);
    return { version: process.version, writtenBytes, early: found[0], atExit: found[1], late: found[2] };
  },
  judge: ({ version, writtenBytes, early, atExit, late }) => {
    if (writtenBytes < 1000 || early !== writtenBytes)
      return {
        verdict: 'broken',
        evidence: `Only ${early} of ${writtenBytes} bytes came to who listened from the start.`,
      };
    const evidence =
      `Node ${version}: of ${writtenBytes} bytes ${atExit} came to who listened from within ` +
      `'exit', ${late} to who did a turn later.`;
    return { verdict: late === writtenBytes && atExit === writtenBytes ? 'pass' : 'deviation', evidence };
  },
  proofs: [
    {
      name: 'it waits',
      observation: { version: 'v20.20.2', writtenBytes: 100_000, early: 100_000, atExit: 100_000, late: 100_000 },
      verdict: 'pass',
    },
    {
      name: 'thrown away',
      observation: { version: 'v20.20.2', writtenBytes: 100_000, early: 100_000, atExit: 100_000, late: 0 },
      verdict: 'deviation',
    },
    {
      name: 'thrown away before exit',
      observation: { version: 'v20.20.2', writtenBytes: 100_000, early: 100_000, atExit: 0, late: 100_000 },
      verdict: 'deviation',
    },
    {
      name: 'nobody got it',
      observation: { version: 'v20.20.2', writtenBytes: 100_000, early: 0, atExit: 100_000, late: 100_000 },
      verdict: 'broken',
    },
    {
      name: 'little written',
      observation: { version: 'v20.20.2', writtenBytes: 1000, early: 1000, atExit: 1000, late: 1000 },
      verdict: 'pass',
    },
    {
      name: 'nothing written',
      observation: { version: 'v20.20.2', writtenBytes: 0, early: 0, atExit: 0, late: 0 },
      verdict: 'broken',
    },
  ],
});

/** Bytes that came to the listener that `attach` attaches, sooner or later, when all is over. */
function bytesHeard(child: ChildProcess, attach: (listen: () => void) => Promise<void> | void): Promise<number> {
  let bytes = 0;
  const closed = new Promise((resolve) => void child.once('close', resolve));
  const attached = attach(() => void child.stdout?.on('data', (chunk: Buffer) => (bytes += chunk.length)));
  return Promise.all([closed, attached]).then(() => bytes);
}

/**
 * A turn after 'exit'. Where the stream flows by then, into nothing, its end is awaited: how far it got in one turn is
 * chance.
 */
async function afterExit(child: ChildProcess, listen: () => void): Promise<void> {
  await exitOf(child);
  await nextTurn();
  if (child.stdout?.readableFlowing === true && !child.stdout.closed)
    await new Promise((resolve) => void child.stdout?.once('close', resolve));
  listen();
}
