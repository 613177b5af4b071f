import { join } from 'node:path';
import { assembleGate, type GateInput } from '../../../ci/gate/assemble-gate.js';
import { SCHEDULES } from '../../../ci/gate/schedule.js';
import type { GateReport } from '../../model/index.js';
import { saveFile } from '../../saving/save-file.js';
import type { ComparisonRequest } from '../request.js';

/** What a gate has so far, beside what was asked of it and when it began. */
export type GateSoFar = Omit<
  GateInput,
  | 'kind'
  | 'ipcbenchVersion'
  | 'command'
  | 'startedAt'
  | 'finishedAt'
  | 'seed'
  | 'effort'
  | 'schedule'
  | 'failOn'
  | 'totalMs'
>;

/**
 * Begins now; the function returned puts gate.json together from what there is, and keeps it in the output directory.
 */
export function saveGate(
  request: Omit<ComparisonRequest, 'base'>,
  ipcbenchVersion: string,
): (now: GateSoFar) => GateReport {
  const startedMs = performance.now();
  const startedAt = new Date().toISOString();
  const { kind, command, seed, effort, failOn, out } = request;
  return (now) => {
    const finishedAt = now.status === 'running' ? null : new Date().toISOString();
    const gate = assembleGate({
      ...now,
      kind,
      ipcbenchVersion,
      command,
      startedAt,
      finishedAt,
      seed,
      effort,
      schedule: SCHEDULES[effort],
      failOn,
      totalMs: performance.now() - startedMs,
    });
    saveFile(join(out, 'gate.json'), `${JSON.stringify(gate)}\n`);
    return gate;
  };
}
