import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mutantsOf } from './mutants-of.js';

const changes = (source: string): readonly string[] => mutantsOf(source).map(({ change }) => change);

test('a comparison is turned round and moved by one', () => {
  assert.equal(
    mutantsOf('a\n  < b').map(({ source }) => source),
    ['a\n  <= b', 'a\n  >= b'],
  );
  assert.equal(
    mutantsOf('a\n  < b').map(({ line }) => line),
    [2, 2],
  );
  assert.equal(changes('a === b'), ['=== → !==']);
});

test('a condition is always and never met, whatever brackets are in it', () => {
  assert.equal(
    mutantsOf('if (f(x) && (y)) z();').map(({ source }) => source),
    ['if (true) z();', 'if (false) z();', 'if (f(x) || (y)) z();'],
  );
});

test('a negation and a step of one are forgotten', () => {
  assert.equal(
    mutantsOf('!a').map(({ source }) => source),
    ['a'],
  );
  assert.equal(
    mutantsOf('n + 1').map(({ source }) => source),
    ['n + 0'],
  );
  assert.equal(changes('n + 10'), []);
});

test('texts, comments, arrows and increments are left alone', () => {
  assert.equal(changes("'a < b' + `c > ${d}` // e < f\n/* g || h */ i => j; k++; l -= 1"), []);
});

test.run();
