import { readFileSync } from 'node:fs';
import type { ForkedProgram, Trial } from '../../../harness/define.js';

/**
 * Waits until a forked program sleeps in its operation number `at`: true; false when it has got beyond it, so that it did not block.
 * The kernel is asked: no pause is long enough to prove that somebody has arrived somewhere.
 */
export async function untilBlocked(trial: Trial, program: ForkedProgram, at: number): Promise<boolean> {
  await trial.until('the child sleeps or has gone on', () => program.at() > at || (program.at() === at && stateOf(program.pid) === 'S'));
  return program.at() === at;
}

/** 'R', 'S', 'Z' …, proc(5) /proc/pid/stat; the name before it may hold anything but ends at the last bracket. */
function stateOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
}
