import type { Socket } from 'node:net';

/**
 * Tells each line that comes in. Not node:readline: an error of the stream below is emitted again by the interface over
 * it, where nobody listens, and ends the process (Node 20, lib/internal/readline/interface.js).
 */
export function onLines(socket: Socket, report: (line: string) => void): void {
  let pending = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const parts = (pending + chunk).split('\n');
    pending = parts.pop() ?? '';
    for (const part of parts) report(part);
  });
}
