import type { History, HistoryEvent, Judgement } from '../../../harness/model/index.js';
import { fail, passUnlessUndecided, power } from './evidence.js';
import { readExchange, type Exchange } from './exchange.js';
import { countOf, includes } from './runs.js';

/**
 * Every byte that arrived is the byte that was sent at its place: keyed by (seed, sender, seq, offset), checked by the
 * receiver.
 */
export function judgeIntegrity(history: History): Judgement {
  const exchange = readExchange(history);
  const arrived = countOf(exchange.coverage.seen);
  const damage = exchange.receiver.events.flatMap((event) => damageOf(event, exchange) ?? []);
  if (damage[0] !== undefined)
    return fail(
      `${damage.length} ${damage.length === 1 ? 'piece' : 'pieces'} of damage beside ${arrived} ` +
        `messages: ${damage[0]}.`,
    );
  return passUnlessUndecided(
    exchange,
    () => `Every byte of ${arrived} messages is the one that was sent (${power('damage', arrived)}).`,
  );
}

/** What is wrong with it, or null. A wrong boundary cuts good bytes in the wrong place: another judge's business. */
function damageOf(event: HistoryEvent, exchange: Exchange): string | null {
  switch (event.kind) {
    case 'damaged-header':
      return `${event.bytes} bytes without a valid header`;
    case 'damaged-payload':
      return `seq ${event.seq} of ${event.bytes} bytes is wrong from offset ${event.offset} on`;
    case 'unplanned-length':
      return `seq ${event.seq} has ${event.actual} bytes according to its header, instead of ${event.expected}`;
    case 'overwritten':
      return (
        `an array of ${event.bytes} bytes that had been handed over was written to again, from offset ` +
        `${event.offset} on: the transport reuses a buffer that belongs to its receiver`
      );
    case 'cut-short':
      if (includes(exchange.owed, event.seq))
        return `seq ${event.seq} ends after ${event.actual} of its ${event.expected} bytes`;
      // Of a send that nobody knows the end of, any beginning is a legal remainder.
      return includes(exchange.allowed, event.seq) ? null : `${event.actual} bytes at the end, after all that was sent`;
    case 'sent':
    case 'send-unknown':
    case 'received':
    case 'wrong-boundary':
    case 'held':
    case 'eof':
    case 'drained':
    case 'error':
      return null;
  }
}
