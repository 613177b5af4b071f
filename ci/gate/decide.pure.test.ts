import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decisionThreshold, judge, lookAt, type Evidence, type ComparisonInput } from './decide.js';
import { simulatedChance } from './simulated-gate.fixture.js';

const alpha = 0.005;

function evidence(
  median: number,
  low: number | null,
  high: number | null,
  p: { readonly worse?: number; readonly better?: number } = {},
): Evidence {
  return {
    change: { median, low, high, confidence: 1 - alpha },
    worseP: p.worse ?? 0,
    betterP: p.better ?? 0,
    alpha,
    budget: 0.05,
  };
}

const judgements: readonly (readonly [what: string, evidence: Evidence, verdict: ReturnType<typeof judge>])[] = [
  ['a worsening beyond doubt', evidence(0.048, 0.04, 0.055), 'regressed'],
  ['one that is just certain enough', evidence(0.0334, 1e-9, 0.08, { worse: alpha / 2 }), 'regressed'],
  ['one that chance explains', evidence(0.0334, 1e-9, 0.08, { worse: 0.00251 }), 'undecided'],
  ['one whose interval touches zero', evidence(0.0334, 0, 0.08), 'undecided'],
  ['one of two thirds of the budget, not more', evidence(decisionThreshold(0.05), 0.01, 0.08), 'undecided'],
  ['one beyond two thirds of the budget that is certainly below the whole', evidence(0.034, 0.02, 0.04), 'regressed'],
  ['one of less than two thirds of the budget, certainly below the whole', evidence(0.02, 0.01, 0.0499), 'pass'],
  ['one that may still be the whole budget', evidence(0.02, 0.01, 0.05), 'undecided'],
  ['a worsening that chance explains, certainly below the budget', evidence(0.03, 0.001, 0.04, { worse: 0.5 }), 'pass'],
  ['no change, seen clearly', evidence(0, -0.01, 0.01), 'pass'],
  ['no change, seen dimly', evidence(0, -0.08, 0.08), 'undecided'],
  ['an improvement beyond doubt', evidence(-0.048, -0.055, -0.04), 'improved'],
  [
    'one that is just certain enough, and just large enough',
    evidence(-0.0334, -0.08, -1e-9, { better: alpha / 2 }),
    'improved',
  ],
  ['one that chance explains is no worsening at least', evidence(-0.0334, -0.08, -1e-9, { better: 0.00251 }), 'pass'],
  ['one whose interval touches zero', evidence(-0.04, -0.08, 0), 'pass'],
  ['one of two thirds of the budget, not more', evidence(-decisionThreshold(0.05), -0.04, -0.02), 'pass'],
  ['too few pairs for an interval, however bad they look', evidence(0.5, null, null), 'undecided'],
];

for (const [what, given, verdict] of judgements) {
  test(`${what} (${given.change.low} ${given.change.median} ${given.change.high}): ${verdict}`, () =>
    assert.is(judge(given), verdict));
}

const question = (differences: readonly number[], more: Partial<ComparisonInput> = {}): ComparisonInput => ({
  id: 'a',
  isGated: true,
  isDecided: false,
  budget: 0.05,
  unit: 'ns',
  differences,
  ...more,
});

/** So many pairs a tenth worse, the others a tenth better. */
const signs = (worse: number, better: number): number[] => [
  ...new Array<number>(worse).fill(0.1),
  ...new Array<number>(better).fill(-0.1),
];

test(
  'alone, a comparison regresses exactly where its interval lies above zero and its median beyond two thirds of ' +
    'the budget',
  () => {
    const random = simulatedChance(3);
    const seen = { regressed: 0, other: 0 };
    for (let round = 0; round < 3_000; round += 1) {
      const shift = 0.08 * random();
      const differences = Array.from(
        { length: 8 + Math.floor(60 * random()) },
        () => Math.max(0, shift + 0.25 * (random() - 0.5)) + (random() < 0.3 ? -0.1 * random() : 0),
      );
      const result = lookAt({ pairs: differences.length, alpha: 0.01 }, [question(differences)]).get('a');
      const { low = null, median = 0 } = result?.change ?? {};
      const isWorse = low !== null && low > 0 && median > (0.05 * 2) / 3;
      assert.is(result?.verdict === 'regressed', isWorse);
      seen[isWorse ? 'regressed' : 'other'] += 1;
    }
    assert.ok(seen.regressed > 300 && seen.other > 300, JSON.stringify(seen));
  },
);

