import * as v from 'valibot';
import { presentVerdictId } from '../../harness/outcome/check-ids.js';

const verdictKind = v.picklist(['pass', 'fail', 'deviation', 'info', 'skip', 'broken']);
// JSON.parse takes 1e999 as Infinity.
const finite = v.pipe(v.number(), v.finite('a finite number'));
const revision = v.pipe(v.number(), v.integer('a whole number'), v.minValue(0, 'a number that is not negative'));
const text = v.pipe(v.string(), v.minLength(1, 'some text'));

/**
 * No two transports' times are apart by more than this factor, e to the 40th: what is beyond it is no measurement, and
 * overflows what is counted from it.
 */
const MOST_LOG_RATIO = 40;

const isCountId = (id: string): boolean => /#(syscalls|switches)$/.test(id);

const recordedComparison = v.pipe(
  v.strictObject({
    /** As in gate.json: `node-net/js/ping-pong/64B/free#round-trip`. */
    id: text,
    methodRevision: revision,
    /** The case that was run in turns with it, and its own revision. */
    control: v.strictObject({ caseId: text, methodRevision: revision }),
    /** Times: log(subject / control) of each pair. Counts: the subject's, per message. */
    values: v.pipe(v.array(finite), v.minLength(1, 'at least one value')),
    /** Of the subject alone, for a reader. */
    median: v.pipe(finite, v.minValue(0, 'a number that is not negative')),
  }),
  v.check(
    ({ id, values }) => values.every((value) => (isCountId(id) ? value >= 0 : Math.abs(value) <= MOST_LOG_RATIO)),
    (issue) => {
      const { id } = issue.input as { readonly id: string };
      return `the values of '${id}' are not ${isCountId(id) ? 'counts' : 'logarithms of ratios of two times'}`;
    },
  ),
  v.check(
    ({ id, median }) => isCountId(id) || median > 0,
    (issue) => `the median of '${(issue.input as { readonly id: string }).id}' is 0, but a time must be above 0`,
  ),
);

const isUnique = (ids: readonly string[]): boolean => new Set(ids).size === ids.length;

const record = v.strictObject({
  schema: v.literal('ipcbench-baseline'),
  version: v.literal(1),
  recordedAt: text,
  ipcbenchVersion: text,
  /** Fingerprint of the machine. */
  machine: text,
  /** What the subject was told to be, and what that came to. */
  settings: v.array(v.string()),
  resolved: v.array(v.string()),
  comparisons: v.pipe(
    v.array(recordedComparison),
    v.check((all) => isUnique(all.map(({ id }) => id)), 'a comparison occurs twice'),
  ),
  verdicts: v.pipe(
    v.array(v.strictObject({ id: text, verdict: verdictKind })),
    v.check((all) => isUnique(all.map(({ id }) => id)), 'a check occurs twice'),
  ),
});

export type BaselineRecord = v.InferOutput<typeof record>;
export type RecordedComparison = v.InferOutput<typeof recordedComparison>;

/** One line of a baseline file. Throws an Error whose message is a sentence. */
export function parseBaselineRecord(line: string): BaselineRecord {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw new Error(whyNoJson(line), { cause });
  }
  const { schema, version } = (json ?? {}) as { readonly schema?: unknown; readonly version?: unknown };
  if (schema !== 'ipcbench-baseline') throw new Error('is not an ipcbench baseline');
  if (typeof version === 'number' && version > 1)
    throw new Error(`was written by a newer ipcbench (baseline version ${version}; this one reads 1): update ipcbench`);
  const parsed = v.safeParse(record, json);
  if (!parsed.success)
    throw new Error(`is damaged: ${v.getDotPath(parsed.issues[0]) ?? 'it'}: ${wanted(parsed.issues[0])}`);
  const { verdicts } = parsed.output;
  return { ...parsed.output, verdicts: verdicts.map((one) => ({ ...one, id: presentVerdictId(one.id) })) };
}

function whyNoJson(line: string): string {
  if (/^(<{7}|={7}|>{7}|\|{7})/.test(line))
    return 'is a merge conflict marker: keep the lines of both sides and remove the markers';
  return line.startsWith('{') ? 'is truncated' : 'is not a record';
}

function wanted(issue: v.BaseIssue<unknown>): string {
  if (issue.kind === 'schema') return `expected ${issue.expected ?? 'something else'}, got ${issue.received}`;
  return ['check', 'raw_check'].includes(issue.type)
    ? issue.message
    : `expected ${issue.message}, got ${issue.received}`;
}

/** A record as one line, figures to seven digits: more than any clock here gives. */
export function baselineLine(given: BaselineRecord): string {
  const short = (value: number): number => Number(value.toPrecision(7));
  const comparisons = given.comparisons.map((one) => ({
    ...one,
    median: short(one.median),
    values: one.values.map(short),
  }));
  return `${JSON.stringify({ ...given, comparisons })}\n`;
}
