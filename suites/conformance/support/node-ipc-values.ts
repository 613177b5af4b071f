import { types } from 'node:util';

/**
 * Values to send over a channel that may not come out as they went in, by name. Made afresh for each use: sending one
 * can change it.
 */
export const VALUES: Readonly<Record<string, () => unknown>> = {
  null: () => null,
  boolean: () => true,
  integer: () => 42,
  'negative zero': () => -0,
  NaN: () => NaN,
  infinity: () => -Infinity,
  'largest double': () => Number.MAX_VALUE,
  'smallest double': () => Number.MIN_VALUE,
  'beyond 2^53': () => 2 ** 53 + 2,
  bigint: () => 2n ** 70n,
  'empty string': () => '',
  'control characters': () => '\0\n\r\t"\\',
  emoji: () => 'aé€😀',
  'lone surrogate': () => '\ud800',
  'undefined property': () => ({ kept: 1, lost: undefined }),
  'undefined element': () => [undefined, 1],
  'function property': () => ({ f: () => 1 }),
  'symbol property': () => ({ s: Symbol('s') }),
  'symbol key': () => ({ [Symbol('k')]: 1, kept: 1 }),
  'nested objects': () => ({ a: [{ b: { c: [1, 'x', null] } }] }),
  'key __proto__': () => JSON.parse('{"__proto__":1}') as unknown,
  'sparse array': () => Object.assign(new Array<number>(3), { 0: 1, 2: 3 }),
  'array with a property': () => Object.assign([1], { extra: 2 }),
  date: () => new Date(86_400_000),
  'invalid date': () => new Date(NaN),
  regexp: () => /a+/gi,
  map: () =>
    new Map<unknown, unknown>([
      ['a', 1],
      [{ k: 1 }, 'v'],
    ]),
  set: () => new Set([1, 'b']),
  error: () => Object.assign(new TypeError('wrong', { cause: 'why' }), { code: 'E_CODE' }),
  buffer: () => Buffer.from([1, 2, 255]),
  Uint8Array: () => new Uint8Array([1, 2, 255]),
  Float64Array: () => new Float64Array([0.5, -0, NaN]),
  BigInt64Array: () => new BigInt64Array([-1n]),
  DataView: () => new DataView(new Uint8Array([7, 8]).buffer),
  ArrayBuffer: () => new Uint8Array([5, 6]).buffer,
  SharedArrayBuffer: () => new SharedArrayBuffer(2),
  'boxed number': () => Object(5) as unknown,
  'boxed string': () => Object('s') as unknown,
  'class instance': () => new Point(1, 2),
  'null prototype': () => Object.assign(Object.create(null) as object, { a: 1 }),
  getter: () => ({
    get computed() {
      return 3;
    },
  }),
  'not enumerable': () => Object.defineProperty({ seen: 1 }, 'unseen', { value: 2 }),
  'toJSON in the prototype': () => new Celsius(20),
  cycle: () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    return loop;
  },
  'the same object twice': () => {
    const shared = { n: 1 };
    return [shared, shared];
  },
  proxy: () => new Proxy({ a: 1 }, {}),
  WeakMap: () => new WeakMap(),
  promise: () => Promise.resolve(1),
  URL: () => new URL('https://example.org/a?b'),
};

class Point {
  constructor(
    readonly x: number,
    readonly y: number,
  ) {}
}

class Celsius {
  constructor(readonly degrees: number) {}
  toJSON(): string {
    return `${this.degrees} °C`;
  }
}

/**
 * A value in words that tell apart what JSON and the structured clone confuse: types, holes, -0, who is the same object
 * as who.
 */
export function describe(value: unknown, seen = new Map<object, number>()): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'symbol' || typeof value === 'function') return typeof value;
  if (typeof value !== 'object' || value === null) return String(value);
  const known = seen.get(value);
  if (known !== undefined) return `<object ${known}>`;
  seen.set(value, seen.size);
  const inside = (part: unknown): string => describe(part, seen);
  const own = (keys: readonly (string | symbol)[]): string =>
    keys
      .map(
        (key) =>
          `${typeof key === 'symbol' ? '[symbol]' : key}: ${inside((value as Record<string | symbol, unknown>)[key])}`,
      )
      .join(', ');
  if (Array.isArray(value)) {
    const elements = Array.from(value, (element: unknown, index) => (index in value ? inside(element) : '<hole>'));
    const named = Object.keys(value).filter((key) => !/^\d+$/.test(key));
    return `[${elements.join(', ')}]${named.length === 0 ? '' : ` with {${own(named)}}`}`;
  }
  if (value instanceof Date) return `Date(${Number.isNaN(value.getTime()) ? 'invalid' : value.toISOString()})`;
  if (value instanceof RegExp) return String(value);
  if (value instanceof Map)
    return `Map{${[...value].map(([key, of]) => `${inside(key)} => ${inside(of)}`).join(', ')}}`;
  if (value instanceof Set) return `Set{${[...value].map(inside).join(', ')}}`;
  if (value instanceof Error)
    return `${value.name}(${[
      inside(value.message),
      ...('cause' in value ? [`cause ${inside(value.cause)}`] : []),
      ...('code' in value ? [`code ${inside(value.code)}`] : []),
    ].join(', ')})`;
  if (value instanceof ArrayBuffer) return `ArrayBuffer[${new Uint8Array(value).join(', ')}]`;
  if (value instanceof DataView)
    return `DataView[${new Uint8Array(value.buffer, value.byteOffset, value.byteLength).join(', ')}]`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}[${listed(value as unknown as ArrayLike<unknown>)}]`;
  if (types.isNumberObject(value) || types.isStringObject(value)) return `boxed ${inside(value.valueOf())}`;
  const prototype: unknown = Object.getPrototypeOf(value);
  const kind =
    prototype === null ? 'null-prototype ' : prototype === Object.prototype ? '' : `${value.constructor.name} `;
  return `${kind}{${own(Reflect.ownKeys(value))}}`;
}

function listed(elements: ArrayLike<unknown>): string {
  return Array.from(elements, (element) => describe(element)).join(', ');
}
