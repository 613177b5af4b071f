import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { echoChild, encode, listen, shellChild, shellWrite, untilEnded } from '../../support/node-ipc-channel.js';
import { fidelityByTable, fidelityOf, judgeFidelity, type Fidelity } from '../../support/node-ipc-fidelity.js';

/**
 * What the child sees of each of VALUES: the structured clone algorithm as V8's serializer knows it, and Node's own
 * ways with its own objects.
 */
const AS_CLONE: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'true',
  integer: '42',
  'negative zero': '-0',
  NaN: 'NaN',
  infinity: '-Infinity',
  'largest double': '1.7976931348623157e+308',
  'smallest double': '5e-324',
  'beyond 2^53': '9007199254740994',
  bigint: '1180591620717411303424n',
  'empty string': '""',
  'control characters': String.raw`"\u0000\n\r\t\"\\"`,
  emoji: '"aé€😀"',
  'lone surrogate': String.raw`"\ud800"`,
  'undefined property': '{kept: 1, lost: undefined}',
  'undefined element': '[undefined, 1]',
  'function property': 'throws Error',
  'symbol property': 'throws Error',
  'symbol key': '{kept: 1}',
  'nested objects': '{a: [{b: {c: [1, "x", null]}}]}',
  'key __proto__': '{__proto__: 1}',
  'sparse array': '[1, <hole>, 3]',
  'array with a property': '[1] with {extra: 2}',
  date: 'Date(1970-01-02T00:00:00.000Z)',
  'invalid date': 'Date(invalid)',
  regexp: '/a+/gi',
  map: 'Map{"a" => 1, {k: 1} => "v"}',
  set: 'Set{1, "b"}',
  error: 'TypeError("wrong", cause "why")',
  buffer: 'Buffer[1, 2, 255]',
  Uint8Array: 'Uint8Array[1, 2, 255]',
  Float64Array: 'Float64Array[0.5, -0, NaN]',
  BigInt64Array: 'BigInt64Array[-1n]',
  DataView: 'DataView[7, 8]',
  ArrayBuffer: 'ArrayBuffer[5, 6]',
  SharedArrayBuffer: 'throws Error',
  'boxed number': 'boxed 5',
  'boxed string': 'boxed "s"',
  'class instance': '{x: 1, y: 2}',
  'null prototype': '{a: 1}',
  getter: '{computed: 3}',
  'not enumerable': '{seen: 1}',
  'toJSON in the prototype': '{degrees: 20}',
  cycle: '{self: <object 0>}',
  'the same object twice': '[{n: 1}, <object 1>]',
  proxy: 'throws Error',
  WeakMap: 'throws Error',
  promise: 'throws Error',
  URL: '{}',
};

export const advancedFidelity = defineProcedure<readonly Fidelity[]>({
  id: 'serialization/advanced-fidelity',
  guarantee: 'A value arrives as its structured clone, or send() throws.',
  level: 'MUST',
  source: () => ({
    document: 'Node.js 20, child_process, Advanced serialization',
    quote:
      'This is generally more powerful and supports more built-in JavaScript object types, such as BigInt, Map ' +
      'and Set, ArrayBuffer and TypedArray, Buffer, Error, RegExp etc.',
  }),
  subjects: ['node-ipc-advanced'],
  expected:
    "All that JSON loses arrives, cycles and -0 too. Not a class, a symbol key or an Error's own properties; a " +
    'URL is {}. Functions, symbols, SharedArrayBuffer, Proxy, WeakMap and Promise throw.',
  procedure:
    'Send 49 values inside an object to a Node child that describes what it got and sends it back; describe ' +
    'what comes back.',
  quick: true,
  observe: (checkRun) => fidelityOf(checkRun, 'advanced'),
  judge: (values) => judgeFidelity(values, AS_CLONE),
  proofs: [
    { name: 'as by the table', observation: fidelityByTable(AS_CLONE), verdict: 'pass' },
    {
      name: 'one is another in the child',
      observation: fidelityByTable({ ...AS_CLONE, 'negative zero': '0' }),
      verdict: 'fail',
    },
    {
      name: 'one is another when it is back',
      observation: fidelityByTable(AS_CLONE).map((value) => (value.name === 'map' ? { ...value, back: '{}' } : value)),
      verdict: 'fail',
    },
    { name: 'one throws', observation: fidelityByTable({ ...AS_CLONE, URL: 'throws Error' }), verdict: 'fail' },
    { name: 'few values', observation: fidelityByTable({ null: 'null' }), verdict: 'broken' },
  ],
});

