import type { ForkedProgram, CheckRun } from '../../../harness/define.js';
import { processState } from './process-state.js';

/**
 * Waits until a forked program sleeps in its operation number `at`: true; false when it has got beyond it, so that it
 * did not block. The kernel is asked: no pause is long enough to prove that somebody has arrived somewhere.
 */
export async function untilBlocked(checkRun: CheckRun, program: ForkedProgram, at: number): Promise<boolean> {
  await checkRun.until(
    'the child sleeps or has gone on',
    () => program.at() > at || (program.at() === at && processState(program.pid) === 'S'),
  );
  return program.at() === at;
}
