import { closeSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { NativeAddon } from '../../native/addon.js';
import { endMarked, environmentOf, freshMark, type Mark } from '../programs/marked.js';
import { onLines } from './lines.js';
import { watchPatience } from '../pair/patience.js';
import { parseCheckRunLine, type CheckRunEnding, type CheckRunJob, type CheckRunLine } from './protocol.js';

/** A process in which procedures run. Whatever one does to it, the next one gets another if need be. */
export interface CheckProcess {
  /**
   * Runs one job; resolves with how the process ended instead when it did, or when the deadline passed and it was
   * killed. On a machine that is slow at that moment the deadline is as much longer (`patience.ts`).
   */
  run(
    job: Omit<CheckRunJob, 'slowdown'>,
    deadlineMs: number,
  ): Promise<CheckRunEnding | { readonly type: 'died'; readonly how: string }>;
  /** false once it has died. */
  isAlive(): boolean;
  /** Ends it, with everything that it started, and waits for that. */
  end(): Promise<void>;
}

export interface HostTools {
  readonly addon: Pick<NativeAddon, 'socketpair'>;
  readonly addonPath: string;
  /** The program that runs it: node, or whatever stands for it, and what that is given before the script. */
  readonly runtime: { readonly file: string; readonly args: readonly string[] };
  /** Added to the environment it inherits. */
  readonly env: Readonly<Record<string, string>>;
}

const SCRIPT = fileURLToPath(new URL('./host.js', import.meta.url));
const STDERR_BYTES = 2048;
/** Longest time for a host to begin: it loads Node and the core, a tenth of a second on a machine at rest. */
const START_MS = 10_000;
/**
 * For what a host said before its end to be read: a program that it forked may hold the descriptor open, and then no
 * end is told.
 */
const LAST_WORDS_MS = 200;

export function startCheckProcess(tools: HostTools): CheckProcess {
  const mark = freshMark('host');
  const { child, descriptor } = spawnHost(tools, mark);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-STDERR_BYTES);
  });
  let slowdown = watchPatience(child.pid ?? 0);
  const lines: CheckRunLine[] = [];
  let death: string | null = null;
  let isGone = false;
  let wake = (): void => undefined;

  const control = new Socket({ fd: descriptor, readable: true, writable: true });
  control.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => control.once('close', () => resolve()));
  onLines(control, (text) => {
    const line = lineOf(text);
    if (line === null) {
      death ??=
        `wrote '${text.slice(0, 120)}' to its control channel, which this version does not understand, ` +
        'and was killed';
      child.kill('SIGKILL');
    } else if (line.type === 'hosting') slowdown = watchPatience(line.pid);
    if (line !== null) lines.push(line);
    wake();
  });
  const exited = new Promise<void>((resolve) => {
    const die = (how: string): void => {
      death ??= how;
      resolve();
    };
    child.once('exit', (code, signal) =>
      die(signal === null ? `ended with exit status ${code}` : `ended by ${signal}`),
    );
    // One that could not even be spawned has no events (execa 9.6.1).
    if (child.pid === undefined)
      void child.then(({ code }) => die(`could not be started (${code ?? 'no reason given'})`));
  });
  const gone = exited.then(async () => {
    await Promise.race([closed, delay(LAST_WORDS_MS, undefined, { ref: false })]);
    await endMarked(mark);
    control.destroy();
    child.stderr.destroy();
    isGone = true;
    wake();
  });

  const nextLine = async (): Promise<CheckRunLine | null> => {
    while (lines.length === 0 && !isGone) await new Promise<void>((resolve) => (wake = resolve));
    return lines.shift() ?? null;
  };
  /** null when it died first, or was killed because it took that long. */
  const within = async (deadlineMs: number, doing: string): Promise<CheckRunLine | null> => {
    const startedMs = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const look = (): void => {
      const limitMs = deadlineMs * slowdown.factor();
      const leftMs = limitMs - (performance.now() - startedMs);
      if (leftMs > 0) {
        timer = setTimeout(look, leftMs);
        return;
      }
      death ??= `did not ${doing} within ${limitMs} ms and was killed`;
      child.kill('SIGKILL');
    };
    timer = setTimeout(look, deadlineMs);
    const line = await nextLine();
    clearTimeout(timer);
    return line;
  };

  let hasBegun = false;
  return {
    run: async (job, deadlineMs) => {
      hasBegun ||= (await within(START_MS, 'begin')) !== null;
      if (hasBegun && !control.destroyed) sayTo(descriptor, { ...job, slowdown: slowdown.factor() });
      const ending = hasBegun ? await within(deadlineMs, 'finish') : null;
      if (ending !== null && ending.type !== 'hosting') return ending;
      return {
        type: 'died',
        how:
          `Its process ${death ?? 'started a second time'}.` +
          `${stderr.trim() === '' ? '' : ` It wrote: ${stderr.trim()}`}`,
      };
    },
    isAlive: () => death === null,
    end: async () => {
      child.kill('SIGKILL');
      control.destroy();
      await gone;
    },
  };
}

function spawnHost({ addon, addonPath, runtime, env }: HostTools, mark: Mark) {
  const [descriptor, theirs] = addon.socketpair('stream');
  try {
    const child = execa(runtime.file, [...runtime.args, SCRIPT, addonPath, String(process.pid)], {
      stdio: ['ignore', 'ignore', 'pipe', theirs as 1],
      buffer: false,
      reject: false,
      cleanup: true,
      env: { ...env, ...environmentOf(mark) },
    });
    return { child, descriptor };
  } finally {
    closeSync(theirs);
  }
}

function lineOf(text: string): CheckRunLine | null {
  try {
    return parseCheckRunLine(text);
  } catch {
    return null;
  }
}

/**
 * Not socket.write(): when it fails, Node drops the socket with all that the host said before it ended. A job always
 * fits.
 */
function sayTo(descriptor: number, job: CheckRunJob): void {
  try {
    writeSync(descriptor, `${JSON.stringify(job)}\n`);
  } catch {
    // It has ended, which its exit tells.
  }
}