interface View {
  readonly kind: string;
  readonly bytes: number;
  readonly offset: number;
  readonly bufferBytes: number;
  /** The text of the message after it can be read in its buffer. */
  readonly showsNext: boolean;
}

/**
 * `new Uint8Array(message.buffer)` shows a receiver bytes of other messages, and keeps all of a read in memory as long
 * as the view lives.
 */
export const viewOverRead = defineProcedure<readonly View[]>({
  id: 'serialization/view-over-read',
  guarantee: 'A view that was received is a view over all that was read with it.',
  level: 'INFO',
  source: () => ({
    document:
      'Node.js 20, child_process, Advanced serialization — the nearest text: of the buffer behind a view that ' +
      'was received nothing is said',
    quote:
      'supports more built-in JavaScript object types, such as BigInt, Map and Set, ArrayBuffer and TypedArray, ' +
      'Buffer, Error, RegExp etc.',
  }),
  subjects: ['node-ipc-advanced'],
  expected:
    'byteOffset is not 0 and the buffer is larger than the view: it holds the frame, and the message that was ' +
    'read with it.',
  procedure:
    'A shell writes a DataView of two bytes and a text after it at once; the same with a Uint8Array and a ' +
    'Buffer. Look at byteOffset, at the length of the buffer, and for the text in it.',
  quick: false,
  observe: (checkRun) =>
    Promise.all(
      [new DataView(new Uint8Array([7, 8]).buffer), new Uint8Array([7, 8]), Buffer.from([7, 8])].map(async (sent) => {
        const next = 'the message after it';
        const child = shellChild(
          checkRun,
          shellWrite(Buffer.concat([encode('advanced', sent), encode('advanced', next)])),
          'advanced',
        );
        const ended = untilEnded(checkRun, child);
        const heard = listen(child);
        await ended;
        await checkRun.until('the channel has ended', () => heard.disconnects > 0);
        const received = heard.messages[0] as NodeJS.ArrayBufferView;
        return {
          kind: received.constructor.name,
          bytes: received.byteLength,
          offset: received.byteOffset,
          bufferBytes: received.buffer.byteLength,
          showsNext: Buffer.from(received.buffer as ArrayBuffer).includes(next),
        };
      }),
    ),
  judge: (views) => {
    if (views.length < 3 || views.some(({ bytes }) => bytes !== 2))
      return { verdict: 'broken', evidence: `Three views of 2 bytes were expected: ${JSON.stringify(views)}.` };
    const expectations = views.flatMap(
      ({ kind, offset, bufferBytes, showsNext }) =>
        [
          [`${kind} of 2 bytes: at offset`, [offset, 10]],
          [`${kind}: bytes of its buffer`, [bufferBytes, 40]],
          [`${kind}: the next message stands in it`, [showsNext, true]],
        ] as const,
    );
    return judgeExpected(Object.fromEntries(expectations), 'info');
  },
  proofs: [
    {
      name: 'over the read',
      observation: ['DataView', 'Uint8Array', 'Buffer'].map((kind) => view(kind)),
      verdict: 'info',
    },
    {
      name: 'over its own bytes',
      observation: ['DataView', 'Uint8Array', 'Buffer'].map((kind) =>
        view(kind, { offset: 0, bufferBytes: 2, showsNext: false }),
      ),
      verdict: 'info',
      unusual: true,
    },
    { name: 'two views', observation: ['DataView', 'Uint8Array'].map((kind) => view(kind)), verdict: 'broken' },
    {
      name: 'an empty view',
      observation: [view('DataView'), view('Uint8Array'), view('Buffer', { bytes: 0 })],
      verdict: 'broken',
    },
  ],
});

function view(kind: string, change: Partial<View> = {}): View {
  return { kind, bytes: 2, offset: 10, bufferBytes: 40, showsNext: true, ...change };
}

