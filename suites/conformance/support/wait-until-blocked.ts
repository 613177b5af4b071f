import { readFileSync } from 'node:fs';
import type { ForkedProgram, CheckRun } from '../../../harness/define.js';
import { processState } from './process-state.js';

/**
 * Waits until a forked program sleeps and its process was not scheduled between two looks: neither a spinner nor one
 * that only waits for its turn looks so. true when it does, false when the program has ended instead or has burnt a
 * fifth of a second of processor time: then it does not mean to sleep.
 */
export async function waitUntilBlocked(checkRun: CheckRun, program: ForkedProgram): Promise<boolean> {
  const end = program.outcomes().length;
  let before = '';
  let isBlocked = false;
  await checkRun.until(
    'the child sleeps or has ended',
    () => {
      const now = switches(program.pid);
      isBlocked = processState(program.pid) === 'S' && now === before && program.at() < end;
      before = now;
      return isBlocked || program.at() >= end || processorTicks(program.pid) > BURNT_TICKS;
    },
    PATIENCE_MS,
  );
  return isBlocked;
}

/** How often it gave up the processor and how often it lost it, proc(5), /proc/pid/status. */
const switches = (pid: number): string =>
  (readFileSync(`/proc/${pid}/status`, 'latin1').match(/ctxt_switches:\t\d+/g) ?? []).join();

/** On a loaded machine it takes long until it gets that. */
const PATIENCE_MS = 15_000;
/** Of 10 ms: USER_HZ is 100 on every architecture of ours, proc(5), /proc/pid/stat. */
const BURNT_TICKS = 20;

/** utime and stime, the 14th and 15th field; the name before them may hold blanks and parentheses. */
function processorTicks(pid: number): number {
  const [, fields = ''] = /^.*\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? [];
  const [user = '0', system = '0'] = fields.split(' ').slice(11, 13);
  return Number(user) + Number(system);
}
