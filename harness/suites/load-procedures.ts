import * as v from 'valibot';
import type { ProcedureCheck } from '../trial/trial.js';
import { importSuite } from './suite-modules.js';

export interface LoadedProcedure {
  readonly check: ProcedureCheck;
  /** File URL of the module that exports it: a host process imports it again. */
  readonly module: string;
}

const text = v.pipe(v.string(), v.minLength(1));
const procedure = v.object({
  kind: v.literal('procedure'),
  id: v.pipe(v.string(), v.regex(/^[a-z0-9]+(-[a-z0-9]+)*\/[a-z0-9]+(-[a-z0-9]+)*$/, 'write it as group/name')),
  promise: text,
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
 * Every exported procedure of suites/conformance/*, by id. Throws for one that is malformed or exists twice: they are
 * all ours.
 */
export async function loadProcedures(root?: URL): Promise<readonly LoadedProcedure[]> {
  const found = new Map<string, LoadedProcedure>();
  for (const { url, exports } of await importSuite('conformance', root)) {
    for (const [exportName, value] of Object.entries(exports)) {
      if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== 'procedure') continue;
      const parsed = v.safeParse(procedure, value);
      if (!parsed.success)
        throw new Error(
          `Check '${exportName}' of ${url}: ${v.getDotPath(parsed.issues[0])}: ${parsed.issues[0].message}.`,
        );
      if (found.has(parsed.output.id)) throw new Error(`Check '${parsed.output.id}' of ${url} exists twice.`);
      found.set(parsed.output.id, { check: value as ProcedureCheck, module: url });
    }
  }
  return [...found.values()].sort((a, b) => (a.check.id < b.check.id ? -1 : 1));
}
