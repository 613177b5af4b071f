import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { CheckRun } from '../../../harness/define.js';
import { nameOf, NODE_IPC, serializationOf } from './node-ipc-channel.js';
import { receiveNumbered, sendNumbered, type NumberedTally } from './numbered-messages.js';
import { processState, stop } from './process-state.js';

export const isNodeIpc = (subject: string): boolean => (NODE_IPC as readonly string[]).includes(subject);

/** More messages than any check waits for. */
const FOR_EVER = 2 ** 40;

/**
 * Kills a Node child that sends without end: while nobody reads and it has stopped sending, or while this process
 * reads.
 */
export async function killSender(
  checkRun: CheckRun,
  moment: 'blocked' | 'flowing',
): Promise<{ signal: number | null; received: number; damaged: number; ending: string }> {
  const child = startPeer(checkRun, 'writer', FOR_EVER);
  const heard = receiveNumbered(child);
  const ends = listenForEnds(child);
  await checkRun.until(
    'a message came',
    () => heard.received > (moment === 'blocked' ? 0 : 50 + (checkRun.seed % 200)),
  );
  // This process reads only when its event loop runs: as long as it does not, the channel fills.
  if (moment === 'blocked') blockUntilAsleep(child.pid as number);
  child.kill('SIGKILL');
  await checkRun.until(
    'the child has ended',
    () => ends.signal !== undefined && (ends.disconnected || ends.errors.length > 0),
  );
  const { received, damaged } = heard;
  return {
    signal: ends.signal ?? null,
    received,
    damaged,
    ending: ends.errors.length > 0 ? ends.errors.join(', ') : 'end',
  };
}

/** Kills a Node child that reads, or has stopped reading, while this process sends without end. */
export async function killReceiver(
  checkRun: CheckRun,
  moment: 'blocked' | 'flowing',
): Promise<{ signal: number | null; accepted: number; error: string }> {
  const child = startPeer(checkRun, 'reader', FOR_EVER);
  const ends = listenForEnds(child);
  await checkRun.event(child, 'message');
  if (moment === 'blocked') await stop(checkRun, child.pid as number);
  const sending = { accepted: 0, stuck: false };
  // Ends with the error of the first message that is sent too late.
  sendNumbered(child, FOR_EVER, sending).catch(() => undefined);
  // Stopped, it reads nothing: once there is no room, there will be none.
  await checkRun.until('enough was sent', () =>
    moment === 'blocked' ? sending.stuck : sending.accepted > 50 + (checkRun.seed % 200),
  );
  child.kill('SIGKILL');
  await checkRun.until('the child has ended', () => ends.signal !== undefined);
  await checkRun.until('the sender is told', () => ends.disconnected).catch(() => undefined);
  return {
    signal: ends.signal ?? null,
    accepted: sending.accepted,
    error: ends.disconnected ? 'disconnect' : (ends.errors[0] ?? 'none'),
  };
}

/** A Node child stopped and continued, once as the one that reads and once as the one that writes. */
export async function stopPeers(
  checkRun: CheckRun,
  messages: number,
): Promise<{
  readerStopped: number;
  writerStopped: number;
  sent: number;
  received: number;
  damaged: number;
  errors: readonly string[];
}> {
  const reader = startPeer(checkRun, 'reader', messages);
  const readerEnds = listenForEnds(reader);
  await checkRun.event(reader, 'message');
  await stop(checkRun, reader.pid as number);
  const sending = { accepted: 0, stuck: false };
  const sent = sendNumbered(reader, messages, sending);
  await checkRun.until('there is no room', () => sending.stuck);
  reader.kill('SIGCONT');
  const [tally] = (await checkRun.event(reader, 'message', 20_000)) as [NumberedTally];
  await sent;

  const writer = startPeer(checkRun, 'writer', messages);
  const writerEnds = listenForEnds(writer);
  const heard = receiveNumbered(writer);
  await checkRun.until('some came', () => heard.received > 0);
  await stop(checkRun, writer.pid as number);
  const isMidway = heard.received < messages;
  let before = -1;
  await checkRun.until('nothing comes any more', () => before === (before = heard.received));
  writer.kill('SIGCONT');
  await checkRun.until('all came, or the end', () => writerEnds.disconnected, 20_000);
  return {
    readerStopped: sending.stuck ? 1 : 0,
    writerStopped: isMidway ? 1 : 0,
    sent: 2 * messages,
    received: tally.received + heard.received,
    damaged: tally.damaged + heard.damaged,
    errors: [...readerEnds.errors, ...writerEnds.errors],
  };
}

/** children/disturbed-peer.ts: it writes that many messages, or says 'ready' and reads them. */
export function startPeer(checkRun: CheckRun, role: 'writer' | 'reader', messages: number): ChildProcess {
  return checkRun.child(new URL('../children/disturbed-peer.js', import.meta.url), {
    args: [role, String(messages)],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: serializationOf(checkRun.subject),
  });
}

/** What became of a child, and of the channel to it. */
export interface Ends {
  signal?: number | null;
  disconnected: boolean;
  readonly errors: string[];
}

export function listenForEnds(child: ChildProcess): Ends {
  const ends: Ends = { disconnected: false, errors: [] };
  child.on('error', (error) => ends.errors.push(nameOf(error)));
  child.on('disconnect', () => (ends.disconnected = true));
  child.on('exit', (_, signal) => (ends.signal = signal === null ? null : constants.signals[signal]));
  return ends;
}

/** Looks several times, with time to run in between: a child that only waits for the processor is not asleep. */
function blockUntilAsleep(pid: number): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let [asleep, looks] = [0, 0]; asleep < 5 && looks < 2000; looks += 1) {
    asleep = processState(pid) === 'S' ? asleep + 1 : 0;
    Atomics.wait(pause, 0, 0, 2);
  }
}
