import { spawn, type Serializable, type SerializationType } from 'node:child_process';
import { writeSync } from 'node:fs';

// The parent under test, in a process of its own because a child's bytes may end it. What it notices goes to its
// stdout, a line each and at once. It answers every message and every error that it caught with 'go', so that a child
// can wait until it has been heard.
export interface ParentOrders {
  readonly file: string;
  readonly args: readonly string[];
  readonly serialization: SerializationType;
  /** Installs a listener of 'uncaughtException': to see what becomes of the channel after one. */
  readonly catches: boolean;
}

export type ParentLine =
  | { readonly event: 'message'; readonly message: unknown }
  | { readonly event: 'error' | 'uncaught'; readonly name: string }
  | { readonly event: 'disconnect' | 'exit' };

const orders = JSON.parse(process.argv[2] ?? '') as ParentOrders;
const say = (line: ParentLine): void => void writeSync(1, `${JSON.stringify(line)}\n`);
const child = spawn(orders.file, orders.args, {
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  serialization: orders.serialization,
});
const answer = (): void => {
  // A failure to send is no finding of ours: the child may be gone by then.
  if (child.connected) child.send('go' satisfies Serializable, () => undefined);
};
const errorName = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : error.name;

if (orders.catches) {
  process.on('uncaughtException', (error) => {
    say({ event: 'uncaught', name: errorName(error) });
    answer();
  });
}
child.on('message', (message) => {
  say({ event: 'message', message });
  answer();
});
child.on('error', (error) => {
  say({ event: 'error', name: errorName(error) });
  answer();
});
child.on('disconnect', () => say({ event: 'disconnect' }));
child.on('exit', () => say({ event: 'exit' }));
