import { spawn, type ChildProcess, type SerializationType } from 'node:child_process';
import { writeSync } from 'node:fs';
import type { Ending } from './ending-sender.js';

// A parent in Node whose children are run by something else, in a process of its own as their bytes may end it. It says
// what it has found as soon as it has found it, a line each.
export interface RuntimeOrders {
  readonly command: string;
  /** Up to the path of the program. */
  readonly args: readonly string[];
  readonly serialization: SerializationType;
  /** Paths of echo.js and ending-sender.js. */
  readonly echo: string;
  readonly sender: string;
  readonly burst: number;
  /** How much slower this machine is than one at rest; at least 1. */
  readonly slowdown: number;
}

export interface Finding {
  readonly what: string;
  readonly seen: number;
  readonly of: number;
}

const VALUES: readonly unknown[] = [42, null, 'aé€😀', { nested: [{ a: [1, true] }] }, 'x'.repeat(100_000)];

const { command, args, serialization, echo, sender, burst, slowdown } = JSON.parse(
  process.argv[2] ?? '',
) as RuntimeOrders;
/** How long nothing may come until it is certain that nothing will. */
const QUIET_MS = 1000 * slowdown;
const say = (what: string, seen: number, of: number): void =>
  void writeSync(1, `${JSON.stringify({ what, seen, of } satisfies Finding)}\n`);
function start(program: string, ...rest: readonly string[]): ChildProcess {
  const child = spawn(command, [...args, program, ...rest], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization,
  });
  // A channel that closes early is a finding, no failure of this program.
  return child.on('error', () => undefined);
}

await tryEcho();
await tryExit();
process.exit(0);

async function tryEcho(): Promise<void> {
  const child = start(echo);
  const back: unknown[] = [];
  child.on('message', (message) => back.push(message));
  await quiet(() => back.length, 1);
  for (const value of VALUES) child.send(value as string);
  await quiet(() => back.length, 1 + VALUES.length);
  say(
    'values came back as they were',
    VALUES.filter((value) => back.some((message) => JSON.stringify(message) === JSON.stringify(value))).length,
    VALUES.length,
  );
  back.length = 0;
  for (let number = 0; number < burst; number += 1) child.send(number);
  await quiet(() => back.length, burst);
  say('messages of a burst came back in their order', back.filter((number, at) => number === at).length, burst);
  say('echo programs were alive after that', child.exitCode === null && child.signalCode === null ? 1 : 0, 1);
  child.kill('SIGKILL');
}

async function tryExit(): Promise<void> {
  const child = start(
    sender,
    JSON.stringify({ messages: burst, characters: 1, when: 'at once', how: 'exit' } satisfies Ending),
  );
  let arrived = 0;
  child.on('message', () => (arrived += 1));
  const disconnected = new Promise((resolve) => void child.once('disconnect', resolve));
  // Long enough for any runtime to start, send and exit: it only has to have begun to write while nothing is read.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, QUIET_MS);
  await disconnected;
  say('sent before process.exit(), with the parent busy, arrived', arrived, burst);
}

/** Until `all` have come, or none for a while. */
async function quiet(count: () => number, all: number): Promise<void> {
  let since = performance.now();
  for (let before = count(); count() < all && performance.now() - since < QUIET_MS;) {
    await new Promise((resolve) => void setTimeout(resolve, 5));
    if (count() > before) since = performance.now();
    before = count();
  }
}
