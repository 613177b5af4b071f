import { readdirSync } from 'node:fs';
import type { DeliveryCheck } from '../../../harness/model/index.js';

/**
 * Every check of this suite that judges a history, found as the harness finds them: by directory. For tests; the
 * harness has a loader of its own.
 */
export async function importChecks(): Promise<readonly DeliveryCheck[]> {
  const folder = new URL('../', import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith('.js') && !name.endsWith('.test.js'));
  const modules = await Promise.all(
    names.map(async (name) => (await import(new URL(name, folder).href)) as Readonly<Record<string, unknown>>),
  );
  return modules.flatMap((module) => Object.values(module)).filter(isDeliveryCheck);
}

/** Checks with a procedure of their own have a `kind`, and judge what it observed. */
function isDeliveryCheck(value: unknown): value is DeliveryCheck {
  return (
    typeof value === 'object' &&
    value !== null &&
    'judge' in value &&
    'id' in value &&
    !('kind' in value && value.kind === 'procedure')
  );
}
