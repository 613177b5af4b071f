import type { History, Judgement } from '../../../harness/model/index.js';
import { broken, fail, passUnlessUndecided, power, whyUndecided } from './evidence.js';
import { arrivalOf, endOfSeen, readExchange, type Exchange } from './exchange.js';
import { countOf } from './runs.js';
import { cutShort, firstAfterEnd, missingTail, stuckAt } from './tail.js';

/** After the sender has closed, the receiver reads all data, then end of file, then nothing. */
export function judgeEof(history: History): Judgement {
  const exchange = readExchange(history);
  const { events } = exchange.receiver;
  const eofAt = events.findIndex((event) => event.kind === 'eof');
  if (eofAt < 0) return judgeAbsence(exchange);
  const after = events
    .slice(eofAt)
    .flatMap((event) => (event.kind === 'damaged-header' ? [{ first: 0, end: 1 }] : (arrivalOf(event) ?? [])));
  if (after.length > 0)
    return fail(
      `End of file came, and ${countOf(after)} more ${countOf(after) === 1 ? 'message' : 'messages'} after ` +
        `it${firstAfterEnd(exchange)}.`,
    );
  const missing = missingTail(exchange);
  if (missing > 0)
    return fail(
      `End of file came after seq ${endOfSeen(exchange) - 1}, before the last ${missing} ` +
        `of ${countOf(exchange.owed)} messages.${cutShort(exchange)}`,
    );
  return passUnlessUndecided(exchange, () => {
    const owed = countOf(exchange.owed);
    return `End of file came after all ${owed} messages, and nothing after it (${power('loss before it', owed)}).`;
  });
}

/** No end of file: a violation where the sender is known to have closed and the receiver to have got that far. */
function judgeAbsence(exchange: Exchange): Judgement {
  const { receiver, history } = exchange;
  const hasClosed = history.acknowledged !== null;
  const error = receiver.events.find((event) => event.kind === 'error');
  const arrived = `after ${countOf(exchange.coverage.seen)} messages`;
  if (hasClosed && !receiver.overflowed) {
    if (error !== undefined)
      return fail(
        `The sender had closed, and ${arrived} ${error.syscall} failed with errno ${error.errno} instead of end ` +
          'of file.',
      );
    if (receiver.events.some((event) => event.kind === 'drained'))
      return fail(`The sender had closed, but ${arrived} there was nothing more to read and no end of file.`);
    if (receiver.ending === 'killed-by-deadline' && missingTail(exchange) === 0) {
      return fail(
        `STALLED: the sender had closed, and ${arrived}, which is all that were sent, no end of file ` +
          `came. ${stuckAt(exchange)}`,
      );
    }
  }
  return broken(whyUndecided(exchange) ?? 'The receiver ended without an end of file.');
}
