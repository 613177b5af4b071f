import { Socket } from 'node:net';
import type { PeerResult } from '../model/index.js';
import type { Failure } from './failure.js';

/** What a peer says over its control channel (native/README.md, "Control lines"). */
export type PeerLine =
  | { readonly type: 'ready'; readonly pid: number }
  | { readonly type: 'sent'; readonly messages: number; readonly leftOpen?: string | null }
  | ({ readonly type: 'result' } & Omit<PeerResult, 'role'> & { readonly leftOpen?: string | null })
  | ({ readonly type: 'error' } & Failure);

export type ControlWord = 'go' | 'drain';

/** The peer's end of its control channel. */
export interface Control {
  /** Resolves when the kernel has all of the line. */
  send(line: PeerLine): Promise<void>;
  /** Resolves with the next word, which may have come before. Rejects a word that is not this one. */
  waitFor(word: ControlWord): Promise<void>;
}

/**
 * `descriptor` is a stream socket to the harness. `onGone` is called when its other end is closed, at any moment.
 * Watched by the same epoll as everything else in this process, it costs a measured loop nothing until there is
 * something to read.
 */
export function openControl(descriptor: number, onGone: () => void): Control {
  const socket = new Socket({ fd: descriptor, readable: true, writable: true });
  const words: string[] = [];
  let waiting: ((word: string) => void) | null = null;
  let pending = '';

  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const parts = (pending + chunk).split('\n');
    pending = parts.pop() ?? '';
    words.push(...parts);
    if (waiting === null || words.length === 0) return;
    const resolve = waiting;
    waiting = null;
    resolve(words.shift() ?? '');
  });
  socket.on('error', onGone);
  socket.on('end', onGone);

  return {
    send: (line) => new Promise((resolve) => socket.write(`${JSON.stringify(line)}\n`, () => resolve())),
    async waitFor(word) {
      const said = words.shift() ?? (await new Promise<string>((resolve) => (waiting = resolve)));
      if (said !== word) throw new Error(`The harness sent '${said}' where '${word}' was expected.`);
    },
  };
}