test('what regresses improves when base and head change places', () => {
  const random = simulatedChance(4);
  const opposite = { regressed: 'improved', improved: 'regressed', pass: null, undecided: null } as const;
  for (let round = 0; round < 500; round += 1) {
    const differences = Array.from({ length: 40 }, () => 0.2 * (random() - 0.3));
    // Counts are compared as they are; times are not quite symmetric, as half is as far from one as twice is.
    const verdictOf = (values: readonly number[]) =>
      lookAt({ pairs: 40, alpha }, [question(values, { unit: 'per message' })]).get('a')?.verdict ?? 'undecided';
    const mirrored = opposite[verdictOf(differences)];
    if (mirrored !== null) assert.is(verdictOf(differences.map((one) => -one)), mirrored);
  }
});

test('times are told as shares, counts as they are', () => {
  const doubled = new Array<number>(40).fill(Math.log(2));
  const look = { pairs: 40, alpha };
  assert.equal(lookAt(look, [question(doubled)]).get('a')?.change, { median: 1, low: 1, high: 1, confidence: 0.995 });
  assert.is(lookAt(look, [question(doubled, { unit: 'per message' })]).get('a')?.change.median, Math.log(2));
});

test('a look tells how many pairs there were, not how many were due', () => {
  const result = lookAt({ pairs: 40, alpha }, [question(signs(30, 3))]).get('a');
  assert.equal([result?.pairs, result?.alpha], [33, alpha]);
});

// Of 40 pairs, 30 worse: p = 0.0011, enough for one comparison at 0.0025, not for three.
const borderline = signs(30, 10);
const clear = signs(40, 0);
const calm = signs(20, 20);
const look = { pairs: 40, alpha };
const verdictsOf = (questions: readonly ComparisonInput[]): (string | undefined)[] => {
  const results = lookAt(
    look,
    questions.map((one, index) => ({ ...one, id: String(index) })),
  );
  return questions.map((_, index) => results.get(String(index))?.verdict);
};

test('what is certain for one comparison is not for one of three', () => {
  assert.equal(verdictsOf([question(borderline)]), ['regressed']);
  assert.equal(verdictsOf([question(borderline), question(calm)]), ['regressed', 'undecided']);
  assert.equal(verdictsOf([question(borderline), question(calm), question(calm)]), [
    'undecided',
    'undecided',
    'undecided',
  ]);
});

test('a clear failure beside it makes room for the next', () => {
  assert.equal(verdictsOf([question(calm), question(borderline), question(clear)]), [
    'undecided',
    'regressed',
    'regressed',
  ]);
});

test('one decided earlier is not looked at again, and still counts', () => {
  const decided = question(clear, { isDecided: true });
  assert.equal(verdictsOf([decided, question(borderline), question(calm)]), [undefined, 'undecided', 'undecided']);
  assert.equal(verdictsOf([decided, question(borderline)]), [undefined, 'regressed']);
});

test('an advisory one is neither corrected nor makes others be', () => {
  const advisory = question(borderline, { isGated: false });
  const others = [question(calm), question(calm), question(calm)];
  assert.equal(verdictsOf([advisory, ...others])[0], 'regressed');
  assert.equal(verdictsOf([question(borderline), advisory, advisory, advisory])[0], 'regressed');
});

test('improvements are corrected for their number too', () => {
  const improving = question(signs(10, 30));
  assert.equal(verdictsOf([improving]), ['improved']);
  assert.equal(verdictsOf([improving, question(calm), question(calm)])[0], 'pass');
});

test('p and its correction are both told', () => {
  const result = lookAt(look, [question(borderline), question(calm, { id: 'b' })]).get('a');
  assert.equal([result?.p.toFixed(6), result?.holmP.toFixed(6)], ['0.001111', '0.002221']);
});

test('the order of questions does not matter', () => {
  const questions = [question(borderline), question(calm), question(clear), question(signs(28, 12))];
  assert.equal(verdictsOf([...questions].reverse()), verdictsOf(questions).reverse());
});

test('nothing measured is refused, not judged', () => {
  assert.throws(() => lookAt(look, [question([])]), /does not exist/);
});

test.run();
