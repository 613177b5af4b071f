import * as v from 'valibot';

const failure = v.object({ message: v.string(), details: v.string(), stack: v.string() });
const test = v.number();

/** What a test file's process says on its own pipe, one JSON line each: uvu's pretty output is never parsed. */
const testMessage = v.variant('kind', [
  v.object({ kind: v.literal('declared'), test, suite: v.string(), name: v.string() }),
  v.object({ kind: v.literal('queued'), tests: v.array(test) }),
  v.object({ kind: v.literal('started'), test }),
  v.object({ kind: v.literal('passed'), test }),
  v.object({ kind: v.literal('failed'), test, failure }),
  v.object({ kind: v.literal('skipped'), test, reason: v.string() }),
  v.object({ kind: v.literal('fault'), failure }),
  v.object({ kind: v.literal('finished') }),
  v.object({ kind: v.literal('held-alive'), by: v.array(v.string()) }),
]);

export type TestMessage = v.InferOutput<typeof testMessage>;
export type Failure = v.InferOutput<typeof failure>;

/**
 * The descriptor of that pipe in the process of a test file; Node marks it close-on-exec, so no grandchild holds it.
 */
export const channelFd = 3;

export function parseTestMessage(line: string): TestMessage {
  return v.parse(testMessage, JSON.parse(line));
}

export function failureOf(message: string): Failure {
  return { message, details: '', stack: '' };
}
