import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Comparison, GateVerdict } from '../../harness/model/index.js';
import { conclude, type ConclusionInput } from './conclude.js';
import { SCHEDULES } from './schedule.js';

type Judged = Pick<Comparison, 'isGated' | 'verdict' | 'lackedBy' | 'gaps'>;

const gated = (verdict: GateVerdict): Judged => ({ isGated: true, verdict, lackedBy: null });
const advisory = (verdict: GateVerdict): Judged => ({ isGated: false, verdict, lackedBy: null });
const gapped = (verdict: GateVerdict, lackedBy: 'base' | 'head' | 'both' | null): Judged => ({
  isGated: true,
  verdict,
  lackedBy,
  gaps: { pairs: 40, missing: 9, absent: { base: 3, head: 6 }, zero: { base: 0, head: 0 } },
});
const lacked = (lackedBy: 'base' | 'head' | 'both'): Judged => ({ isGated: true, verdict: 'incomparable', lackedBy });
const worseCheck = { base: 'pass', head: 'fail', isWorse: true } as const;
const otherCheck = { base: 'info', head: 'deviation', isWorse: false } as const;
const lackedCheck = { base: 'pass', head: null, isWorse: false } as const;
const undecidedCheck = {
  id: 'pipe/eof/after-data',
  evidence: 'The responder ended.',
  base: 'pass',
  head: 'broken',
  isWorse: false,
} as const;
const checkOfBase = { base: 'broken', head: 'fail', isWorse: false } as const;
const brokenCheck = undecidedCheck;

const calm: ConclusionInput = {
  kind: 'gate',
  failOn: [],
  brokenLaunches: 0,
  checksCompared: 0,
  schedule: SCHEDULES.default,
  isRepeatable: true,
};
const asked: ConclusionInput = { ...calm, failOn: ['inconclusive', 'improved'] };
const broken: ConclusionInput = { ...asked, brokenLaunches: 2 };
const compare: ConclusionInput = { ...asked, kind: 'compare' };

const four = [gated('regressed'), gated('inconclusive'), gated('improved'), lacked('head')];