interface Interleaved {
  /** What was sent, in order: bytes of an array, or the length of a text. */
  readonly sent: readonly string[];
  readonly back: readonly string[];
  readonly errors: readonly string[];
}

/** History: nodejs/node#34797 (damaged), #55834 (a hang, when a read ended inside the four bytes of a length). */
export const interleavedLarge = defineProcedure<Interleaved>({
  id: 'serialization/interleaved-large',
  guarantee: 'Large arrays sent one after the other, with short messages between them, arrive intact and in order.',
  level: 'MUST',
  source: () => ({
    document: "Node.js 20, child_process, Event: 'message'",
    quote:
      "If the serialization option was set to 'advanced' used when spawning the child process, the message " +
      'argument can contain data that JSON is not able to represent.',
  }),
  subjects: ['node-ipc-advanced'],
  expected: 'Intact.',
  procedure:
    'Without waiting, send two Uint8Arrays of 7 MiB with bytes that depend on their place (thorough: ten ' +
    'times), a short text before, between and after them, to a child that sends every byte back; compare.',
  quick: false,
  deadlineMs: 60_000,
  observe: async (checkRun) => {
    const bytes = checkRun.count({ quick: 1 << 20, default: 7 << 20, thorough: 7 << 20 });
    const arrays = [patterned(bytes, checkRun.seed), patterned(bytes - 3, checkRun.seed + 1)];
    const round = ['first', arrays[0], 'between', arrays[1], 'last'];
    const sent: string[] = [];
    const back: string[] = [];
    const child = echoChild(checkRun, 'advanced');
    const heard = listen(child);
    for (
      let times = checkRun.count({ quick: 1, default: 1, thorough: 10 });
      times > 0 && heard.errors.length === 0;
      times -= 1
    ) {
      for (const message of round) child.send(message as object);
      await checkRun.until(
        'all has come back',
        () => heard.messages.length + heard.errors.length >= round.length,
        20_000,
      );
      sent.push(...round.map((message) => named(message, arrays)));
      back.push(...heard.messages.splice(0).map((message) => named(message, arrays)));
    }
    return { sent, back, errors: heard.errors };
  },
  judge: ({ sent, back, errors }) =>
    sent.length < 5
      ? { verdict: 'broken', evidence: `Only ${sent.length} messages were sent.` }
      : judgeExpected({ 'came back': [back, sent], errors: [errors, []] }, 'fail'),
  proofs: [
    {
      name: 'intact',
      observation: {
        sent: ['a', 'array 1', 'b', 'array 2', 'c'],
        back: ['a', 'array 1', 'b', 'array 2', 'c'],
        errors: [],
      },
      verdict: 'pass',
    },
    {
      name: 'one damaged',
      observation: {
        sent: ['a', 'array 1', 'b', 'array 2', 'c'],
        back: ['a', 'array 1', 'b', '5 other bytes', 'c'],
        errors: [],
      },
      verdict: 'fail',
    },
    {
      name: 'an error',
      observation: {
        sent: ['a', 'array 1', 'b', 'array 2', 'c'],
        back: ['a', 'array 1', 'b', 'array 2', 'c'],
        errors: ['EPIPE'],
      },
      verdict: 'fail',
    },
    {
      name: 'few',
      observation: { sent: ['a', 'array 1', 'b', 'array 2'], back: ['a', 'array 1', 'b', 'array 2'], errors: [] },
      verdict: 'broken',
    },
  ],
});

/** Bytes that tell where they belong: swapped, shifted and stale ones differ. */
function patterned(bytes: number, seed: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(bytes / 4));
  for (let index = 0; index < words.length; index += 1) words[index] = Math.imul(index ^ seed, 0x9e3779b1);
  return new Uint8Array(words.buffer, 0, bytes);
}

/** Which of the arrays it is, byte for byte; a text itself. */
function named(message: unknown, arrays: readonly (Uint8Array | undefined)[]): string {
  if (!(message instanceof Uint8Array)) return String(message);
  const which = arrays.findIndex((array) => array !== undefined && Buffer.compare(array, message) === 0);
  return which < 0 ? `${message.length} other bytes` : `array ${which + 1} (${message.length} bytes)`;
}
