import * as v from 'valibot';
import type { Setting } from '../model/index.js';
import { loadNamed } from './load-named.js';

const text = v.pipe(v.string(), v.minLength(1));
/** Part of an id: no slash, no comma, no equals sign, no asterisk. */
const value = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/));

const setting = v.pipe(
  v.strictObject({
    name: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)),
    values: v.pipe(v.array(value), v.minLength(2)),
    default: value,
    help: text,
    appliesTo: v.function(),
    notApplicable: text,
    argv: v.function(),
    method: v.function(),
  }),
  v.check(({ values, default: usual }) => values.includes(usual), 'its default is none of its values'),
);

/** Every exported object of suites/settings/*. Throws for one that is no setting: they are all ours. */
export function loadSettings(root?: URL): Promise<readonly Setting[]> {
  return loadNamed({ suite: 'settings', noun: 'Setting', schema: setting }, root) as Promise<readonly Setting[]>;
}
