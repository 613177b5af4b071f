import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cover } from './coverage.js';
import { countOf, includes, joinRuns, subtractRuns, type Run } from './runs.js';
import { drawsOf } from '../fault-injection/random.js';

const run = (first: number, end: number): Run => ({ first, end });

test('runs that touch or overlap become one, whatever their order', () => {
  assert.equal(joinRuns([]), []);
  assert.equal(joinRuns([run(5, 7), run(0, 2), run(2, 3), run(6, 9)]), [run(0, 3), run(5, 9)]);
  assert.equal(joinRuns([run(0, 10), run(2, 3)]), [run(0, 10)]);
  assert.equal(joinRuns([run(1, 1), run(4, 3)]), []);
});

test('what is taken away leaves the rest', () => {
  assert.equal(subtractRuns([run(0, 10)], []), [run(0, 10)]);
  assert.equal(subtractRuns([], [run(0, 10)]), []);
  assert.equal(subtractRuns([run(0, 10)], [run(0, 10)]), []);
  assert.equal(subtractRuns([run(0, 10)], [run(0, 3), run(5, 6), run(9, 12)]), [run(3, 5), run(6, 9)]);
  assert.equal(subtractRuns([run(0, 4), run(6, 10)], [run(3, 7)]), [run(0, 3), run(7, 10)]);
  assert.equal(subtractRuns([run(5, 7)], [run(0, 5), run(7, 9)]), [run(5, 7)]);
});

test('membership ends before the end', () => {
  assert.ok(includes([run(2, 4)], 2));
  assert.ok(includes([run(2, 4)], 3));
  assert.not.ok(includes([run(2, 4)], 4));
  assert.not.ok(includes([run(2, 4)], 1));
  assert.ok(includes([run(2, 4), run(7, 8)], 7));
});

test('coverage says what a count of every single number says, for 2000 random logs', () => {
  for (let seed = 1; seed <= 2000; seed += 1) {
    const draw = drawsOf(seed);
    const arrivals = Array.from({ length: draw(12) }, () => {
      const first = draw(30);
      return run(first, first + 1 + draw(8));
    });
    assert.equal(cover(arrivals), coverOneByOne(arrivals), `seed ${seed}: ${JSON.stringify(arrivals)}`);
  }
});

/** The same by brute force: one number at a time. */
function coverOneByOne(arrivals: readonly Run[]): ReturnType<typeof cover> {
  const seen = new Set<number>();
  let highest = -1;
  const late = { count: 0, first: null as { seq: number; after: number } | null };
  const repeated = { count: 0, first: null as number | null };
  for (const { first, end } of arrivals) {
    const before = highest;
    for (let seq = first; seq < end; seq += 1) {
      if (seen.has(seq)) {
        repeated.count += 1;
        repeated.first ??= seq;
      } else if (seq < before) {
        late.count += 1;
        late.first ??= { seq, after: before };
      }
      seen.add(seq);
      highest = Math.max(highest, seq);
    }
  }
  return { seen: joinRuns([...seen].map((seq) => run(seq, seq + 1))), repeated, late };
}

test('a run of 2^40 messages costs what a run of one costs', () => {
  const many = 2 ** 40;
  const coverage = cover([run(0, many), run(many + 1, 2 * many), run(many, many + 1), run(5, many)]);
  assert.equal(coverage, {
    seen: [run(0, 2 * many)],
    repeated: { count: many - 5, first: 5 },
    late: { count: 1, first: { seq: many, after: 2 * many - 1 } },
  });
  assert.is(countOf(coverage.seen), 2 * many);
});

test('a log of 20000 records in the worst order is covered in well under a second', () => {
  const startedMs = performance.now();
  const backwards = Array.from({ length: 20_000 }, (_, index) => run(2 * (20_000 - index), 2 * (20_000 - index) + 1));
  assert.is(cover(backwards).late.count, 19_999);
  assert.ok(performance.now() - startedMs < 1000);
});

test.run();
