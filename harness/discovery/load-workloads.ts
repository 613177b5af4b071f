import * as v from 'valibot';
import type { Workload } from '../model/index.js';
import { loadNamed } from './load-named.js';

const text = v.pipe(v.string(), v.minLength(1));
const bytes = v.pipe(v.number(), v.integer(), v.minValue(1));
const sizes = v.pipe(v.array(bytes), v.minLength(1));
const label = { name: text, clock: v.picklist(['initiator', 'responder']) };

const workload = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)),
  summary: text,
  brief: text,
  figure: v.variant('kind', [
    v.strictObject({ ...label, kind: v.literal('latency'), unit: v.literal('ns'), better: v.literal('less') }),
    v.strictObject({ ...label, kind: v.literal('throughput'), unit: v.literal('B/s'), better: v.literal('more') }),
  ]),
  methodRevision: v.pipe(v.number(), v.integer(), v.minValue(1)),
  sizesBytes: v.strictObject({ native: sizes, addon: sizes, js: sizes }),
  headlineBytes: bytes,
  gate: v.strictObject({
    sizeBytes: bytes,
    advisory: v.array(
      v.strictObject({
        placement: v.picklist(['same-cpu', 'cross-cpu', 'free']),
        metrics: v.array(v.picklist(['round-trip', 'message-time', 'cpu', 'syscalls', 'switches', 'p99'])),
        reason: text,
      }),
    ),
  }),
  method: v.function(),
});

/** Every exported object of suites/workloads/*. Throws for one that is no workload: they are all ours. */
export function loadWorkloads(root?: URL): Promise<readonly Workload[]> {
  return loadNamed({ suite: 'workloads', noun: 'Workload', schema: workload }, root) as Promise<readonly Workload[]>;
}
