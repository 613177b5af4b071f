import * as v from 'valibot';
import type { ProcedureCheck } from '../check-run/check-run.js';
import { checkId, exportedChecks, type ExportedCheck } from './exported-checks.js';
import { importTopics } from './suite-modules.js';

/** With the address of its module: a host process imports it again. */
export type LoadedProcedure = ExportedCheck<ProcedureCheck>;

const text = v.pipe(v.string(), v.minLength(1));
const procedure = v.object({
  kind: v.literal('procedure'),
  id: checkId,
  guarantee: text,
  level: v.picklist(['MUST', 'SHOULD', 'INFO']),
  source: v.function(),
  subjects: v.pipe(v.array(text), v.minLength(1)),
  expected: text,
  procedure: text,
  quick: v.boolean(),
  thoroughOnly: v.optional(v.boolean()),
  observe: v.function(),
  judge: v.function(),
  proofs: v.array(
    v.object({
      name: text,
      observation: v.unknown(),
      verdict: v.picklist(['pass', 'fail', 'info', 'broken', 'deviation']),
    }),
  ),
});

/**
 * Every exported procedure of suites/conformance/checks, by id. Throws for one that is malformed or exists twice: they
 * are all ours.
 */
export async function loadProcedures(root?: URL): Promise<readonly LoadedProcedure[]> {
  const isProcedure = (value: object): boolean => 'kind' in value && value.kind === 'procedure';
  return exportedChecks<ProcedureCheck>(await importTopics(root), isProcedure, procedure);
}
