import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LookResult } from '../../harness/model/index.js';
import { decisionThreshold } from './decide.js';
import type { Finding, Measured } from './measured.js';
import { verdictOf } from './verdict.js';

const looked = (
  verdict: LookResult['verdict'],
  [median, low, high]: readonly [median: number, low: number | null, high: number | null],
  more: Partial<LookResult> = {},
): LookResult => ({
  pairs: 100,
  alpha: 0.005,
  change: { median, low, high, confidence: 0.995 },
  p: 0.4,
  holmP: 0.4,
  verdict,
  ...more,
});

const worse = looked('regressed', [0.048, 0.04, 0.055], { p: 0, holmP: 0 });
const worseAgain = looked('regressed', [0.051, 0.042, 0.061], { p: 0, holmP: 0 });
const same = looked('pass', [0.003, -0.002, 0.009]);
const better = looked('improved', [-0.08, -0.09, -0.071]);
const open = looked('undecided', [0.027, -0.01, 0.062]);

const settings: Omit<Measured, 'measurements'> = {
  unit: 'ns',
  budget: 0.05,
  allowedIncrease: null,
  isGated: true,
  isRepeatable: true,
  smallestVisible: 0.074,
  gatedComparisons: 12,
};
const finding = (looks: readonly (LookResult | null)[], more: Partial<Measured> = {}): Finding =>
  verdictOf({ ...settings, measurements: looks.map((one) => ({ looks: one === null ? [] : [open, one] })), ...more });

const counts = { unit: 'per message', allowedIncrease: 0.01 } as const;

