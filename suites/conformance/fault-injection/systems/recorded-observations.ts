import {
  isUnusual,
  type Judgement,
  type ProcedureCheck,
  type SystemFaultExpectation,
  type SystemFaultName,
} from '../../../../harness/define.js';
import { drawsOf } from '../random.js';
import { mutateObservation } from './mutate-observation.js';

export interface RecordedSystemFault {
  readonly transport: string;
  readonly fault: SystemFaultName;
  readonly framing: 'system';
  readonly checkId: string;
  readonly verdict: Judgement['verdict'];
  readonly evidence: string;
  readonly seed: number;
}

/**
 * What the judges say of the good observations among their proofs: as they are, and as they would be, had the system
 * lied. One of each per seed.
 */
export function observeRecordedSystem(
  table: readonly SystemFaultExpectation[],
  checks: readonly ProcedureCheck[],
  seed: number,
): RecordedSystemFault[] {
  return table.flatMap(({ fault, caughtBy, notFlaggedBy, isApplicable }) =>
    checks
      .filter(({ id }) => caughtBy.includes(id) || notFlaggedBy.includes(id))
      .flatMap((check) => {
        const subject = check.subjects.find(isApplicable);
        const proof = check.proofs.find(
          (one) =>
            one.verdict === (check.level === 'INFO' ? 'info' : 'pass') && isApplicable(one.subject ?? subject ?? ''),
        );
        if (subject === undefined || proof === undefined) return [];
        const about = proof.subject ?? subject;
        // What must not notice sees nothing of the lie.
        const observation = caughtBy.includes(check.id)
          ? mutateObservation(fault, check.id, proof.observation, drawsOf(seed))
          : proof.observation;
        if (observation === null) return [];
        const judgement = check.judge(observation, about);
        return [
          {
            transport: about,
            fault,
            framing: 'system',
            checkId: check.id,
            ...judgement,
            verdict: isUnusual(judgement) ? 'fail' : judgement.verdict,
            seed,
          } as const,
        ];
      }),
  );
}
