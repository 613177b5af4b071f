import { writeSync } from 'node:fs';
import { channelFd, type TestMessage } from '../messages.js';

/** Synchronous, so that what was said before a process.exit() or a crash still arrives. */
export function send(message: TestMessage): void {
  let rest = Buffer.from(`${JSON.stringify(message)}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(channelFd, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}
