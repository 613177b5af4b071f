import type { History, Judgement } from '../../../harness/model/index.js';
import { fail, passUnlessUndecided, power } from './evidence.js';
import { readExchange } from './exchange.js';
import { countOf } from './runs.js';

/** No message arrives twice, however far apart: all numbers are remembered, not a window of them. */
export function judgeDuplication(history: History): Judgement {
  const exchange = readExchange(history);
  const { repeated, seen } = exchange.coverage;
  const arrived = countOf(seen);
  if (repeated.first !== null)
    return fail(
      `${repeated.count} messages arrived again, beside ${arrived} that arrived once: the first is ` +
        `seq ${repeated.first}.`,
    );
  return passUnlessUndecided(
    exchange,
    () => `${arrived} messages arrived, each once (${power('duplicate', arrived)}).`,
  );
}
