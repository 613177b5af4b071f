import type { ChildProcess } from 'node:child_process';
import type { CheckRun } from '../../../harness/define.js';
import type { Ending } from '../children/ending-sender.js';
import { serializationOf } from './node-ipc-channel.js';
import { blockUntilEnded, exitOf, outputOf, stop } from './process-state.js';

/** What became of messages after which the sender exited or disconnected at once. */
export interface SentThenEnded {
  readonly from: 'child' | 'parent';
  readonly messages: number;
  readonly characters: number;
  readonly arrived: number;
  /** Errors that the sender or the receiver was told of. */
  readonly errors: readonly string[];
  /** Of the child. */
  readonly status: number | null;
}

export type Batch = Pick<SentThenEnded, 'messages' | 'characters'>;

/**
 * libuv 1.51, of Node 22, gives the sockets that it makes for children a buffer of 65,536, which the kernel doubles;
 * before it had the size of net.core.wmem_default.
 */
export const kernelTakes =
  'what the kernel takes at once. Node 20, with 212,992 for net.core.wmem_default: about 219,000 bytes of one ' +
  'message, or 278 short ones. Node 22 and later: about 146,000, or 171';

/**
 * Children that send, each its batch, and then end. `busy` keeps the parent from reading until they have ended: the
 * receiver can then not make room while they write, so the outcome does not depend on who is faster.
 */
export async function receiveFromChildren(
  checkRun: CheckRun,
  batches: readonly Batch[],
  ending: Pick<Ending, 'when' | 'how'>,
  busy: boolean,
): Promise<readonly SentThenEnded[]> {
  const children = batches.map((batch) => {
    const child = checkRun.child(new URL('../children/ending-sender.js', import.meta.url), {
      args: [JSON.stringify({ ...batch, ...ending } satisfies Ending)],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: serializationOf(checkRun.subject),
    });
    return { batch, child, heard: hear(child) };
  });
  if (busy) for (const { child } of children) blockUntilEnded(child.pid as number, 5000 * checkRun.slowdown);
  return Promise.all(
    children.map(async ({ batch: { messages, characters }, heard }) => {
      const { lengths, errors, status } = await heard;
      return {
        from: 'child',
        messages,
        characters,
        arrived: lengths.filter((length) => length === characters).length,
        errors,
        status,
      } as const;
    }),
  );
}

/** The other way round: the parent sends to a child that is stopped meanwhile, or that listens, and disconnects. */
export async function sendToChild(
  checkRun: CheckRun,
  { messages, characters }: Batch,
  when: Ending['when'],
): Promise<SentThenEnded> {
  const child = checkRun.child(new URL('../children/counting-receiver.js', import.meta.url), {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    serialization: serializationOf(checkRun.subject),
  });
  const errors: string[] = [];
  const note = (error: Error | null): void => void (error === null ? undefined : errors.push(error.message));
  child.on('error', note);
  const said = outputOf(child);
  const ended = exitOf(child);
  await checkRun.event(child, 'message');
  const text = 'x'.repeat(characters);
  if (when === 'at once') await stop(checkRun, child.pid as number);
  for (let sent = 1; sent < messages; sent += 1) child.send(text);
  if (when === 'at once') {
    child.send(text);
    child.disconnect();
    child.kill('SIGCONT');
  } else {
    child.send(text, (error) => {
      note(error);
      child.disconnect();
    });
  }
  const status = await ended;
  const lengths = JSON.parse((await said) || '[]') as number[];
  return {
    from: 'parent',
    messages,
    characters,
    arrived: lengths.filter((length) => length === characters).length,
    errors,
    status,
  };
}

async function hear(child: ChildProcess): Promise<{
  readonly lengths: readonly number[];
  readonly errors: readonly string[];
  readonly status: number | null;
}> {
  const lengths: number[] = [];
  const errors: string[] = [];
  child.on('message', (text: string) => lengths.push(text.length));
  child.on('error', (error) => errors.push(error.message));
  // The end of the channel comes after everything that was in it; the end of the child may come before.
  const [status] = await Promise.all([exitOf(child), new Promise((resolve) => void child.once('disconnect', resolve))]);
  return { lengths, errors, status };
}
