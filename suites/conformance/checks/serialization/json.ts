import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { echoChild, listen } from '../../support/node-ipc-channel.js';
import { fidelityByTable, fidelityOf, judgeFidelity, type Fidelity } from '../../support/node-ipc-fidelity.js';

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

export const jsonFidelity = defineProcedure<readonly Fidelity[]>({
  id: 'serialization/json-fidelity',
  guarantee: 'A value arrives as what JSON makes of it, or send() throws.',
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
  observe: (checkRun) => fidelityOf(checkRun, 'json'),
  judge: (values) => judgeFidelity(values, AS_JSON),
  proofs: [
    { name: 'as by the table', observation: fidelityByTable(AS_JSON), verdict: 'pass' },
    { name: 'one is another in the child', observation: fidelityByTable({ ...AS_JSON, NaN: 'NaN' }), verdict: 'fail' },
    {
      name: 'one is another when it is back',
      observation: fidelityByTable(AS_JSON).map((value) =>
        value.name === 'emoji' ? { ...value, back: '"?"' } : value,
      ),
      verdict: 'fail',
    },
    {
      name: 'one that has to throw arrives',
      observation: fidelityByTable({ ...AS_JSON, cycle: '{}' }),
      verdict: 'fail',
    },
    { name: 'one throws', observation: fidelityByTable({ ...AS_JSON, map: 'throws TypeError' }), verdict: 'fail' },
    {
      name: 'a value not known to the table',
      observation: [...fidelityByTable(AS_JSON), { name: 'other', threw: null, there: '1', back: '1' }],
      verdict: 'fail',
    },
    { name: 'few values', observation: fidelityByTable({ null: 'null' }), verdict: 'broken' },
  ],
});

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
  id: 'serialization/utf8-boundary',
  guarantee: 'Text outside ASCII arrives intact, wherever the reads cut it.',
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
  observe: async (checkRun) => {
    const step = checkRun.count({ quick: 2039, default: 521, thorough: 1 });
    const nearby = Array.from({ length: 17 }, (_, index) => 64 * KIB - 8 + index);
    const even = Array.from({ length: Math.ceil((10 * KIB) / step) }, (_, index) => 60 * KIB + index * step);
    const lengths = step === 1 ? even : [...even, ...nearby];
    const child = echoChild(checkRun, 'json');
    const heard = listen(child);
    let intact = 0;
    let firstDamagedBytes: number | null = null;
    for (let start = 0; start < lengths.length && heard.errors.length === 0; start += BATCH) {
      const batch = lengths.slice(start, start + BATCH);
      for (const bytes of batch) child.send(textOf(bytes));
      await checkRun.until(
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

const UNIT = 'é€😀';

// 2 + 3 + 4 bytes

/** A text of so many bytes of UTF-8; how much ASCII stands before the rest turns with the length. */
function textOf(bytes: number): string {
  const ascii = bytes % 9;
  return 'a'.repeat(ascii) + UNIT.repeat((bytes - ascii) / 9);
}
