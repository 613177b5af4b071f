import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { startDeadline } from './deadline.js';
import type { TestFile } from './find-test-files.js';
import { judgeFile, type Ending, type FileVerdict } from './judge-file.js';
import {
  findLeftFiles,
  findLeftProcesses,
  killProcesses,
  removeFolder,
  testIdVariable,
  type LeftProcess,
  type TestMark,
} from './leak-check.js';
import { failureOf, parseTestMessage, type TestMessage } from './messages.js';

export interface FileReport extends FileVerdict {
  readonly source: string;
  readonly durationMs: number;
  readonly stdout: string;
  readonly stderr: string;
}

const graceMs = 1000;
const running = new Set<() => void>();

/**
 * One test file in a process, a session and a temporary directory of its own; whatever happens in it, this comes back
 * and tidies up.
 */
export async function runFile(file: TestFile, defaultDeadlineS: number): Promise<FileReport> {
  const deadlineS = file.deadlineS ?? defaultDeadlineS;
  const tmp = mkdtempSync(join(shortTmpdir(), 'ib-'));
  const id = randomBytes(8).toString('hex');
  const startMs = performance.now();
  const child = execa(process.execPath, argumentsFor(file, deadlineS), {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    buffer: { fd3: false },
    env: { TMPDIR: tmp, [testIdVariable]: id, NODE_TEST_CONTEXT: undefined },
    // A session of its own, so that the resource snapshot also knows children whose environment was replaced.
    detached: true,
    reject: false,
  });
  const mark: TestMark = { id, session: child.pid ?? -1 };
  const tidyUp = (): void => {
    killProcesses(findLeftProcesses(mark));
    removeFolder(tmp);
  };
  running.add(tidyUp);

  const deadline = startDeadline(deadlineS, child);
  const messages: TestMessage[] = [];
  const heard = listen(child.iterable({ from: 'fd3' }), (message) => {
    messages.push(message);
    deadline.receive(message);
  });

  if (child.pid !== undefined) await once(child, 'exit');
  deadline.disarm();
  const durationMs = performance.now() - startMs;
  // A child that outlives the file may hold its pipes: the resource snapshot comes first, or their end would never
  // come.
  const leftProcesses = await waitForNone(mark);
  killProcesses(leftProcesses);
  await waitForNone(mark);
  const letGo = setTimeout(() => {
    messages.push({
      kind: 'fault',
      failure: failureOf('a process that left its session and its environment behind still holds its output open'),
    });
    for (const stream of child.stdio) stream?.destroy();
  }, graceMs);
  const result = await child;
  await heard;
  clearTimeout(letGo);
  const leftFiles = findLeftFiles(tmp).map((path) => path.replace(`${tmp}/`, ''));
  tidyUp();
  running.delete(tidyUp);

  const verdict = judgeFile({
    messages,
    ending: deadline.passed() ?? endingOf(result),
    leftProcesses: leftProcesses.map(({ pid, command }) => `${command} (pid ${pid})`),
    leftFiles,
  });
  return { ...verdict, source: file.source, durationMs, stdout: result.stdout, stderr: result.stderr };
}

/** For SIGINT and SIGTERM: the sessions of the running files do not get them. */
export function abandonRunningFiles(): void {
  for (const tidyUp of running) tidyUp();
}

// A socket path holds 107 bytes on Linux, 103 on macOS, whose own temporary directory takes half of them.
function shortTmpdir(): string {
  return process.platform === 'win32' || tmpdir().length <= 20 ? tmpdir() : '/tmp';
}

function argumentsFor(file: TestFile, deadlineS: number): string[] {
  switch (file.runBy) {
    case 'uvu':
      return [fileURLToPath(new URL('./child/uvu-child.js', import.meta.url)), file.built, String(deadlineS * 1000)];
    case 'node:test':
      return [
        `--test-reporter=${new URL('./child/proof-reporter.js', import.meta.url).href}`,
        '--test-reporter-destination=stdout',
        file.built,
      ];
  }
}

async function listen(lines: AsyncIterable<unknown>, receive: (message: TestMessage) => void): Promise<void> {
  for await (const line of lines) {
    try {
      receive(parseTestMessage(String(line)));
    } catch (error) {
      receive({
        kind: 'fault',
        failure: failureOf(
          `its result pipe carried something that is not a result: ${String(line).slice(0, 200)} (` +
            `${String(error)})`,
        ),
      });
    }
  }
}

// A child that ends because the test's process did (EOF, its parent's death) is given the time to do so.
async function waitForNone(mark: TestMark): Promise<LeftProcess[]> {
  const untilMs = performance.now() + graceMs;
  for (;;) {
    const left = findLeftProcesses(mark);
    if (left.length === 0 || performance.now() > untilMs) return left;
    await delay(20);
  }
}

function endingOf(result: {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly shortMessage?: string | undefined;
}): Ending {
  if (result.signal !== undefined) return { kind: 'signalled', signal: result.signal };
  if (result.exitCode !== undefined) return { kind: 'exited', code: result.exitCode };
  return { kind: 'signalled', signal: `a failure to start (${result.shortMessage ?? 'unknown'})` };
}
