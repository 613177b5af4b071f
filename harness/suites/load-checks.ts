import * as v from 'valibot';
import type { DeliveryCheck } from '../model/index.js';
import { importSuite } from './suite-modules.js';

const text = v.pipe(v.string(), v.minLength(1));
const check = v.object({
  id: v.pipe(v.string(), v.regex(/^[a-z0-9]+(-[a-z0-9]+)*\/[a-z0-9]+(-[a-z0-9]+)*$/)),
  promise: text,
  source: v.function(),
  level: v.picklist(['MUST', 'SHOULD', 'INFO']),
  relayable: v.boolean(),
  notApplicable: text,
  appliesTo: v.function(),
  judge: v.function(),
});

/**
 * Every exported object of suites/conformance/* that has an `id` and a `judge` and no procedure of its own, by id.
 * Throws for one that is no check: they are all ours.
 */
export async function loadChecks(root?: URL): Promise<readonly DeliveryCheck[]> {
  const found = new Map<string, DeliveryCheck>();
  for (const { url, exports } of await importSuite('conformance', root)) {
    for (const [exportName, value] of Object.entries(exports)) {
      if (typeof value !== 'object' || value === null || !('id' in value) || !('judge' in value) || 'observe' in value)
        continue;
      const parsed = v.safeParse(check, value);
      if (!parsed.success)
        throw new Error(
          `Check '${exportName}' of ${url}: ${v.getDotPath(parsed.issues[0])}: ${parsed.issues[0].message}.`,
        );
      if (found.has(parsed.output.id)) throw new Error(`Check '${parsed.output.id}' of ${url} exists twice.`);
      found.set(parsed.output.id, value as DeliveryCheck);
    }
  }
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
