import * as v from 'valibot';
import type { Workload } from '../model/index.js';
import { importSuite } from './suite-modules.js';

const workload = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)),
  summary: v.pipe(v.string(), v.minLength(1)),
  figure: v.picklist(['latency', 'throughput']),
  timekeeper: v.picklist(['initiator', 'responder']),
  methodRevision: v.pipe(v.number(), v.integer(), v.minValue(1)),
});

/** Every exported object of suites/workloads/*. Throws for one that is no workload: they are all ours. */
export async function loadWorkloads(root?: URL): Promise<readonly Workload[]> {
  const found: Workload[] = [];
  for (const { url, exports } of await importSuite('workloads', root)) {
    for (const [exportName, value] of Object.entries(exports)) {
      if (typeof value !== 'object' || value === null) continue;
      const parsed = v.safeParse(workload, value);
      if (!parsed.success)
        throw new Error(
          `Workload '${exportName}' of ${url}: ${v.getDotPath(parsed.issues[0])}: ${parsed.issues[0].message}.`,
        );
      if (found.some(({ name }) => name === parsed.output.name))
        throw new Error(`Workload '${parsed.output.name}' of ${url} exists twice.`);
      found.push(parsed.output);
    }
  }
  return found;
}
