import type { History, Judgement } from '../../../harness/model/index.js';
import { fail, passUnlessUndecided, power } from './evidence.js';
import { readExchange } from './exchange.js';
import { findLost } from './lost.js';
import { countOf, subtractRuns, type Run } from './runs.js';
import { firstAfterEnd } from './tail.js';

/**
 * What was accepted arrived, and nothing arrived that was not sent: ok ⊆ received ⊆ ok ∪ unknown. A send that failed or
 * was cut short is unknown, and may have happened (the total-queue checker of Jepsen). Multiplicity is duplication's
 * business.
 */
export function judgeTotalQueue(history: History): Judgement {
  const exchange = readExchange(history);
  const { seen } = exchange.coverage;
  const owed = countOf(exchange.owed);
  const { lost, hidden } = findLost(exchange);
  const [first] = lost;
  // A receiver that was stopped did not lose what it was not given the time to read.
  if (exchange.isReceiverComplete && first !== undefined) {
    const arrived = owed - countOf(lost) - hidden;
    const late = countOf(exchange.afterEnd);
    const afterEnd =
      late === 0
        ? ''
        : ` ${late} of those received were delivered after the end had been reported${firstAfterEnd(exchange)}.`;
    return fail(
      `${arrived} of ${owed} messages received; ${countOf(lost)} lost ` +
        `in ${lost.length} ${lost.length === 1 ? 'gap' : 'gaps'}: ${gap(first)}.${damaged(hidden)}${afterEnd}`,
    );
  }
  const late = countOf(exchange.afterEnd);
  if (late > 0)
    return fail(
      `${countOf(seen) - late} of ${owed} messages received before the end was reported, and ${late} ` +
        `delivered after it${firstAfterEnd(exchange)}.`,
    );
  const [unexpected] = subtractRuns(seen, exchange.allowed);
  if (unexpected !== undefined)
    return fail(`A message arrived that was not sent: ${unexpected.first}; the sender sent ${owed}.`);
  if (exchange.foreign > 0)
    return fail(`${exchange.foreign} arrivals carry the number of a sender that is not part of the exchange.`);
  return passUnlessUndecided(
    exchange,
    () => `${owed - hidden} of ${owed} messages received (${power('loss', owed)}).${damaged(hidden)}`,
  );
}

function gap(run: Run): string {
  const missing =
    run.end - run.first === 1 ? `seq ${run.first} is missing` : `seq ${run.first} to ${run.end - 1} are missing`;
  return run.first === 0 ? `${missing}, from the first on` : `${missing}, the first after ${run.first - 1}`;
}

function damaged(hidden: number): string {
  return hidden === 0
    ? ''
    : ` ${hidden} more arrived with a damaged header or inside another message: not lost, see integrity and ` +
        'boundaries.';
}
