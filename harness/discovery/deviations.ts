import { readFileSync } from 'node:fs';
import coerce from 'semver/functions/coerce.js';
import gte from 'semver/functions/gte.js';
import lt from 'semver/functions/lt.js';
import * as v from 'valibot';
import type { Environment, Verdict } from '../model/index.js';
import { presentVerdictId } from '../outcome/check-ids.js';
import { makeVerdict } from '../outcome/make-verdict.js';
import { packageRoot } from '../package-root.js';

const text = v.pipe(v.string(), v.minLength(1));
const version = v.pipe(v.string(), v.regex(/^\d+(\.\d+)*$/));
const deviation = v.strictObject({
  /** A verdict's id; `*` stands for any text. */
  verdict: text,
  /** What its evidence says: a regular expression. A promise that is broken in another way is not excused. */
  shows: v.pipe(text, v.check(isRegExp, 'not a regular expression')),
  platform: v.picklist(['linux', 'darwin', 'win32']),
  /** Versions of the runtime in which it shows: from the first, up to but not including the second. null has no end. */
  runtime: v.optional(
    v.strictObject({ name: v.picklist(['node', 'bun', 'deno']), from: version, below: v.nullable(version) }),
  ),
  /** The same of the kernel. */
  kernel: v.optional(v.strictObject({ from: version, below: v.nullable(version) })),
  link: v.pipe(v.string(), v.url()),
  note: text,
});

export type RecordedDeviation = v.InferOutput<typeof deviation>;

/** The one data file of deviations that are known. Throws for one that is malformed: it is ours. */
export function loadDeviations(): readonly RecordedDeviation[] {
  return v.parse(
    v.array(deviation),
    JSON.parse(readFileSync(new URL('suites/conformance/deviations/deviations.json', packageRoot), 'utf8')),
  );
}

/**
 * A promise that is broken in exactly the way recorded for this system and runtime is a known deviation; a recorded one
 * that does not show is reported as changed. Pure.
 */
export function withKnownDeviations(
  verdict: Verdict,
  recorded: readonly RecordedDeviation[],
  environment: Pick<Environment, 'os' | 'runtime'>,
): Verdict {
  const found = recorded.find(
    (one) => matches(presentVerdictId(one.verdict), verdict.id) && holdsHere(one, environment),
  );
  if (found === undefined) return verdict;
  if (verdict.verdict === 'fail' || verdict.verdict === 'deviation') {
    if (!new RegExp(found.shows, 's').test(verdict.evidence)) return verdict;
    const known = { link: found.link, note: found.note };
    return makeVerdict(verdict, { verdict: 'deviation', evidence: verdict.evidence, known });
  }
  if (verdict.verdict !== 'pass') return verdict;
  const changed =
    `A known deviation for this system (${found.note} ${found.link}) was not observed; ` +
    'the record may be out of date.';
  return makeVerdict(verdict, { verdict: 'pass', evidence: verdict.evidence, changed });
}

function isRegExp(pattern: string): boolean {
  try {
    return new RegExp(pattern, 's') instanceof RegExp;
  } catch {
    return false;
  }
}

function matches(pattern: string, id: string): boolean {
  return new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  ).test(id);
}

function holdsHere(one: RecordedDeviation, { os, runtime }: Pick<Environment, 'os' | 'runtime'>): boolean {
  if (one.platform !== os.platform) return false;
  if (
    one.runtime !== undefined &&
    (one.runtime.name !== runtime.name || !isWithin(runtime.version.replace(/^v/, ''), one.runtime))
  )
    return false;
  return one.kernel === undefined || isWithin(os.kernel, one.kernel);
}

/** By numbers alone: a kernel's and a prerelease's suffix say nothing of the order. */
function isWithin(running: string, { from, below }: { readonly from: string; readonly below: string | null }): boolean {
  const [is, first, end] = [running, from, below].map((one) => coerce(one));
  if (is == null || first == null) return false;
  return gte(is, first) && (end == null || lt(is, end));
}
