import * as v from 'valibot';
import type { DeliveryCheck } from '../model/index.js';
import { checkId, exportedChecks } from './exported-checks.js';
import { importTopics } from './suite-modules.js';

const text = v.pipe(v.string(), v.minLength(1));
const check = v.object({
  id: checkId,
  guarantee: text,
  source: v.function(),
  level: v.picklist(['MUST', 'SHOULD', 'INFO']),
  relayable: v.boolean(),
  notApplicable: text,
  appliesTo: v.function(),
  judge: v.function(),
});

/**
 * Every exported object of suites/conformance/checks that has an `id` and a `judge` and no procedure of its own, by id.
 * Throws for one that is no check: they are all ours.
 */
export async function loadChecks(root?: URL): Promise<readonly DeliveryCheck[]> {
  const isCheck = (value: object): boolean => 'id' in value && 'judge' in value && !('observe' in value);
  return exportedChecks<DeliveryCheck>(await importTopics(root), isCheck, check).map((exported) => exported.check);
}
