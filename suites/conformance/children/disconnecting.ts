import { writeSync } from 'node:fs';

// A child whose channel ends, by its own hand or its parent's. It then tries what is no longer possible, and says what
// it saw.
export interface Disconnection {
  readonly by: 'parent' | 'child';
}

export interface SeenByChild {
  /** Events of 'disconnect'. */
  readonly disconnects: number;
  readonly connected: boolean;
  /** What send() after it returned, and what its callback was told. */
  readonly returned: boolean | undefined;
  readonly callback: string | null;
  /** Errors that `process` emitted: of a send() without a callback, then of a second disconnect(). */
  readonly errors: readonly string[];
}

const { by } = JSON.parse(process.argv[2] ?? '') as Disconnection;
const errors: string[] = [];
let disconnects = 0;
let connected = true;
let returned: boolean | undefined;
let callback: string | null = null;
const codeOf = (error: NodeJS.ErrnoException): string => error.code ?? error.name;

process.on('error', (error: NodeJS.ErrnoException) => errors.push(codeOf(error)));
process.on('disconnect', () => {
  disconnects += 1;
  connected = process.connected;
  returned = process.send?.('late', undefined, undefined, (error) => {
    callback = error === null ? null : codeOf(error);
    process.send?.('late');
    // The error of that is emitted in the next turn: the second disconnect() follows it.
    setImmediate(() => process.disconnect());
  });
});
process.on(
  'exit',
  () => void writeSync(1, JSON.stringify({ disconnects, connected, returned, callback, errors } satisfies SeenByChild)),
);
process.send?.('ready', undefined, undefined, () => {
  if (by === 'child') process.disconnect();
});
