import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fidelityByTable, judgeFidelity } from './node-ipc-fidelity.js';
import { describe, VALUES } from './node-ipc-values.js';

test('the evidence counts what was refused and names what arrived as something else', () => {
  const table = { integer: '42', NaN: 'null', bigint: 'throws TypeError', map: '{}' };
  const { evidence } = judgeFidelity(fidelityByTable(table), table);
  assert.is(evidence, '4 values as expected: send() threw for 1; arrived as something else: NaN is null; map is {}.');
});

test('the evidence of a failure names both values', () => {
  const { verdict, evidence } = judgeFidelity(fidelityByTable({ NaN: 'NaN' }), { NaN: 'null' });
  assert.is(verdict, 'fail');
  assert.match(evidence, 'NaN: NaN (expected: null)');
});

test('every value has words of its own', () => {
  const words = Object.values(VALUES).map((make) => describe(make()));
  assert.is(new Set(words).size, words.length);
});

test('words tell apart what codings confuse', () => {
  const pairs: readonly (readonly [unknown, unknown])[] = [
    [-0, 0],
    [null, undefined],
    ['1', 1],
    [1n, 1],
    [[undefined], new Array(1)],
    [{ a: undefined }, {}],
    [new Uint8Array([1]), Buffer.from([1])],
    [new Uint8Array([1]), [1]],
    [{ [Symbol('s')]: 1 }, {}],
    [new Error('a'), new TypeError('a')],
    [new Date(0), new Date(0).toISOString()],
  ];
  for (const [one, other] of pairs) assert.is.not(describe(one), describe(other));
});

test.run();
