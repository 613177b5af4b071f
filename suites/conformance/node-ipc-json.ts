import { defineProcedure } from '../../harness/define.js';
import { judgeExpected } from './procedures/expectations.js';
import { echoChild, fatalError, listen, nameOf, untilEnded } from './procedures/node-ipc-channel.js';
import { fatesByTable, fatesOf, judgeFates, type Fate } from './procedures/node-ipc-fidelity.js';

/** What the child sees of each of VALUES: what ECMA-262, JSON.stringify and JSON.parse, makes of it. */
const AS_JSON: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'true',
  integer: '42',
  'negative zero': '0',
  NaN: 'null',
  infinity: 'null',
  'largest double': '1.7976931348623157e+308',
  'smallest double': '5e-324',
  'beyond 2^53': '9007199254740994',
  bigint: 'throws TypeError',
  'empty string': '""',
  'control characters': String.raw`"\u0000\n\r\t\"\\"`,
  emoji: '"aé€😀"',
  'lone surrogate': String.raw`"\ud800"`,
  'undefined property': '{kept: 1}',
  'undefined element': '[null, 1]',
  'function property': '{}',
  'symbol property': '{}',
  'symbol key': '{kept: 1}',
  'nested objects': '{a: [{b: {c: [1, "x", null]}}]}',
  'key __proto__': '{__proto__: 1}',
  'sparse array': '[1, null, 3]',
  'array with a property': '[1]',
  date: '"1970-01-02T00:00:00.000Z"',
  'invalid date': 'null',
  regexp: '{}',
  map: '{}',
  set: '{}',
  error: '{code: "E_CODE"}',
  buffer: '{type: "Buffer", data: [1, 2, 255]}',
  Uint8Array: '{0: 1, 1: 2, 2: 255}',
  Float64Array: '{0: 0.5, 1: 0, 2: null}',
  BigInt64Array: 'throws TypeError',
  DataView: '{}',
  ArrayBuffer: '{}',
  SharedArrayBuffer: '{}',
  'boxed number': '5',
  'boxed string': '"s"',
  'class instance': '{x: 1, y: 2}',
  'null prototype': '{a: 1}',
  getter: '{computed: 3}',
  'not enumerable': '{seen: 1}',
  'toJSON in the prototype': '"20 °C"',
  cycle: 'throws TypeError',
  'the same object twice': '[{n: 1}, {n: 1}]',
  proxy: '{a: 1}',
  WeakMap: '{}',
  promise: '{}',
  URL: '"https://example.org/a?b"',
};

export const jsonFidelity = defineProcedure<readonly Fate[]>({
  id: 'node-ipc-json/fidelity-table',
  promise: 'A value arrives as what JSON makes of it, or send() throws.',
  level: 'MUST',
  source: () => ({
    document:
      "Node.js 20, child_process, Event: 'message' — the nearest text: that it is JSON.stringify() is shown by " +
      'example alone',
    quote:
      'The message goes through serialization and parsing. The resulting message might not be the same as what ' +
      'is originally sent.',
  }),
  subjects: ['node-ipc-json'],
  expected:
    'NaN and Infinity become null, -0 becomes 0, undefined is dropped, Date and URL become text, Map, Set, ' +
    'RegExp and Error lose all they hold, a Buffer becomes {type, data}; BigInt and cycles throw TypeError.',
  procedure:
    'Send 49 values inside an object to a Node child that describes what it got and sends it back; describe ' +
    'what comes back.',
  quick: true,
  observe: (trial) => fatesOf(trial, 'json'),
  judge: (fates) => judgeFates(fates, AS_JSON),
  proofs: [
    { name: 'as by the table', observation: fatesByTable(AS_JSON), verdict: 'pass' },
    { name: 'one is another in the child', observation: fatesByTable({ ...AS_JSON, NaN: 'NaN' }), verdict: 'fail' },
    {
      name: 'one is another when it is back',
      observation: fatesByTable(AS_JSON).map((fate) => (fate.name === 'emoji' ? { ...fate, back: '"?"' } : fate)),
      verdict: 'fail',
    },
    { name: 'one that has to throw arrives', observation: fatesByTable({ ...AS_JSON, cycle: '{}' }), verdict: 'fail' },
    { name: 'one throws', observation: fatesByTable({ ...AS_JSON, map: 'throws TypeError' }), verdict: 'fail' },
    {
      name: 'a value not known to the table',
      observation: [...fatesByTable(AS_JSON), { name: 'other', threw: null, there: '1', back: '1' }],
      verdict: 'fail',
    },
    { name: 'few values', observation: fatesByTable({ null: 'null' }), verdict: 'broken' },
  ],
});

