import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { constants } from 'node:os';
import { StringDecoder } from 'node:string_decoder';
import { execa, type Options } from 'execa';
import type { NativeAddon } from '../../native/addon.js';
import { UserError } from '../user-error.js';
import { codeOf } from '../error-code.js';
import { within } from './deadline.js';
import { parseLauncherLine } from './launcher-line.js';
import { watchPatience } from './patience.js';

/**
 * A small process that starts and reaps peers: what Node itself needs for that grows with the memory of the harness
 * (native/README.md).
 */
export interface Launcher {
  /** The parent of what it starts. */
  readonly pid: number;
  /** Resolves when the program runs. Rejects with a NotStarted when it does not, and when the launcher has ended. */
  start(command: LaunchedCommand): Promise<LaunchedProcess>;
  /** false once it has ended. */
  isAlive(): boolean;
  /** Ends it, and what it has started; resolves when it has been reaped. */
  close(): Promise<void>;
}

export interface LaunchedCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** Added to the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Inherited as 3, 4, …; 0 and 1 are /dev/null, 2 is heard by the launcher. Still the caller's to close. */
  readonly descriptors: readonly number[];
}

export interface LaunchedProcess {
  readonly pid: number;
  /** Resolves when it has been waited for, and with the launcher itself, with which it ends. */
  readonly ended: Promise<ProcessEnd>;
  /** The last part of what it wrote to stderr; all of that once it has ended. */
  stderrTail(): string;
  /** SIGKILL. Nothing when it has ended. */
  kill(): void;
}

export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The end of the launcher, with which it ended. */
  readonly lost?: Error;
}

/** The program does not run: `code` is the error of exec(3). */
export class NotStarted extends Error {
  override readonly name = 'NotStarted';
  constructor(readonly code: string) {
    super(`The program does not run (${code}).`);
  }
}

export type LauncherTools = Pick<NativeAddon, 'socketpair' | 'sys'>;

const STDERR_BYTES = 4096;
/** Starting or killing takes a millisecond. One that is silent for so long was stopped. */
const ANSWER_MS = 10_000;

interface Child {
  readonly decoder: StringDecoder;
  stderr: string;
  resolveStart(pid: number): void;
  rejectStart(error: Error): void;
  resolveEnd(end: ProcessEnd): void;
}

/** Starts a launcher. Rejects with a UserError when that does not run. */
export async function startLauncher(path: string, addon: LauncherTools, answerMs = ANSWER_MS): Promise<Launcher> {
  const { child, pid, requests, replies } = await spawnLauncher(path, addon);
  const children = new Map<number, Child>();
  const sending = sendTo(requests, addon);
  let lastId = 0;
  let death: Error | null = null;

  const gone = child.then(({ exitCode, signal, stderr }): void => {
    sending.close();
    const how = signal !== undefined ? `by ${signal}` : `with exit status ${exitCode ?? 'unknown'}`;
    const said = stderr === '' ? '' : `; it wrote: ${stderr}`;
    death = new Error(`The launcher of the peers has ended ${how}${said}.`);
    for (const one of children.values()) {
      one.rejectStart(death);
      one.resolveEnd({ exitCode: null, signal: null, lost: death });
    }
    children.clear();
    return undefined;
  });
  const patience = watchPatience(pid);
  receive(replies, (text) => take(parseLauncherLine(text), children));

  /** A launcher that does not answer is killed, and with it, by the kernel, whatever it has started. */
  const answered = async <T>(answer: Promise<T>): Promise<T> => {
    const late = (): Error => new Error('late');
    await within(answerMs, answer, late, patience.factor).catch((error: unknown) => {
      if (error instanceof Error && error.message === 'late') child.kill('SIGKILL');
    });
    return await answer;
  };
  return {
    pid,
    isAlive: () => death === null,
    async start(program) {
      if (death !== null) throw death;
      lastId += 1;
      const id = lastId;
      const { promise: ended, resolve: resolveEnd } = settleable<ProcessEnd>();
      const { promise: started, resolve: resolveStart, reject: rejectStart } = settleable<number>();
      const one: Child = { decoder: new StringDecoder('utf8'), stderr: '', resolveStart, rejectStart, resolveEnd };
      children.set(id, one);
      sending.request(startRequest(id, program), program.descriptors);
      return {
        pid: await answered(started),
        ended,
        stderrTail: () => one.stderr.trim(),
        kill: () => {
          if (!children.has(id)) return;
          sending.request(['kill', String(id)], []);
          void answered(ended);
        },
      };
    },
    async close() {
      sending.close();
      await answered(gone);
    },
  };
}

