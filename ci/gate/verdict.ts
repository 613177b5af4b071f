import { lastLook, needsRepeating, type Finding, type Measured } from './measured.js';
import { reasonOf } from './reason.js';

/**
 * What the measurements of one comparison come to. A gated failure has to show twice: a first one that fresh pairs do
 * not bear out is the second's verdict, and inconclusive where the second could not say or was not made.
 */
export function verdictOf(measured: Measured): Finding {
  const [first, second] = [lastLook(measured.measurements[0]), lastLook(measured.measurements[1])];
  const verdict = gateVerdictOf(needsRepeating(measured, first) ? second?.verdict : first?.verdict);
  return { verdict, reason: reasonOf(measured, verdict) };
}

function gateVerdictOf(verdict: 'pass' | 'regressed' | 'improved' | 'undecided' | undefined): Finding['verdict'] {
  return verdict === undefined || verdict === 'undecided' ? 'inconclusive' : verdict;
}
