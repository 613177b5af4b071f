import type { History, Judgement } from '../../../harness/model/index.js';
import { fail, passUnlessUndecided, power } from './evidence.js';
import { endOfSeen, readExchange, type Exchange } from './exchange.js';
import { findLost } from './lost.js';
import { countOf, includes } from './runs.js';

/**
 * The last message that was accepted arrived. Nothing inside the measured channel can tell that its own tail is
 * missing, so the count that was acknowledged over the control channel is what the tail is held against.
 */
export function judgeTail(history: History): Judgement {
  const exchange = readExchange(history);
  const { receiver, isReceiverComplete } = exchange;
  const owed = countOf(exchange.owed);
  const missing = missingTail(exchange);
  const highest = endOfSeen(exchange) - 1;
  const reached = highest < 0 ? 'none arrived' : `the last to arrive is seq ${highest}`;
  const what = `${missing} of ${owed} ${history.acknowledged === null ? 'sent' : 'acknowledged'} messages`;
  if (missing > 0 && isReceiverComplete)
    return fail(`The tail is lost: the last ${what} never arrived, ${reached}.${cutShort(exchange)}`);
  const late =
    owed === 0 || !includes(exchange.afterEnd, (exchange.owed.at(-1)?.end ?? 0) - 1) ? 0 : countOf(exchange.afterEnd);
  if (late > 0)
    return fail(
      `The tail came too late: ${late} of ${owed} messages were delivered after the end had been ` +
        `reported${firstAfterEnd(exchange)}.`,
    );
  // Accepted and not there when time was up: a lost wake-up and a silent loss look alike from outside.
  if (missing > 0 && receiver.ending === 'killed-by-deadline' && !receiver.overflowed) {
    return fail(
      `STALLED: the last ${what} had not arrived when the exchange stopped, ${reached}. ${stuckAt(exchange)}`,
    );
  }
  return passUnlessUndecided(
    exchange,
    () => `The last of ${owed} acknowledged messages arrived (${power('tail loss', owed)}).`,
  );
}

/** How many owed messages lie beyond the last that arrived, and not in damaged bytes at the end. */
export function missingTail(exchange: Exchange): number {
  return countOf(findLost(exchange).lost.filter((run) => run.first >= endOfSeen(exchange)));
}

/** ": the first is seq 12", of those that came after the end. */
export function firstAfterEnd({ afterEnd: [first] }: Exchange): string {
  return first === undefined ? '' : `: the first is seq ${first.first}`;
}

/** What is there of a message that the end cut short. */
export function cutShort({ receiver }: Exchange): string {
  const cut = receiver.events.find((event) => event.kind === 'cut-short');
  return cut === undefined ? '' : ` Of seq ${cut.seq} there are ${cut.actual} of ${cut.expected} bytes.`;
}

export function stuckAt({ receiver }: Exchange): string {
  return receiver.stuckAt ?? 'Where the receiver was stuck is not known.';
}