const findings: readonly (readonly [what: string, given: Finding, verdict: Finding['verdict'], reason: string])[] = [
  [
    'passes',
    finding([same]),
    'pass',
    'Worse by 0.3 %, between 0.2 % better and 0.9 % worse: a worsening by 5 % is ruled out.',
  ],
  [
    'improves',
    finding([better]),
    'improved',
    'Better by 8 %, between 7.1 % and 9 % better: statistically significant, and more than two ' +
      'thirds of the budget of 5 %.',
  ],
  [
    'fails twice',
    finding([worse, worseAgain]),
    'regressed',
    'Worse by 4.8 %, between 4 % and 5.5 % worse; in a second measurement worse by 5.1 %, between ' +
      '4.2 % and 6.1 % worse: statistically significant in both, and more than two thirds of the ' +
      'budget of 5 %.',
  ],
  [
    'fails, then passes',
    finding([worse, same]),
    'pass',
    'Worse by 0.3 %, between 0.2 % better and 0.9 % worse: a worsening by 5 % is ruled out. The ' +
      'first measurement was worse by 4.8 %, between 4 % and 5.5 % worse: the second measurement does ' +
      'not confirm this.',
  ],
  [
    'fails, then improves',
    finding([worse, better]),
    'improved',
    'Better by 8 %, between 7.1 % and 9 % better: statistically significant, and more than two ' +
      'thirds of the budget of 5 %. The first measurement was worse by 4.8 %, between 4 % and 5.5 % ' +
      'worse: the second measurement does not confirm this.',
  ],
  [
    'fails, then cannot say',
    finding([worse, open]),
    'inconclusive',
    'Worse by 2.7 %, between 1 % better and 6.2 % worse, after 100 pairs: a worsening by 5 % is ' +
      'neither confirmed nor ruled out. With this spread, nine of ten gates detect a worsening by 7.4 ' +
      '%. The first measurement was worse by 4.8 %, between 4 % and 5.5 % worse: the second ' +
      'measurement neither confirms this nor rules it out.',
  ],
  [
    'fails, and is not measured again',
    finding([worse]),
    'inconclusive',
    'Worse by 4.8 %, between 4 % and 5.5 % worse: this counts only if a second measurement confirms ' +
      'it, and none was made.',
  ],
  [
    'fails, and the second was given up',
    finding([worse, null]),
    'inconclusive',
    'Worse by 4.8 %, between 4 % and 5.5 % worse: this counts only if a second measurement confirms ' +
      'it, and none was made.',
  ],
  [
    'fails and cannot be measured again',
    finding([worse], { isRepeatable: false }),
    'regressed',
    'Worse by 4.8 %, between 4 % and 5.5 % worse: statistically significant, and more than two ' +
      'thirds of the budget of 5 %. It could not be confirmed by a second measurement.',
  ],
  [
    'is advisory and fails',
    finding([worse], { isGated: false }),
    'regressed',
    'Worse by 4.8 %, between 4 % and 5.5 % worse: statistically significant, and more than two ' +
      'thirds of the budget of 5 %. It was measured only once.',
  ],
  [
    'stays open',
    finding([open]),
    'inconclusive',
    'Worse by 2.7 %, between 1 % better and 6.2 % worse, after 100 pairs: a worsening by 5 % is ' +
      'neither confirmed nor ruled out. With this spread, nine of ten gates detect a worsening by 7.4 ' +
      '%.',
  ],
  [
    'is certain alone, not among others',
    finding([looked('undecided', [0.035, 0.001, 0.062], { p: 0.0011, holmP: 0.0132 })], { smallestVisible: null }),
    'inconclusive',
    'Worse by 3.5 %, between 0.1 % and 6.2 % worse, after 100 pairs: significant for one comparison ' +
      'alone, but not after correction for 12 comparisons.',
  ],
  [
    'is worse for certain, by nobody knows how much',
    finding([looked('undecided', [0.02, 0.001, 0.062], { p: 0, holmP: 0 })], { smallestVisible: null }),
    'inconclusive',
    'Worse by 2 %, between 0.1 % and 6.2 % worse, after 100 pairs: significantly worse, but a ' +
      'worsening by 5 % is neither confirmed nor ruled out.',
  ],
  [
    'touches zero with its lower end',
    finding([looked('undecided', [0.035, 0, 0.062])], { smallestVisible: null }),
    'inconclusive',
    'Worse by 3.5 %, between 0 % and 6.2 % worse, after 100 pairs: a worsening by 5 % is neither ' +
      'confirmed nor ruled out.',
  ],
  [
    'is worse by two thirds of the budget, not more',
    finding([looked('undecided', [decisionThreshold(0.05), 0.001, 0.062], { p: 0, holmP: 0 })], {
      smallestVisible: null,
    }),
    'inconclusive',
    'Worse by 3.3 %, between 0.1 % and 6.2 % worse, after 100 pairs: significantly worse, but a ' +
      'worsening by 5 % is neither confirmed nor ruled out.',
  ],
  [
    'is at best what it was',
    finding([looked('pass', [-0.01, -0.04, 0])]),
    'pass',
    'Better by 1 %, between 0 % and 4 % better: a worsening by 5 % is ruled out.',
  ],
  [
    'has its median at the end of its range',
    finding([looked('pass', [0.01, 0.01, 0.02])]),
    'pass',
    'Worse by 1 %, between 1 % and 2 % worse: a worsening by 5 % is ruled out.',
  ],
  [
    'has one pair',
    finding([looked('undecided', [0.03, null, null], { pairs: 1 })], { smallestVisible: null }),
    'inconclusive',
    'Worse by 3 %, after 1 pair: too few for a 99.5 % confidence interval.',
  ],
  ['was not measured', finding([]), 'inconclusive', 'Nothing was measured.'],
  [
    'does not move at all',
    finding([looked('pass', [0, 0, 0])], counts),
    'pass',
    'Unchanged: a worsening by 0.01 per message is ruled out.',
  ],
  [
    'costs another call in every message',
    finding([looked('regressed', [5, 5, 5]), looked('regressed', [5, 5, 5])], counts),
    'regressed',
    '1 more per message; in a second measurement 1 more per message: statistically significant in ' +
      'both, and more than two thirds of the budget of 0.01 per message.',
  ],
  [
    'may cost a few',
    finding([looked('undecided', [0.02, -0.01, 0.25])], { ...counts, smallestVisible: 0.3 }),
    'inconclusive',
    '0.004 more per message, between 0.002 less and 0.05 more, after 100 pairs: a worsening by 0.01 ' +
      'per message is neither confirmed nor ruled out. With this spread, nine of ten gates detect a ' +
      'worsening by 0.06 per message.',
  ],
];

for (const [what, given, verdict, reason] of findings)
  test(`a comparison that ${what}: ${verdict}`, () => assert.equal(given, { verdict, reason }));

test.run();
