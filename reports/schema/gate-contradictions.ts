import type { ChangeInterval, Comparison, GateReport } from '../../harness/model/index.js';
import { eachOnce, ended, firstOf, interval, type Contradiction, type Contradictions } from './contradictions.js';

/**
 * What must hold between the fields of a gate.json; null where all does. A field for itself is the schema's business.
 */
export function gateContradiction(gate: GateReport): Contradiction | null {
  return firstOf(contradictions(gate));
}

function* contradictions(gate: GateReport): Contradictions {
  yield* ended(gate);
  yield* ofAnswer(gate);
  yield* eachOnce(
    'cases',
    'id',
    gate.cases.map((one) => one.id),
  );
  yield* eachOnce(
    'comparisons',
    'id',
    gate.comparisons.map((one) => one.id),
  );
  for (const [index, one] of gate.comparisons.entries()) yield* ofComparison(`comparisons[${index}]`, one, gate.method);
}

/**
 * 1 is the exit code of what got worse, and of nothing else; a signal's number is that of a gate that was not
 * completed.
 */
function* ofAnswer({ kind, status, verdict, exitCode, comparisons, verdictChanges }: GateReport): Contradictions {
  if (status !== 'complete') return;
  if (exitCode > 6 || exitCode === 2)
    yield { path: 'exitCode', expected: '0, 1, 3, 4, 5 or 6, as status is complete', found: String(exitCode) };
  if (kind === 'compare') {
    if (exitCode === 1)
      yield { path: 'exitCode', expected: 'anything but 1, as kind is compare, which closes nothing', found: '1' };
    return;
  }
  if (verdict === 'regressed' && exitCode !== 1)
    yield { path: 'exitCode', expected: '1, as verdict is regressed', found: String(exitCode) };
  if (verdict !== 'regressed' && exitCode === 1)
    yield { path: 'exitCode', expected: `anything but 1, as verdict is ${verdict}`, found: '1' };
  const worse = comparisons.findIndex((one) => one.isGated && one.verdict === 'regressed');
  if (worse >= 0 && verdict !== 'regressed')
    yield { path: 'verdict', expected: `regressed, as comparisons[${worse}] is gated and has`, found: verdict };
  const check = verdictChanges.findIndex((one) => one.isWorse);
  if (check >= 0 && verdict !== 'regressed')
    yield { path: 'verdict', expected: `regressed, as verdictChanges[${check}] is worse`, found: verdict };
}

function* ofComparison(
  path: string,
  { change, measurements }: Comparison,
  method: GateReport['method'],
): Contradictions {
  // Pairs give an order statistic, which lies within its interval; a difference of medians has one that is drawn again
  // and need not.
  const isAround = method === 'interleaved';
  if (change !== null) yield* ofChange(`${path}.change`, change, isAround);
  for (const [at, { looks }] of measurements.entries()) {
    for (const [index, look] of looks.entries())
      yield* ofChange(`${path}.measurements[${at}].looks[${index}].change`, look.change, isAround);
  }
}

function ofChange(path: string, { median, low, high }: ChangeInterval, isAround: boolean): Contradictions {
  return interval(path, 'median', { value: median, low, high }, isAround);
}
