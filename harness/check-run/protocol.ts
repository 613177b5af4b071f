import * as v from 'valibot';

const job = v.object({
  checkId: v.string(),
  /** File URL of the module that exports the check. */
  module: v.string(),
  subject: v.string(),
  seed: v.number(),
  scale: v.picklist(['quick', 'default', 'thorough']),
  directory: v.string(),
  /** The name of a faulty system, to run the procedure on; null for the one there is. */
  fault: v.nullable(v.string()),
  /** Times each wait for what must come: how much slower this machine is now than one at rest. At least 1. */
  slowdown: v.number(),
});

/** What the harness asks a host to run. */
export type CheckRunJob = v.InferOutput<typeof job>;

/** `injections`: how many wrong answers a faulty system gave. */
const ending = { teardown: v.nullable(v.string()), ms: v.number(), injections: v.number() };
const line = v.variant('type', [
  v.object({ type: v.literal('hosting'), pid: v.number() }),
  v.object({ type: v.literal('observed'), observation: v.unknown(), ...ending }),
  v.object({ type: v.literal('skipped'), reason: v.string(), code: v.nullable(v.string()), ...ending }),
  v.object({ type: v.literal('failed'), message: v.string(), ...ending }),
]);

/** What a host says: once that it is there, then one line a job. */
export type CheckRunLine = v.InferOutput<typeof line>;
export type CheckRunEnding = Exclude<CheckRunLine, { readonly type: 'hosting' }>;

/** Both throw on a line that is none: the two ends are of one version, so that is a defect. */
export const parseCheckRunJob = (text: string): CheckRunJob => v.parse(job, JSON.parse(text));
export const parseCheckRunLine = (text: string): CheckRunLine => v.parse(line, JSON.parse(text));
