import type { ChildProcess } from 'node:child_process';
import type { Endpoint, EndpointContext } from '../../../harness/define.js';

/** How a message becomes a value that `send` takes, and back. */
export interface MessageCoding {
  encode(message: Buffer): string | Buffer;
  /** null for a value that is no message of ours. */
  decode(value: unknown): Uint8Array | null;
}

/** Both ends of Node's channel: a ChildProcess in the parent, `process` in the child. */
type Channel = Pick<ChildProcess, 'connected' | 'disconnect' | 'on' | 'once'> & {
  send(message: string | Buffer, callback: (error: Error | null) => void): boolean;
};

/** One end of the channel between a parent and the child it forked: the initiator forks, the responder was forked. */
export const openNodeIpc = (
  context: EndpointContext,
  serialization: 'json' | 'advanced',
  coding: MessageCoding,
): Endpoint => {
  const channel = (context.role === 'initiator' ? context.forkResponder({ serialization }) : process) as Channel;
  let failure: Error | undefined;
  let sent = 0;
  let settled = 0;
  let flushed: { resolve(): void; reject(error: Error): void } | undefined;

  // Node, child_process: "The callback is a function that is invoked after the message is sent"; "can be used to
  // implement flow control". One function for all messages: a closure for each would be our cost, not the transport's.
  const settle = (error: Error | null): void => {
    settled += 1;
    if (error) failure ??= error;
    if (flushed === undefined || settled < sent) return;
    const { resolve, reject } = flushed;
    flushed = undefined;
    if (failure) reject(failure);
    else resolve();
  };
  const untilFlushed = (): Promise<void> =>
    new Promise((resolve, reject) => {
      if (settled === sent) return failure ? reject(failure) : resolve();
      flushed = { resolve, reject };
    });

  let receive: ((message: Uint8Array) => void) | undefined;
  const early: Uint8Array[] = [];
  channel.on('message', (value: unknown) => {
    const message = coding.decode(value);
    if (message === null) return;
    if (receive) receive(message);
    else early.push(message);
  });
  channel.on('error', (error: Error) => (failure ??= error));

  return {
    send(message) {
      sent += 1;
      // "subprocess.send() will return false if the channel has closed or when the backlog of unsent messages exceeds a
      // threshold that makes it unwise to send more."
      if (channel.send(coding.encode(asBuffer(message)), settle)) return undefined;
      return untilFlushed();
    },
    onMessage(callee) {
      receive = callee;
      for (const message of early.splice(0)) callee(message);
    },
    onEnd: (ended) => void channel.once('disconnect', () => ended(failure)),
    // disconnect() drops what is still queued, without an error at either end: so not before the last callback.
    async close() {
      await untilFlushed().catch(() => undefined);
      if (channel.connected) channel.disconnect();
    },
  };
};

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
