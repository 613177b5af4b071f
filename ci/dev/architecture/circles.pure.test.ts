import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { circlesOf } from './circles.js';

const circles = suite('circles');

const circlesIn = (edges: Readonly<Record<string, readonly string[]>>): string[][] =>
  circlesOf(new Map(Object.entries(edges)));

circles('are found: one, two apart, and a module that imports itself', () => {
  assert.equal(circlesIn({ a: ['b'], b: ['c'], c: ['a', 'd'], d: [] }), [['a', 'b', 'c']]);
  assert.equal(circlesIn({ a: ['b', 'c'], b: ['a'], c: ['d'], d: ['c'] }), [
    ['c', 'd'],
    ['a', 'b'],
  ]);
  assert.equal(circlesIn({ a: ['a'] }), [['a']]);
});

circles('are not what two ways to one module make', () => {
  assert.equal(circlesIn({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }), []);
});

circles.run();
