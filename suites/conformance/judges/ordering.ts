import type { History, Judgement } from '../../../harness/model/index.js';
import { fail, passUnlessUndecided, power } from './evidence.js';
import { readExchange } from './exchange.js';
import { countOf } from './runs.js';

/** First arrivals of one sender's messages rise. Gaps and repetitions are other judges' business. */
export function judgeOrdering(history: History): Judgement {
  const exchange = readExchange(history);
  const { late, seen } = exchange.coverage;
  const arrived = countOf(seen);
  if (late.first !== null) {
    return fail(
      `${late.count} of ${arrived} messages arrived out of order: the first, ${late.first.seq}, ` +
        `after ${late.first.after}.`,
    );
  }
  return passUnlessUndecided(
    exchange,
    () => `${arrived} messages arrived in the order they were sent (${power('disorder', arrived)}).`,
  );
}
