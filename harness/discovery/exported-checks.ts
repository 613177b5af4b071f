import * as v from 'valibot';
import type { TopicModule } from './suite-modules.js';

const part = '[a-z0-9]+(-[a-z0-9]+)*';
export const checkId = v.pipe(v.string(), v.regex(new RegExp(`^${part}/${part}$`), 'write it as group/name'));

export interface ExportedCheck<Check> {
  readonly check: Check;
  /** File URL of the module that exports it. */
  readonly module: string;
}

interface Parsed {
  readonly id: string;
}

/**
 * The exported objects of these modules that `isOne` takes, by id. Throws for one that `schema` refuses, that lies in
 * another folder than the first part of its id, or that exists twice: they are all ours.
 */
export function exportedChecks<Check>(
  modules: readonly TopicModule[],
  isOne: (value: object) => boolean,
  schema: v.GenericSchema<unknown, Parsed>,
): readonly ExportedCheck<Check>[] {
  const found = new Map<string, ExportedCheck<Check>>();
  for (const { url, topic, exports } of modules) {
    for (const [exportName, value] of Object.entries(exports)) {
      if (typeof value !== 'object' || value === null || !isOne(value)) continue;
      const parsed = v.safeParse(schema, value);
      if (!parsed.success)
        throw new Error(
          `Check '${exportName}' of ${url}: ${v.getDotPath(parsed.issues[0])}: ${parsed.issues[0].message}.`,
        );
      const { id } = parsed.output;
      if (!id.startsWith(`${topic}/`))
        throw new Error(
          `Check '${id}' of ${url}: the first part of an id is the folder that the check lies in. Move it to ` +
            `checks/${id.split('/')[0]}/, or call it '${topic}/…'.`,
        );
      if (found.has(id)) throw new Error(`Check '${id}' of ${url} exists twice.`);
      found.set(id, { check: value as Check, module: url });
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, exported]) => exported);
}
