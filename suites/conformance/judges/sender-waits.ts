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
    const given = ` It was given ${mebibytes(sentBytes)} in all: with --messages 10000 it is given more.`;
    const never = "The sender's process never held 2 MiB of what it had been given without having been asked to wait.";
    return passUnlessUndecided(exchange, () => `${never}${sentBytes < BURST_BYTES ? given : ''}`);
  }
  // What is lost looks like what is held, until the rest has come.
  const size = mebibytes(held.bytes);
  if (sentBytes - bytesOf(receiver.events) > held.bytes / 2) {
    return broken(
      `The sender's process held ${size}, or lost it: not everything arrived, so the two cannot be told apart.`,
    );
  }
  const promise = 'It returns a promise when the caller should wait.';
  return {
    verdict: 'deviation',
    evidence:
      `'send' never asked to wait: the sender's process held ${size} that it had been given and not passed ` +
      `on. ${promise}`,
  };
}

function bytesOf(events: readonly HistoryEvent[]): number {
  return events.reduce((sum, event) => sum + (event.kind === 'sent' || event.kind === 'received' ? event.bytes : 0), 0);
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
