import type { ChildProcess, Serializable } from 'node:child_process';

/**
 * What to do when send() returns false. Undefined when there is room for more; else a promise of this message's having
 * been written, which is the time to send the next one. So no more than Node's threshold of 128 KiB and one message
 * wait in memory. Rejects with the error that the callback is given.
 */
export function sendWithRoom(channel: Pick<ChildProcess, 'send'>, message: Serializable): Promise<void> | undefined {
  let settle: ((error: Error | null) => void) | undefined;
  if (channel.send(message, (error) => settle?.(error))) return undefined;
  return new Promise((resolve, reject) => {
    settle = (error) => (error === null ? resolve() : reject(error));
  });
}
