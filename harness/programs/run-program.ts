import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { watchPatience } from '../pair/patience.js';
import { startGuard } from './guard.js';
import { endMarked, environmentOf, freshMark, type Mark } from './marked.js';

export interface ProgramRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** All of its environment. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** null is no limit. */
  readonly timeoutMs: number | null;
  /**
   * How long it may take to end after SIGTERM, once its time has passed or `signal` was aborted; 0 is SIGKILL at once.
   */
  readonly graceMs?: number;
  readonly signal?: AbortSignal | undefined;
  /**
   * Ends it once it has written more than this to stdout and stderr together. Default: no limit, and the last part is
   * kept.
   */
  readonly mostCharacters?: number;
  /** Gets it a channel as descriptor 3: what it says there first is answered with this; null only listens. */
  readonly reply?: string | null;
}

/** How a program ended, and what it said; colours and other control sequences are left out. */
export interface ProgramEnd {
  /** Status 0, in time. */
  readonly isGood: boolean;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
  /** More than `mostCharacters`. */
  readonly wroteTooMuch: boolean;
  /** Why it could not be started, such as ENOENT. */
  readonly code: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order they came. */
  readonly all: string;
  /** What came by descriptor 3. */
  readonly said: string;
}

/** What is kept of each stream: the last part. */
const KEPT_CHARACTERS = 1_000_000;

/**
 * How long the streams of an ended program may stay open: only somebody whom nothing connects with it any more can hold
 * them.
 */
const CLOSED_WITHIN_MS = 1000;

/**
 * Runs a program that is not ours, and resolves when it has ended, or its time has passed, and nothing that it started
 * lives: whatever holds its output open is not waited for, but ended. When this process dies meanwhile, by whatever
 * signal, the program and what it started end too.
 */
export async function runProgram(request: ProgramRequest): Promise<ProgramEnd> {
  const {
    file,
    args,
    cwd,
    env = process.env,
    timeoutMs,
    graceMs = 0,
    signal,
    mostCharacters = Number.POSITIVE_INFINITY,
    reply,
  } = request;
  const unled = freshMark('program');
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', ...(reply === undefined ? [] : ['pipe' as const])];
  const child = spawn(file, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...env, ...environmentOf(unled) },
    detached: true,
    stdio,
  });
  let written = 0;
  const said = listenTo(child, reply ?? null, (characters) => {
    written += characters;
    if (written > mostCharacters) stop();
  });
  const mark: Mark = child.pid === undefined ? unled : { ...unled, group: child.pid };
  const guard = child.pid === undefined ? null : startGuard(mark);
  let ending: Promise<void> | null = null;
  const stop = (): void => void (ending ??= endMarked(mark, graceMs));
  const limit = startLimit(timeoutMs, child.pid ?? 0, stop);
  signal?.addEventListener('abort', stop);
  if (signal?.aborted === true) stop();
  try {
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const { exitCode, killedBy, code } = await endOf(child);
    limit.end();
    await ending;
    if (child.pid !== undefined) {
      await endMarked(mark, graceMs);
      await closedWithin(closed, CLOSED_WITHIN_MS);
    }
    return {
      isGood: exitCode === 0 && !limit.hasPassed(),
      exitCode,
      signal: killedBy,
      timedOut: limit.hasPassed(),
      wroteTooMuch: written > mostCharacters,
      code,
      ...said(),
    };
  } finally {
    limit.end();
    signal?.removeEventListener('abort', stop);
    for (const stream of child.stdio) stream?.destroy();
    await guard?.stop();
  }
}

interface Limit {
  hasPassed(): boolean;
  end(): void;
}

/**
 * On a slow machine loading a program is most of its time: its limit grows with how long it waits for a CPU. null is no
 * limit.
 */
function startLimit(limitMs: number | null, pid: number, stop: () => void): Limit {
  const patience = watchPatience(pid);
  const startedMs = performance.now();
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const look = (ms: number): void => {
    const leftMs = ms * patience.factor() - (performance.now() - startedMs);
    if (leftMs >= 1) return void (timer = setTimeout(look, leftMs, ms));
    isOver = true;
    stop();
  };
  if (limitMs !== null) timer = setTimeout(look, limitMs, limitMs);
  return { hasPassed: () => isOver, end: () => clearTimeout(timer) };
}

interface End {
  readonly exitCode: number | null;
  readonly killedBy: NodeJS.Signals | null;
  readonly code: string | null;
}

function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, killedBy) => resolve({ exitCode, killedBy, code: null }));
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) resolve({ exitCode: null, killedBy: null, code: error.code ?? error.message });
    });
  });
}

function listenTo(
  child: ChildProcess,
  reply: string | null,
  count: (characters: number) => void,
): () => Pick<ProgramEnd, 'stdout' | 'stderr' | 'all' | 'said'> {
  const kept = { stdout: '', stderr: '', all: '', said: '' };
  const keep = (names: readonly (keyof typeof kept)[], chunk: string): void => {
    for (const name of names) kept[name] = (kept[name] + chunk).slice(-KEPT_CHARACTERS);
    if (names.includes('all')) count(chunk.length);
  };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => keep(['stdout', 'all'], chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => keep(['stderr', 'all'], chunk));
  // A socket pair, whichever way @types/node sees it.
  const channel = child.stdio[3] as NodeJS.ReadWriteStream | undefined;
  channel?.setEncoding('utf8').on('data', (chunk: string) => {
    if (kept.said === '' && reply !== null) channel.write(reply);
    keep(['said'], chunk);
  });
  channel?.on('error', () => undefined);
  const plain = (text: string): string => stripVTControlCharacters(text);
  return () => ({ stdout: plain(kept.stdout), stderr: plain(kept.stderr), all: plain(kept.all), said: kept.said });
}

async function closedWithin(closed: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([closed, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
