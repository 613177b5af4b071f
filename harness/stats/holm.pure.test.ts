import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { holmAdjusted } from './holm.js';

const rounded = (values: readonly number[]): number[] => values.map((value) => Number(value.toFixed(6)));

test('agrees with what other libraries document', () => {
  // pingouin 0.5, docs of multicomp's Holm; @stdlib/stats-padjust, README; R, p.adjust(1:5 / 100, "holm").
  assert.equal(rounded(holmAdjusted([0.5, 0.003, 0.32, 0.054, 0.0003])), [0.64, 0.012, 0.64, 0.162, 0.0015]);
  assert.equal(rounded(holmAdjusted([0.319, 0.201, 0.4, 0.374, 0.113])), [0.957, 0.804, 0.957, 0.957, 0.565]);
  assert.equal(rounded(holmAdjusted([0.01, 0.02, 0.03, 0.04, 0.05])), [0.05, 0.08, 0.09, 0.09, 0.09]);
});

test('rejects what the step-down procedure rejects, done by hand', () => {
  // The usual example of four hypotheses at 5 %: 0.005 and 0.01 are rejected; 0.03 misses 0.025, and takes 0.04 with it
  // though that would pass alone.
  const adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.005]);
  assert.equal(
    adjusted.map((p) => p <= 0.05),
    [true, false, false, true],
  );
});

test('agrees with the definition by closed testing, for every small case', () => {
  // A hypothesis is rejected if every set that contains it is, each by Bonferroni: its adjusted p is the largest over
  // all those sets of size times smallest p.
  const levels = [0.001, 0.01, 0.02, 0.02, 0.3, 0.9];
  const closed = levels.map((_, index) => {
    let largest = 0;
    for (let members = 1; members < 2 ** levels.length; members += 1) {
      if (((members >> index) & 1) === 0) continue;
      const set = levels.filter((_level, other) => (members >> other) & 1);
      largest = Math.max(largest, Math.min(1, set.length * Math.min(...set)));
    }
    return largest;
  });
  assert.equal(rounded(holmAdjusted(levels)), rounded(closed));
});

test('one alone is not corrected, none are none', () => {
  assert.equal(holmAdjusted([0.03]), [0.03]);
  assert.equal(holmAdjusted([]), []);
});

test.run();
