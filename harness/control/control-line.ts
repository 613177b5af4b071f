import { stripVTControlCharacters } from 'node:util';
import * as v from 'valibot';

const count = v.pipe(v.number(), v.minValue(0));
const countOrUnknown = v.nullable(count);

const latency = v.object({
  significantDigits: v.literal(3),
  highestTrackableNs: count,
  overflow: count,
  minNs: count,
  maxNs: count,
  sumNs: count,
  // Looked at in one go: an object of valibot's for each of some thousand numbers is 5 ms and most of the garbage of a
  // run.
  bins: v.custom<readonly number[]>(
    (bins) =>
      Array.isArray(bins) && bins.length % 2 === 0 && bins.every((number) => typeof number === 'number' && number >= 0),
  ),
});

const costs = v.object({
  cpuNs: countOrUnknown,
  syscalls: countOrUnknown,
  voluntarySwitches: countOrUnknown,
  involuntarySwitches: countOrUnknown,
  minorFaults: countOrUnknown,
  majorFaults: countOrUnknown,
  runDelayNs: countOrUnknown,
  maxRssBytes: countOrUnknown,
});

/** What a Node-hosted peer opened in a checked exchange and did not close, in words. */
const leftOpen = v.optional(v.nullable(v.string()));

const controlLine = v.variant('type', [
  v.object({ type: v.literal('ready'), pid: v.number() }),
  v.object({ type: v.literal('sent'), messages: count, leftOpen }),
  v.object({ type: v.literal('drained') }),
  v.object({
    type: v.literal('result'),
    messages: count,
    bytes: count,
    windowNs: count,
    latency: v.nullable(latency),
    costs,
    verified: v.picklist(['header', 'full']),
    leftOpen,
  }),
  v.object({
    type: v.literal('error'),
    // What a module throws may be coloured for a terminal of its own.
    message: v.pipe(
      v.string(),
      v.transform((text) => stripVTControlCharacters(text)),
    ),
    code: v.nullable(v.string()),
    syscall: v.nullable(v.string()),
    errno: v.nullable(v.number()),
    phase: v.nullable(v.string()),
    /**
     * Of peers that Node hosts: the first line of the stack in the author's file, and how many messages there had been.
     */
    at: v.optional(v.nullable(v.string())),
    messages: v.optional(v.nullable(count)),
  }),
]);

/** What a peer says to the harness (native/README.md, "Control lines"). */
export type ControlLine = v.InferOutput<typeof controlLine>;
export type LineOf<Type extends ControlLine['type']> = Extract<ControlLine, { readonly type: Type }>;

/**
 * null when the line is not one a peer may say: a peer of another version, or someone else writing to the descriptor.
 */
export function parseControlLine(text: string): ControlLine | null {
  try {
    const parsed = v.safeParse(controlLine, JSON.parse(text));
    return parsed.success ? parsed.output : null;
  } catch {
    return null; // Not JSON: no line of ours either.
  }
}