async function spawnLauncher(path: string, addon: LauncherTools) {
  const [requests, itsRequests] = addon.socketpair('seqpacket');
  const [replies, itsReplies] = addon.socketpair('stream');
  const options = {
    // execa's types know only 0, 1 and 2 by number; any open descriptor is passed through all the same (9.6.1).
    stdio: ['ignore', 'ignore', 'pipe', ...([itsRequests, itsReplies] as readonly number[] as readonly 1[])],
    reject: false,
    // It ends with this process, however that ends, and orderly when this closes `requests`.
    cleanup: false,
  } satisfies Options;
  const child = execa(path, [String(process.pid)], options);
  for (const theirs of [itsRequests, itsReplies]) closeSync(theirs);
  const { pid } = child;
  // In an object: a subprocess of execa's can be awaited, and would be.
  if (pid !== undefined) return { child, pid, requests, replies };
  closeSync(requests);
  closeSync(replies);
  const { code } = await child;
  throw new UserError(
    `The launcher of the peers cannot be started: ${path} does not run (${code ?? 'no reason given'}). Run ` +
      `'ipcbench build', or raise ulimit -u and -n if the reason is EAGAIN or EMFILE.`,
    5,
  );
}

interface Sending {
  request(words: readonly string[], fds: readonly number[]): void;
  /** Nothing is sent any more. */
  close(): void;
}

function sendTo(requests: number, { sys }: LauncherTools): Sending {
  let isClosed = false;
  return {
    request: (words, fds) => {
      if (isClosed) return;
      const control = fds.length === 0 ? [] : [{ kind: 'rights' as const, fds }];
      try {
        sys.sendmsg(requests, { data: words.join('\0'), control }, sys.constants.MSG_DONTWAIT);
      } catch (error) {
        // Its end is told by `gone`, and a launcher that has stopped reading by `answered`.
        if (!['EPIPE', 'ECONNRESET', 'EAGAIN'].includes(codeOf(error) ?? '')) throw error;
      }
    },
    close: () => {
      if (!isClosed) closeSync(requests);
      isClosed = true;
    },
  };
}

function startRequest(id: number, { file, args, env }: Parameters<Launcher['start']>[0]): string[] {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return ['start', String(id), String(args.length + 1), file, ...args, ...variables];
}

function take(line: ReturnType<typeof parseLauncherLine>, children: Map<number, Child>): void {
  const one = children.get(line.id);
  if (one === undefined) return;
  switch (line.type) {
    case 'started':
      return one.resolveStart(line.pid);
    case 'refused':
      children.delete(line.id);
      return one.rejectStart(new NotStarted(line.code));
    case 'stderr':
      one.stderr = (one.stderr + one.decoder.write(Buffer.from(line.bytes, 'hex'))).slice(-STDERR_BYTES);
      return;
    case 'ended':
      children.delete(line.id);
      return one.resolveEnd({
        exitCode: line.exitCode,
        signal: line.signal === null ? null : signalName(line.signal),
      });
  }
}

function receive(descriptor: number, report: (text: string) => void): void {
  const socket = new Socket({ fd: descriptor, readable: true, writable: false });
  let pending = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    const parts = (pending + chunk).split('\n');
    pending = parts.pop() ?? '';
    for (const part of parts) report(part);
  });
  socket.on('error', () => undefined);
}

function signalName(number: number): string {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`;
}

function settleable<T>(): { promise: Promise<T>; resolve(value: T): void; reject(error: Error): void } {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