const answers: readonly (readonly [
  what: string,
  ...Parameters<typeof conclude>,
  verdict: GateVerdict,
  exitCode: number,
])[] = [
  ['all pass', [gated('pass'), gated('pass')], [], calm, 'pass', 0],
  ['one regressed', [gated('pass'), gated('regressed')], [], calm, 'regressed', 1],
  ['an advisory one regressed', [gated('pass'), advisory('regressed')], [], calm, 'pass', 0],
  ['a check got worse', [gated('pass')], [worseCheck], { ...calm, checksCompared: 9 }, 'regressed', 1],
  ['a check got other, not worse', [gated('pass')], [otherCheck], { ...calm, checksCompared: 9 }, 'pass', 0],
  [
    'a check could not be decided on head',
    [gated('pass')],
    [brokenCheck],
    { ...calm, checksCompared: 9 },
    'inconclusive',
    5,
  ],
  [
    'a check could not be decided, and another got worse',
    [gated('pass')],
    [brokenCheck, worseCheck],
    { ...calm, checksCompared: 9 },
    'regressed',
    1,
  ],
  [
    'checks alone, one undecided on head',
    [],
    [brokenCheck, otherCheck],
    { ...calm, checksCompared: 9 },
    'inconclusive',
    5,
  ],
  ['a check is missing in head', [gated('pass')], [lackedCheck], { ...calm, checksCompared: 9 }, 'incomparable', 3],
  [
    'a check is missing in head where base failed it worse',
    [gated('pass')],
    [{ base: 'pass', head: null, isWorse: true }],
    { ...calm, checksCompared: 9 },
    'regressed',
    1,
  ],
  ['a case is missing in head', [gated('pass'), lacked('head')], [], calm, 'incomparable', 3],
  ['a case is new in head', [gated('pass'), lacked('base')], [], calm, 'pass', 0],
  ['all cases are new in head', [lacked('base')], [], calm, 'incomparable', 3],
  ['neither side has it', [lacked('both')], [], calm, 'incomparable', 3],
  ['nothing at all', [], [], calm, 'incomparable', 3],
  ['only advisory ones', [advisory('pass')], [], calm, 'incomparable', 3],
  ['no comparison was asked for, but checks', [], [], { ...calm, checksCompared: 9 }, 'pass', 0],
  [
    'nothing gated could be compared, whatever checks say',
    [lacked('both'), lacked('both')],
    [],
    { ...calm, checksCompared: 9 },
    'incomparable',
    3,
  ],
  [
    'all is advisory, whatever checks say',
    [advisory('pass'), advisory('regressed')],
    [],
    { ...calm, checksCompared: 9 },
    'incomparable',
    3,
  ],
  [
    'all that is gated is new, whatever checks say',
    [lacked('base'), advisory('pass')],
    [],
    { ...calm, checksCompared: 9 },
    'incomparable',
    3,
  ],
  ['compare: advisory ones alone, and checks', [advisory('pass')], [], { ...compare, checksCompared: 9 }, 'pass', 0],
  ['head lacks figures of some pairs', [gated('pass'), gapped('incomparable', 'head')], [], calm, 'incomparable', 3],
  ['base lacks figures of some pairs', [gated('pass'), gapped('incomparable', 'base')], [], calm, 'incomparable', 3],
  ['both lack figures of some pairs', [gapped('incomparable', 'both')], [], calm, 'incomparable', 3],
  ['times of 0 beside what is decided', [gated('pass'), gapped('inconclusive', null)], [], calm, 'inconclusive', 0],
  [
    'times of 0 beside what is decided, asked',
    [gated('pass'), gapped('inconclusive', null)],
    [],
    asked,
    'inconclusive',
    4,
  ],
  ['times of 0 alone', [gapped('inconclusive', null), advisory('pass')], [], calm, 'incomparable', 3],
  [
    'an advisory one with gaps',
    [gated('pass'), { ...gapped('incomparable', 'head'), isGated: false }],
    [],
    calm,
    'pass',
    0,
  ],
  [
    'a check could not be decided on head',
    [gated('pass')],
    [undecidedCheck],
    { ...calm, checksCompared: 9 },
    'inconclusive',
    5,
  ],
  [
    'a check could not be decided on base, where head fails it',
    [gated('pass')],
    [checkOfBase],
    { ...calm, checksCompared: 9 },
    'inconclusive',
    5,
  ],
  [
    'a check could not be decided on base, where head keeps it',
    [gated('pass')],
    [{ ...checkOfBase, head: 'pass' }],
    { ...calm, checksCompared: 9 },
    'pass',
    0,
  ],
  [
    'a check could not be decided on either',
    [gated('pass')],
    [{ ...undecidedCheck, base: 'broken' }],
    { ...calm, checksCompared: 9 },
    'inconclusive',
    5,
  ],
  [
    'compare: a check could not be decided',
    [gated('pass')],
    [undecidedCheck],
    { ...compare, checksCompared: 9 },
    'inconclusive',
    5,
  ],
  ['inconclusive, not asked', [gated('pass'), gated('inconclusive')], [], calm, 'inconclusive', 0],
  ['inconclusive, asked', [gated('pass'), gated('inconclusive')], [], asked, 'inconclusive', 4],
  ['an advisory one inconclusive, asked', [gated('pass'), advisory('inconclusive')], [], asked, 'pass', 0],
  ['improved, not asked', [gated('improved'), gated('improved')], [], calm, 'improved', 0],
  ['improved, asked', [gated('improved'), gated('improved')], [], asked, 'improved', 6],
  ['the only one improved', [gated('improved')], [], calm, 'improved', 0],
  ['one of two improved', [gated('improved'), gated('pass')], [], asked, 'improved', 6],
  ['launches broke', [gated('pass')], [], broken, 'inconclusive', 5],
  // Where several hold: 1, 5, 3, 4, 6.
  ['all of it', four, [], broken, 'regressed', 1],
  ['all but a regression', four.slice(1), [], broken, 'inconclusive', 5],
  ['all but those and breaks', four.slice(1), [], asked, 'incomparable', 3],
  ['inconclusive before improved', four.slice(1, 3), [], asked, 'inconclusive', 4],
  ['compare: shows, closes nothing', four, [worseCheck], { ...compare, checksCompared: 9 }, 'regressed', 0],
  ['compare: only advisory ones are comparable', [advisory('pass')], [], compare, 'incomparable', 0],
  [
    'compare: nothing comparable',
    [lacked('head'), { ...lacked('both'), isGated: false }],
    [],
    compare,
    'incomparable',
    3,
  ],
  ['compare: launches broke', [gated('pass')], [], { ...compare, brokenLaunches: 1 }, 'inconclusive', 5],
];

for (const [what, comparisons, changes, conclusionInput, verdict, exitCode] of answers) {
  test(`${what}: ${verdict}, exit ${exitCode}`, () => {
    const conclusion = conclude(comparisons, changes, conclusionInput);
    assert.equal([conclusion.verdict, conclusion.exitCode], [verdict, exitCode]);
  });
}

const chanceOfThree =
  "Without correction, about 0.015 of 3 comparisons would fail by chance; with Holm's correction, " +
  'one gate in 200 has a false failure, before confirmation by a second measurement.';
