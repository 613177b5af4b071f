import * as v from 'valibot';
import type { History } from '../model/index.js';

/** The text of a history, one event a line, so that two of them can be compared by diff. */
export function saveHistory(history: History): string {
  const { initiator, responder, ...rest } = history;
  const end = ({ events, ...side }: History['initiator']): string => {
    const lines = events.map((event) => `      ${JSON.stringify(event)}`).join(',\n');
    return `${JSON.stringify(side).slice(0, -1)},\n    "events": [${lines === '' ? '' : `\n${lines}\n    `}]}`;
  };
  const head = JSON.stringify({ ...rest }).slice(0, -1);
  return `${head},\n  "initiator": ${end(initiator)},\n  "responder": ${end(responder)}}\n`;
}

/** Throws an Error with one sentence that names the place which is wrong. */
export function parseHistory(text: string): History {
  const parsed = v.safeParse(historySchema, parseJson(text));
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const place = v.getDotPath(issue);
    throw new Error(
      `Not a saved history: ${place === null ? '' : `${place}: `}${issue.message}. Save it again with 'saveHistory'.`,
    );
  }
  return parsed.output;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`Not a saved history: it is not JSON (${text.length} characters).`, { cause });
  }
}

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Sums of bytes may pass 2^53, where a double no longer counts exactly. */
const sum = v.pipe(v.number(), v.integer(), v.minValue(0));
const some = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const role = v.picklist(['initiator', 'responder']);
const run = { sender: whole, seqFirst: whole, count: some, bytes: sum };
const lengths = { sender: whole, seq: whole, expected: whole, actual: whole };

const eventSchema = v.variant('kind', [
  v.object({ kind: v.literal('sent'), ...run }),
  v.object({ kind: v.literal('send-unknown'), sender: whole, seq: whole, acceptedBytes: whole, errno: whole }),
  v.object({ kind: v.literal('received'), ...run }),
  v.object({ kind: v.literal('damaged-header'), bytes: whole }),
  v.object({ kind: v.literal('damaged-payload'), sender: whole, seq: whole, bytes: whole, offset: whole }),
  v.object({ kind: v.literal('wrong-boundary'), ...lengths }),
  v.object({ kind: v.literal('unplanned-length'), ...lengths }),
  v.object({ kind: v.literal('cut-short'), ...lengths }),
  v.object({ kind: v.literal('overwritten'), bytes: whole, offset: whole }),
  v.object({ kind: v.literal('held'), bytes: whole }),
  v.object({ kind: v.literal('eof') }),
  v.object({ kind: v.literal('drained') }),
  v.object({ kind: v.literal('error'), errno: whole, syscall: v.string() }),
]);

const endSchema = <R extends 'initiator' | 'responder'>(name: R) =>
  v.object({
    role: v.literal(name),
    events: v.array(eventSchema),
    overflowed: v.boolean(),
    ending: v.picklist(['finished', 'failed', 'killed-by-deadline']),
    stuckAt: v.nullable(v.string()),
  });

const historySchema = v.object({
  version: v.literal(1),
  transport: v.pipe(v.string(), v.minLength(1)),
  framing: v.picklist(['stream', 'message']),
  sender: role,
  seed: whole,
  minBytes: whole,
  maxBytes: whole,
  largeBytes: v.exactOptional(v.array(whole)),
  beyondBytes: v.exactOptional(whole),
  planned: whole,
  acknowledged: v.nullable(whole),
  cause: v.exactOptional(v.string()),
  initiator: endSchema('initiator'),
  responder: endSchema('responder'),
});