interface Poison {
  /** The child answered a message before. */
  readonly answeredBefore: boolean;
  /** What send() threw, or null. */
  readonly threw: string | null;
  /** What it returned, or its callback was given: null when there was no error. */
  readonly returned: boolean | null;
  readonly callback: string | null;
  readonly answeredAfter: boolean;
  readonly status: number | null;
  readonly fatal: string | null;
}

/**
 * JSON.stringify() gives undefined for it, and Node writes `undefined` + '\n'. The same for a function with toJSON:
 * nodejs/node#20314, closed by #24787 for other values.
 */
export const toJsonUndefined = defineProcedure<Poison>({
  id: 'node-ipc-json/tojson-undefined-kills-peer',
  promise: 'A message that JSON cannot express is refused where it is sent.',
  level: 'SHOULD',
  source: () => ({
    document: 'lib/internal/child_process.js of Node.js 20.20.2, target._send()',
    quote:
      'Non-serializable messages should not reach the remote end point; as any failure in the stringification ' +
      'there will result in error message that is weakly consumable. So perform a final check on message prior ' +
      'to sending.',
  }),
  subjects: ['node-ipc-json'],
  expected:
    'send() throws. Known: it returns true, its callback is told of no error, and the receiver dies of an ' +
    'uncaught SyntaxError.',
  procedure: 'To a Node child that answers: a message, {toJSON() { return undefined; }}, another message.',
  quick: true,
  observe: async (trial) => {
    const child = trial.child(new URL('./children/node-ipc-describer.js', import.meta.url), {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'json',
    });
    const ended = untilEnded(trial, child);
    const answers: unknown[] = [];
    child.on('message', (message) => answers.push((message as { readonly name: unknown }).name));
    child.send({ name: 'before', value: 1 });
    await trial.until('the child answers', () => answers.length > 0);
    let callback: string | null = null;
    let threw: string | null = null;
    let returned: boolean | null = null;
    try {
      returned = child.send(
        { toJSON: () => undefined } as object,
        (error) => (callback = error === null ? null : nameOf(error)),
      );
    } catch (error) {
      threw = nameOf(error);
    }
    child.send({ name: 'after', value: 2 }, () => undefined);
    await trial.until('the child answers or ends', () => answers.includes('after') || child.exitCode !== null);
    if (child.connected) child.disconnect();
    const { status, stderr } = await ended;
    return {
      answeredBefore: answers[0] === 'before',
      threw,
      returned,
      callback,
      answeredAfter: answers.includes('after'),
      status,
      fatal: fatalError(stderr),
    };
  },
  judge: ({ answeredBefore, threw, returned, callback, answeredAfter, status, fatal }) =>
    judgeExpected(
      {
        [`the sender was told of an error (send() ${threw === null ? `returned ${returned}` : 'threw'})`]: [
          threw !== null || callback !== null,
          true,
        ],
        'the receiver died of': [fatal, null],
        'its exit status': [status, 0],
        'it answers the next message': [answeredAfter, true],
      },
      'deviation',
      { 'the child answered before': [answeredBefore, true] },
    ),
  proofs: [
    { name: 'it throws', observation: poison(), verdict: 'pass' },
    {
      name: 'its callback is told',
      observation: poison({ threw: null, callback: 'ERR_INVALID_ARG_TYPE', returned: false }),
      verdict: 'pass',
    },
    {
      name: 'the receiver dies',
      observation: poison({
        threw: null,
        returned: true,
        status: 1,
        fatal: 'SyntaxError: "undefined" is not valid JSON',
        answeredAfter: false,
      }),
      verdict: 'deviation',
    },
    { name: 'nothing is said', observation: poison({ threw: null, returned: true }), verdict: 'deviation' },
    { name: 'an error in the receiver', observation: poison({ fatal: 'SyntaxError' }), verdict: 'deviation' },
    { name: 'the receiver ends', observation: poison({ status: 1 }), verdict: 'deviation' },
    { name: 'the receiver is silent', observation: poison({ answeredAfter: false }), verdict: 'deviation' },
    { name: 'the channel did not work before', observation: poison({ answeredBefore: false }), verdict: 'broken' },
  ],
});