const three = [gated('pass'), gated('regressed'), gated('improved')];

const summaries: readonly (readonly [...Parameters<typeof conclude>, summary: string])[] = [
  [three, [], calm, `Failed: 1 of 3 gated comparisons got worse. ${chanceOfThree}`],
  [
    three,
    [worseCheck],
    { ...calm, checksCompared: 70 },
    `Failed: 1 of 3 gated comparisons got worse, and 1 check got worse. ${chanceOfThree}`,
  ],
  [
    [gated('pass'), gated('inconclusive'), gated('improved')],
    [otherCheck],
    { ...calm, checksCompared: 70 },
    'Passed: of 3 gated comparisons 1 passed, 1 improved, 1 could not be decided. None of 70 checks ' +
      `got worse. ${chanceOfThree}`,
  ],
  [
    [gated('pass')],
    [],
    { ...calm, isRepeatable: false },
    'Passed: of 1 gated comparison 1 passed. Without correction, about 0.005 of 1 comparisons would ' +
      "fail by chance; with Holm's correction, one gate in 200 has a false failure.",
  ],
  [[], [], { ...calm, checksCompared: 1 }, 'Passed: no comparison was gated. None of 1 check got worse.'],
  [
    [lacked('head')],
    [undecidedCheck],
    {
      ...calm,
      brokenLaunches: 6,
      checksCompared: 9,
      breaks: [{ side: 'head', caseId: 'a', message: 'The initiator did not open within 5000 ms.' }],
    },
    "Incomplete: head's launches failed (6 of them), and 1 check could not be decided on head. The first " +
      'reason: The initiator did not open within 5000 ms.',
  ],
  [
    [gated('pass')],
    [undecidedCheck],
    { ...calm, isRepeatable: false, checksCompared: 9 },
    'Incomplete: 1 check could not be decided on head. The first reason: The responder ended. Without ' +
      "correction, about 0.005 of 1 comparisons would fail by chance; with Holm's correction, one gate " +
      'in 200 has a false failure.',
  ],
  [
    [gated('pass'), gapped('incomparable', 'head')],
    [],
    { ...calm, isRepeatable: false },
    'Not comparable: in 1 gated comparison one side lacks the figure in some launches. Without ' +
      "correction, about 0.005 of 1 comparisons would fail by chance; with Holm's correction, one gate " +
      'in 200 has a false failure.',
  ],
  [
    [gapped('inconclusive', null)],
    [],
    { ...calm, isRepeatable: false },
    "Not comparable: every gated time is below the resolution of this system's clock (1 read 0). " +
      "Without correction, about 0.005 of 1 comparisons would fail by chance; with Holm's correction, " +
      'one gate in 200 has a false failure.',
  ],
  [[lacked('head')], [lackedCheck], calm, 'Not comparable: head lacks 2 comparisons or checks that base has.'],
  [
    [gated('pass'), lacked('head')],
    [],
    { ...calm, isRepeatable: false },
    'Not comparable: head lacks 1 comparison or check that base has. Without correction, about 0.005 ' +
      "of 1 comparisons would fail by chance; with Holm's correction, one gate in 200 has a false failure.",
  ],
  [[advisory('pass')], [], calm, 'Not comparable: the comparisons that both sides have are all advisory (1).'],
  [[lacked('base')], [], calm, 'Not comparable: base and head have nothing in common.'],
  [
    [advisory('pass')],
    [],
    { ...calm, brokenLaunches: 1 },
    'Incomplete: 1 launch failed, so the figures may not be what was requested.',
  ],
  [
    [gated('inconclusive')],
    [],
    { ...asked, isRepeatable: false },
    'Failed, as requested by --fail-on: 1 of 1 gated comparison could not be decided. Without ' +
      "correction, about 0.005 of 1 comparisons would fail by chance; with Holm's correction, one gate " +
      'in 200 has a false failure.',
  ],
  [
    [gated('improved'), gated('improved'), gated('pass')],
    [],
    asked,
    'Failed, as requested by --fail-on: 2 of 3 gated comparisons improved by more than two thirds of ' +
      `the budget, so base is out of date. ${chanceOfThree}`,
  ],
  [three, [], compare, `Of 3 gated comparisons 1 passed, 1 improved, 1 got worse. ${chanceOfThree}`],
];

for (const [comparisons, changes, conclusionInput, summary] of summaries) {
  test(`the summary says: ${summary.split(/[.;]/)[0]}`, () =>
    assert.is(conclude(comparisons, changes, conclusionInput).summary, summary));
}

test.run();
