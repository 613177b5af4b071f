import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { parseControlLine, type ControlLine, type LineOf } from './control-line.js';

/** The harness's end of one peer's control channel. It is never the measured one, and never Node's IPC. */
export interface ControlChannel {
  /**
   * Resolves with the first line of this type, also when it came before the call. Rejects when the channel fails or
   * ends first.
   */
  waitFor<Type extends ControlLine['type']>(type: Type): Promise<LineOf<Type>>;
  send(word: 'go' | 'drain'): void;
  /** Makes every wait reject with this error; the first one wins. */
  fail(error: Error): void;
  /** The error that waits reject with; null while there is none. */
  failure(): Error | null;
  /**
   * When the peer failed, by performance.now(), as seen from here: of one that ended without a word, when its end
   * closed.
   */
  failedAtMs(): number;
  /** Resolves once the peer's end is closed by everyone who held it: the peer is gone, or as good as. */
  readonly ended: Promise<void>;
  /** Closes our end, which tells a living peer to end. */
  close(): void;
}

/** The peer said that it failed. */
export class PeerError extends Error {
  constructor(readonly line: LineOf<'error'>) {
    super(line.message);
    this.name = 'PeerError';
  }

  /** As errors of system calls have it. */
  get code(): string | null {
    return this.line.code;
  }
}

type Waiter = { resolve(line: ControlLine): void; reject(error: Error): void };

/** Takes ownership of `descriptor`, one end of a stream socketpair. */
export function openControlChannel(descriptor: number): ControlChannel {
  const socket = new Socket({ fd: descriptor, readable: true, writable: true });
  const lines = new Map<string, ControlLine>();
  const waiters = new Map<string, Waiter[]>();
  let failure: Error | null = null;
  let failedAtMs: number | null = null;
  let endedAtMs: number | null = null;
  let pending = '';
  const seeEnd = (): void => void (endedAtMs ??= performance.now());

  const fail = (error: Error): void => {
    failure ??= error;
    failedAtMs ??= endedAtMs ?? performance.now();
    for (const list of waiters.values()) for (const waiter of list) waiter.reject(failure);
    waiters.clear();
  };

  const accept = (text: string): void => {
    const line = parseControlLine(text);
    if (line === null) return fail(notALine(text));
    if (line.type === 'error') return fail(new PeerError(line));
    lines.set(line.type, line);
    for (const waiter of waiters.get(line.type) ?? []) waiter.resolve(line);
    waiters.delete(line.type);
  };

  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const parts = (pending + chunk).split('\n');
    pending = parts.pop() ?? '';
    for (const part of parts) accept(part);
  });
  // A peer that was killed with words of ours unread resets the connection: that is an end like any other.
  socket.on('error', seeEnd);
  // Before `close`, which comes a turn later: who ended first is asked when both have.
  socket.on('end', seeEnd);
  const ended = new Promise<void>((resolve) => socket.on('close', () => resolve()));

  return {
    waitFor: <Type extends ControlLine['type']>(type: Type) =>
      new Promise<LineOf<Type>>((resolve, reject) => {
        const line = lines.get(type);
        if (line !== undefined) return resolve(line as LineOf<Type>);
        if (failure !== null) return reject(failure);
        const waiter: Waiter = { resolve: (found) => resolve(found as LineOf<Type>), reject };
        waiters.set(type, [...(waiters.get(type) ?? []), waiter]);
      }),
    send: (word) => {
      if (socket.destroyed) return;
      try {
        // Not socket.write(): when it fails, Node drops the socket with all that the peer said before it ended. A word
        // always fits.
        writeSync(descriptor, `${word}\n`);
      } catch {
        // The peer has ended, which reading tells, with everything it said before.
      }
    },
    fail,
    failure: () => failure,
    failedAtMs: () => failedAtMs ?? Number.POSITIVE_INFINITY,
    ended,
    close: () => socket.destroy(),
  };
}

function notALine(text: string): Error {
  return new Error(
    `A peer wrote '${text.slice(0, 120)}' to its control channel, which this version does not ` +
      "understand. Run 'ipcbench build' if the native core is older than the rest.",
  );
}
