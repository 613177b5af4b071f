import * as v from 'valibot';
import { importSuite, type Suite } from './suite-modules.js';

interface NamedKind {
  readonly suite: Suite;
  /** What one of them is called, at the start of a sentence. */
  readonly noun: string;
  readonly schema: v.GenericSchema<unknown, { readonly name: string }>;
}

/**
 * Every exported object of suites/<suite>/*, which has a name of its own. Throws for one that is not of the kind: they
 * are all ours.
 */
export async function loadNamed({ suite, noun, schema }: NamedKind, root?: URL): Promise<readonly unknown[]> {
  const found = new Map<string, unknown>();
  for (const { url, exports } of await importSuite(suite, root)) {
    for (const [exportName, value] of Object.entries(exports)) {
      if (typeof value !== 'object' || value === null) continue;
      const parsed = v.safeParse(schema, value);
      if (!parsed.success) {
        const [issue] = parsed.issues;
        const where = v.getDotPath(issue);
        throw new Error(`${noun} '${exportName}' of ${url}: ${where === null ? '' : `${where}: `}${issue.message}.`);
      }
      const { name } = parsed.output;
      if (found.has(name)) throw new Error(`${noun} '${name}' of ${url} exists twice.`);
      found.set(name, value);
    }
  }
  return [...found.values()];
}
