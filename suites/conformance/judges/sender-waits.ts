import type { HistoryEvent, History, Judgement } from '../../../harness/model/index.js';
import { broken, passUnlessUndecided } from './evidence.js';
import { readExchange } from './exchange.js';

/** As much as a sender is given in one go to find out (harness/peer/own-queue.ts). */
const BURST_BYTES = 4 * 2 ** 20;

/** The sender was asked to wait before its own process held megabytes of what it had been given. */
export function judgeSenderWaits(history: History): Judgement {
  const exchange = readExchange(history);
  const { sender, receiver } = exchange;
  const sentBytes = bytesOf(sender.events);
  const held = sender.events.find((event) => event.kind === 'held');
  if (held === undefined) {
    const given = ` It was given ${mebibytes(sentBytes)} in total; --messages 10000 gives it more.`;
    const never = "The sender's process never buffered 2 MiB without being asked to wait.";
    return passUnlessUndecided(exchange, () => `${never}${sentBytes < BURST_BYTES ? given : ''}`);
  }
  // What is lost looks like what is held, until the rest has come.
  const size = mebibytes(held.bytes);
  if (sentBytes - bytesOf(receiver.events) > held.bytes / 2) {
    return broken(
      `The sender's process buffered ${size} or lost it; not everything arrived, so these cannot be ` +
        'distinguished.',
    );
  }
  const promise = 'It should return a Promise when the caller should wait.';
  return {
    verdict: 'deviation',
    evidence: `'send' never asked to wait: the sender's process buffered ${size} without passing it on. ${promise}`,
  };
}

function bytesOf(events: readonly HistoryEvent[]): number {
  return events.reduce((sum, event) => sum + (event.kind === 'sent' || event.kind === 'received' ? event.bytes : 0), 0);
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
