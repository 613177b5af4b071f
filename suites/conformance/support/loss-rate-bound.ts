import type { Judgement } from '../../../harness/define.js';
import { power } from '../judges/evidence.js';

/**
 * A pass over many of anything says how often the fault may still happen, as the delivery checks do. One over few is
 * worth no figure.
 */
export function withRateBound(judgement: Judgement, fault: string, count: number, unit = 'messages'): Judgement {
  if (judgement.verdict !== 'pass' || count < FEW) return judgement;
  return { ...judgement, evidence: `${judgement.evidence.replace(/\.$/, '')} (${power(fault, count, unit)}).` };
}

/** Below it 3/n bounds the rate at nothing that anybody would call rare. */
const FEW = 10;
