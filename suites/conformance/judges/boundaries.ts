import type { History, HistoryEvent, Judgement } from '../../../harness/model/index.js';
import { fail, passUnlessUndecided, power } from './evidence.js';
import { arrivalOf, readExchange, type Exchange } from './exchange.js';
import { countOf } from './runs.js';

/** One message written is one message read, of the same length. For message framing: on a stream every cut is legal. */
export function judgeBoundaries(history: History): Judgement {
  const exchange = readExchange(history);
  const arrived = countOf(exchange.coverage.seen);
  const moved = exchange.receiver.events.flatMap((event) => boundaryFault(event, history) ?? []);
  if (moved[0] !== undefined)
    return fail(
      `${moved.length} ${moved.length === 1 ? 'message' : 'messages'} of another length than sent: ${moved[0]}.`,
    );
  const excess = readsBeyondSent(exchange);
  // Pieces too short for a header do not say whose they are, but they are too many.
  if (excess > 0) return fail(`${excess} more messages were read than were sent: at least one was split.`);
  return passUnlessUndecided(
    exchange,
    () => `${arrived} messages were read as they were written (${power('moved boundary', arrived)}).`,
  );
}

function boundaryFault(
  event: HistoryEvent,
  { minBytes, maxBytes: usualBytes, largeBytes = [], beyondBytes = 0 }: History,
): string | null {
  const maxBytes = Math.max(usualBytes, beyondBytes, ...largeBytes);
  if (event.kind === 'wrong-boundary') {
    const how = event.actual > event.expected ? 'merged with what followed' : 'short';
    return `seq ${event.seq} of ${event.expected} bytes was read as ${event.actual} (${how})`;
  }
  // No whole message is as short or as long as this, damaged or not.
  if (event.kind === 'damaged-header' && (event.bytes < minBytes || event.bytes > maxBytes)) {
    return `${event.bytes} bytes without a header; messages have ${minBytes} to ${maxBytes}`;
  }
  return null;
}

/**
 * Reads that cannot be whole messages, as there were not so many. Repetitions and strangers are other judges' business.
 */
function readsBeyondSent({ receiver, coverage, foreign, allowed }: Exchange): number {
  const arrivals = receiver.events.flatMap((event) => arrivalOf(event) ?? []);
  const headless = receiver.events.filter((event) => event.kind === 'damaged-header').length;
  return countOf(arrivals) + headless - coverage.repeated.count - foreign - countOf(allowed);
}
