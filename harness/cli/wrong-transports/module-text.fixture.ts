import type { Guarantees } from '../../model/index.js';

/** What is wrong with a transport, as source of its module; nothing is wrong where nothing is said. */
export interface Flaw {
  readonly guarantees?: Partial<Guarantees>;
  /** At the top of the module. */
  readonly top?: string;
  /** In `open`, before anything else. */
  readonly before?: string;
  /**
   * The body of `onSend(message, n)`: gives back what is put on the socket instead of message number n, or null for
   * nothing.
   */
  readonly onSend?: string;
  /** The body of `onReceive(message, n, receive)`: hands over message number n. */
  readonly onReceive?: string;
  /** Members of the endpoint that stand for those of a right one. */
  readonly endpoint?: string;
}

/** A transport over a Unix socket. For framing `message` it puts the length of each before it. */
// One template: the text of one module, which reads best in one piece.
// oxlint-disable-next-line max-lines-per-function
export function moduleText(
  name: string,
  {
    guarantees = {},
    top = '',
    before = '',
    onSend = 'return message;',
    onReceive = 'receive(message);',
    endpoint = '',
  }: Flaw,
): string {
  const promised = {
    framing: 'message',
    ordered: true,
    reliable: true,
    eof: true,
    duplex: true,
    atomicWriteBytes: null,
    maxMessageBytes: null,
    backpressure: 'advises',
    ...guarantees,
  };
  return (
    `
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import * as fs from 'node:fs';
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
${top}
const isFramed = ${promised.framing === 'message'};
const onSend = (message, n) => { ${onSend} };
const onReceive = (message, n, receive, socket) => { ${onReceive} };
export default {
  name: '${name}', summary: 'Wrong on purpose.', platforms: ['linux'],
  guarantees: ${JSON.stringify(promised)},
  arrange(tools) {
    const path = tools.path('m');
    return { initiator: { spec: path, descriptors: [] }, responder: { spec: '{0}', descriptors: ` +
    `[tools.listenUnix(path, 'stream')] } };
  },
  js: { topology: 'spawned', async open({ role, spec }) {
    ${before}
    const socket = role === 'initiator' ? connect(spec) : (await once(createServer().listen({ fd: ` +
    `Number(spec) }), 'connection'))[0];
    let sent = 0;
    let got = 0;
    const put = (message) => {
      const head = Buffer.alloc(isFramed ? 4 : 0);
      if (isFramed) head.writeUInt32LE(message.length);
      return socket.write(Buffer.concat([head, message])) ? undefined : once(socket, 'drain').then(() => undefined);
    };
    const right = {
      send(message) {
        const changed = onSend(message, sent++);
        if (changed === null) return undefined;
        return Array.isArray(changed) ? changed.map(put).at(-1) : put(changed);
      },
      onMessage(receive) {
        if (!isFramed) return void socket.on('data', (chunk) => onReceive(chunk, got++, receive, socket));
        let parts = [], filled = 0, wanted = null;
        socket.on('data', (chunk) => {
          parts.push(chunk);
          filled += chunk.length;
          while (filled >= (wanted ?? 4)) {
            const all = parts.length === 1 ? parts[0] : Buffer.concat(parts);
            const cut = wanted ?? 4;
            const piece = all.subarray(0, cut);
            parts = [all.subarray(cut)];
            filled -= cut;
            if (wanted === null) wanted = piece.readUInt32LE();
            else { wanted = null; onReceive(piece, got++, receive, socket); }
          }
        });
      },
      onEnd: (ended) => socket.once('end', () => ended()),
      close: () => new Promise((resolve) => socket.end(resolve)),
    };
    return { ...right, ${endpoint} };
  } },
};
`
  );
}