function poison(change: Partial<Poison> = {}): Poison {
  return {
    answeredBefore: true,
    threw: 'ERR_INVALID_ARG_TYPE',
    returned: null,
    callback: null,
    answeredAfter: true,
    status: 0,
    fatal: null,
    ...change,
  };
}

interface Texts {
  readonly sent: number;
  readonly intact: number;
  /** Length in bytes of the first that was not. */
  readonly firstDamagedBytes: number | null;
  readonly errors: readonly string[];
}

const KIB = 1024;

/**
 * The reader gets 64 KiB at a time, so a character of several bytes is cut at every possible place by one of these
 * lengths.
 */
export const utf8Boundary = defineProcedure<Texts>({
  id: 'node-ipc-json/utf8-boundary',
  promise: 'Text outside ASCII arrives intact, wherever the reads cut it.',
  level: 'MUST',
  source: () => ({
    document: "Node.js 20, child_process, Event: 'message'",
    quote: "The 'message' event is triggered when a child process uses process.send() to send messages.",
  }),
  subjects: ['node-ipc-json'],
  expected: 'Intact at every length.',
  procedure:
    'Send texts of 2-, 3- and 4-byte characters of 60 to 70 KiB (thorough: of every length; else every 521st ' +
    'and all within 8 bytes of 64 KiB) to a child that sends every byte back; compare.',
  quick: false,
  deadlineMs: 120_000,
  observe: async (trial) => {
    const step = trial.count({ quick: 2039, default: 521, thorough: 1 });
    const nearby = Array.from({ length: 17 }, (_, index) => 64 * KIB - 8 + index);
    const even = Array.from({ length: Math.ceil((10 * KIB) / step) }, (_, index) => 60 * KIB + index * step);
    const lengths = step === 1 ? even : [...even, ...nearby];
    const child = echoChild(trial, 'json');
    const heard = listen(child);
    let intact = 0;
    let firstDamagedBytes: number | null = null;
    for (let start = 0; start < lengths.length && heard.errors.length === 0; start += BATCH) {
      const batch = lengths.slice(start, start + BATCH);
      for (const bytes of batch) child.send(textOf(bytes));
      await trial.until(
        'the texts are back',
        () => heard.messages.length + heard.errors.length >= batch.length,
        20_000,
      );
      heard.messages.splice(0).forEach((text, index) => {
        if (text === textOf(batch[index] ?? 0)) intact += 1;
        else firstDamagedBytes ??= batch[index] ?? 0;
      });
    }
    return { sent: lengths.length, intact, firstDamagedBytes, errors: heard.errors };
  },
  judge: ({ sent, intact, firstDamagedBytes, errors }) =>
    sent < 20
      ? { verdict: 'broken', evidence: `Only ${sent} texts were sent.` }
      : judgeExpected(
          {
            'texts that came back intact': [intact, sent],
            'length of the first damaged one': [firstDamagedBytes, null],
            errors: [errors, []],
          },
          'fail',
        ),
  proofs: [
    { name: 'all intact', observation: { sent: 20, intact: 20, firstDamagedBytes: null, errors: [] }, verdict: 'pass' },
    { name: 'one lost', observation: { sent: 20, intact: 19, firstDamagedBytes: null, errors: [] }, verdict: 'fail' },
    {
      name: 'one damaged',
      observation: { sent: 20, intact: 20, firstDamagedBytes: 65536, errors: [] },
      verdict: 'fail',
    },
    {
      name: 'an error',
      observation: { sent: 20, intact: 20, firstDamagedBytes: null, errors: ['EPIPE'] },
      verdict: 'fail',
    },
    {
      name: 'few texts',
      observation: { sent: 19, intact: 19, firstDamagedBytes: null, errors: [] },
      verdict: 'broken',
    },
  ],
});

/** Not all at once: what is sent and not yet written is kept in memory. */
const BATCH = 32;
const UNIT = 'é€😀'; // 2 + 3 + 4 bytes

/** A text of so many bytes of UTF-8; how much ASCII stands before the rest turns with the length. */
function textOf(bytes: number): string {
  const ascii = bytes % 9;
  return 'a'.repeat(ascii) + UNIT.repeat((bytes - ascii) / 9);
}
