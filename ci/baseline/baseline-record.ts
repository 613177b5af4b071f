import * as v from 'valibot';

const verdictKind = v.picklist(['pass', 'fail', 'deviation', 'info', 'skip', 'broken']);
const numbers = v.array(v.number());

const recordedComparison = v.strictObject({
  /** As in gate.json: `node-net/js/ping-pong/64B/free#round-trip`. */
  id: v.string(),
  methodRevision: v.number(),
  /** The case that was run in turns with it, and its own revision. */
  control: v.strictObject({ caseId: v.string(), methodRevision: v.number() }),
  /** Times: log(subject / control) of each pair. Counts: the subject's, per message. */
  values: numbers,
  /** Of the subject alone, for a reader. */
  median: v.number(),
});

const record = v.strictObject({
  schema: v.literal('ipcbench-baseline'),
  version: v.literal(1),
  recordedAt: v.string(),
  ipcbenchVersion: v.string(),
  /** Fingerprint of the machine. */
  machine: v.string(),
  /** What the subject was told to be, and what that came to. */
  settings: v.array(v.string()),
  resolved: v.array(v.string()),
  comparisons: v.array(recordedComparison),
  verdicts: v.array(v.strictObject({ id: v.string(), verdict: verdictKind })),
});

export type BaselineRecord = v.InferOutput<typeof record>;
export type RecordedComparison = v.InferOutput<typeof recordedComparison>;

/** One line of a baseline file. Throws an Error whose message is a sentence. */
export function parseBaselineRecord(line: string): BaselineRecord {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw new Error('is cut short', { cause });
  }
  const { schema, version } = (json ?? {}) as { readonly schema?: unknown; readonly version?: unknown };
  if (schema !== 'ipcbench-baseline') throw new Error('is no baseline of ipcbench');
  if (typeof version === 'number' && version > 1) throw new Error(`was written by a newer ipcbench (baseline version ${version}; this one reads 1): update ipcbench`);
  const parsed = v.safeParse(record, json);
  if (!parsed.success) throw new Error(`is damaged: ${v.getDotPath(parsed.issues[0]) ?? 'it'}: ${parsed.issues[0].message}`);
  return parsed.output;
}

/** A record as one line, figures to seven digits: more than any clock here gives. */
export function baselineLine(given: BaselineRecord): string {
  const short = (value: number): number => Number(value.toPrecision(7));
  return `${JSON.stringify({ ...given, comparisons: given.comparisons.map((one) => ({ ...one, median: short(one.median), values: one.values.map(short) })) })}\n`;
}
