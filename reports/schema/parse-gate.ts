import type { GateReport } from '../../harness/model/index.js';
import { gateSchema } from './gate-schema.js';
import { gateContradiction } from './gate-contradictions.js';
import { claimedSchema, parseSaved } from './parse-saved.js';

/** Reads a gate.json; a ReportError says in a sentence what is wrong with it and what to do. */
export function parseGate(text: string): GateReport {
  return parseSaved(text, {
    schemaId: 'ipcbench-gate',
    version: 1,
    schema: gateSchema,
    contradiction: gateContradiction,
    noun: 'gate',
    fileName: 'gate.json',
    madeBy: 'ipcbench gate',
  });
}

/**
 * Whether a file says of itself that it is a gate.json: which parser, and so whose words of refusal, it is given to.
 */
export function claimsToBeGate(text: string): boolean {
  return claimedSchema(text) === 'ipcbench-gate';
}
