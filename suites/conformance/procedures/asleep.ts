import { readFileSync } from 'node:fs';
import type { ForkedProgram, Trial } from '../../../harness/define.js';
import { processState } from './process-state.js';

/**
 * Waits until a forked program sleeps and its process was not scheduled between two looks: neither a spinner nor one that only waits for its turn
 * looks so. true when it does, false when the program has ended instead.
 */
export async function fallsAsleep(trial: Trial, program: ForkedProgram): Promise<boolean> {
  const end = program.outcomes().length;
  let before = '';
  let isAsleep = false;
  await trial.until('the child sleeps or has ended', () => {
    const now = switches(program.pid);
    isAsleep = processState(program.pid) === 'S' && now === before && program.at() < end;
    before = now;
    return isAsleep || program.at() >= end;
  });
  return isAsleep;
}

/** How often it gave up the processor and how often it lost it, proc(5), /proc/pid/status. */
const switches = (pid: number): string => (readFileSync(`/proc/${pid}/status`, 'latin1').match(/ctxt_switches:\t\d+/g) ?? []).join();
