import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Comparison, GateReport, VerdictChange } from '../../harness/model/index.js';
import { emptyGate, interruptedGate, passingGate, plausibleGate, reportsGate } from '../golden/gate-fixture.js';
import { formatChange, formatChangeInterval, formatCountPerMessage, formatIncrease } from '../units/change.js';
import { comparisonSections, increaseScale, isDirectionTold, spellComparison, toExplain } from './comparisons.js';
import { gateNotices } from './gate-notices.js';
import { gateNoiseInWords } from './gate-noise.js';
import { countVerdicts, exitCodeInWords, nameVariant, splitSummary } from './gate-wording.js';
import { gateCaveats, howItWasDecided } from './gate-rule.js';
import { kindOfChange, describeGuaranteeChanges } from './guarantee-changes.js';

function count(overrides: Partial<Comparison>): Comparison {
  const found = plausibleGate().comparisons.find((one) => one.metric === 'switches');
  if (found === undefined) throw new Error('the fixture lost its switches');
  return { ...found, ...overrides };
}

test('a change is signed, and what rounds to zero has no sign', () => {
  assert.equal([0.0488, -0.0021, 0, 0.0004, -0.0004, 0.163, -1, 2.5, null].map(formatChange), [
    '+4.9 %',
    '−0.2 %',
    '0 %',
    '0.0 %',
    '0.0 %',
    '+16 %',
    '−100 %',
    '+250 %',
    '–',
  ]);
  assert.is(formatChangeInterval(-0.008, 0.0112), '[−0.8, +1.1] %');
  assert.is(formatChangeInterval(null, 0.1), '–');
});

test('a count reads in calls, with as many digits as mean something', () => {
  assert.equal([0.01, -1, 0, 0.006009, null].map(formatIncrease), ['+0.01', '−1', '0', '+0.006', '–']);
  assert.equal([4, 0.0311, 0, null].map(formatCountPerMessage), ['4', '0.0311', '0', '–']);
});

test('a count near zero is told in calls, a larger one as a share', () => {
  assert.ok(Math.abs((increaseScale(count({ base: 0, allowedIncrease: 0.01, budget: 0.05 })) ?? 0) - 0.2) < 1e-12);
  assert.is(increaseScale(count({ base: 4, allowedIncrease: 0.2, budget: 0.05 })), null);
  const near = spellComparison(
    count({
      base: 0,
      head: 0.02,
      allowedIncrease: 0.01,
      budget: 0.05,
      change: { median: 0.1, low: 0.05, high: 0.15, confidence: 0.99 },
      smallestVisible: 0.06,
    }),
  );
  assert.equal([near.change, near.interval, near.budget, near.visible], ['+0.02', '[+0.01, +0.03]', '+0.01', '+0.012']);
});

test('a direction is told where the interval leaves out zero, or where nothing ever moved', () => {
  const told = (low: number | null, high: number | null): boolean =>
    isDirectionTold(count({ change: { median: 0.01, low, high, confidence: 0.99 } }));
  assert.equal(
    [told(0.001, 0.02), told(-0.02, -0.001), told(-0.01, 0.01), told(0, 0.01), told(null, 0.1), told(0, 0)],
    [true, true, false, false, false, true],
  );
  assert.is(isDirectionTold(count({ change: null })), false);
});

test('cases that must be looked at come first, and a case stays together', () => {
  const order = comparisonSections(plausibleGate()).gated.map(({ caseId }) => caseId.split('/')[0]);
  assert.equal(order, ['unix-stream', 'posix-mq', 'unix-dgram', 'socketpair-stream', 'fifo', 'unix-seqpacket', 'pipe']);
});

test('where nothing is gated, what differs is explained all the same', () => {
  const verdicts = (gate: GateReport): readonly string[] => toExplain(gate).map((found) => found.verdict);
  assert.equal(verdicts(plausibleGate()), [
    'regressed',
    'regressed',
    'incomparable',
    'incomparable',
    'inconclusive',
    'inconclusive',
    'improved',
    'improved',
  ]);
  assert.ok(toExplain(plausibleGate()).every((found) => found.isGated));
  assert.equal(verdicts(reportsGate()), [
    'regressed',
    'regressed',
    'incomparable',
    'incomparable',
    'improved',
    'improved',
  ]);
});

test('every exit code that a gate can give is explained', () => {
  const sentences = [0, 1, 2, 3, 4, 5, 6, 129, 130, 131, 143].map((exitCode) =>
    exitCodeInWords({ ...passingGate(), exitCode }),
  );
  assert.is(new Set(sentences).size, 11);
  for (const [index, exitCode] of [0, 1, 2, 3, 4, 5, 6, 129, 130, 131, 143].entries())
    assert.match(sentences[index] ?? '', new RegExp(`^Exit code ${exitCode}: .{12,}\\.$`));
  assert.match(exitCodeInWords(plausibleGate()), /fails with 2 regressions and 1 guarantee that no longer holds\.$/);
  assert.match(exitCodeInWords({ ...passingGate(), verdict: 'inconclusive' }), /--fail-on inconclusive makes that 4/);
  assert.match(exitCodeInWords({ ...passingGate(), verdict: 'improved' }), /--fail-on improved makes that 6/);
});

test('a headline takes the first sentence, and a decimal point ends none', () => {
  const split = (summary: string): readonly (string | null)[] =>
    Object.values(splitSummary({ ...passingGate(), summary }));
  assert.equal(split('Closed: 6.0 % slower. Measured twice. Once more.'), [
    'Closed: 6.0 % slower.',
    'Measured twice. Once more.',
  ]);
  assert.equal(split('Open: nothing is worse.'), ['Open: nothing is worse.', null]);
  assert.equal(split('no sentence'), ['no sentence', null]);
});

test('a variant is named by what it was told and what that came to', () => {
  assert.is(nameVariant({ settings: [], resolved: [] }), 'this installation');
  assert.is(nameVariant({ settings: ['runtime=node24'], resolved: ['node 24.3.0'] }), 'runtime=node24 (node 24.3.0)');
  assert.is(
    countVerdicts(plausibleGate().comparisons),
    '2 regressed, 2 incomparable, 4 inconclusive, 2 improved, 7 pass',
  );
});

test('each state of a gate that spoils its answer is a warning with a way out', () => {
  const codes = (gate: GateReport): readonly string[] => gateNotices(gate).map((notice) => notice.code);
  assert.equal(codes(emptyGate()), ['gate-running']);
  assert.is(codes(interruptedGate())[0], 'gate-interrupted');
  assert.equal(codes({ ...passingGate(), isSameVariant: true }), ['same-variant']);
  assert.equal(codes({ ...emptyGate(), status: 'complete' }), ['nothing-compared']);
  for (const notice of gateNotices({ ...emptyGate(), isSameVariant: true })) assert.ok(notice.hint !== null);
});

test('two names of one thing are told, and what differs is not', () => {
  const variant = (setting: string, resolved: string): GateReport['base'] => ({
    settings: [setting],
    resolved: [resolved],
  });
  const codes = (base: GateReport['base'], head: GateReport['base']): readonly string[] =>
    gateNotices({ ...passingGate(), base, head }).map((notice) => notice.code);
  const node = 'runtime node v20.20.2';
  assert.equal(codes(variant('runtime=/a/node', node), variant('runtime=/b/node', node)), ['same-in-effect']);
  assert.equal(
    codes(variant('git=main', 'git main is commit 4f1c2d9'), variant('git=v1', 'git v1 is commit 4f1c2d9')),
    ['same-in-effect'],
  );
  assert.equal(codes(variant('runtime=/a/node', node), variant('runtime=/b/node', 'runtime node v24.3.0')), []);
  assert.equal(
    codes(variant('git=main', 'git main is commit 4f1c2d9'), variant('git=v1', 'git v1 is commit b80a6e1')),
    [],
  );
  assert.equal(codes({ settings: [], resolved: [] }, { settings: [], resolved: [] }), []);
});

test('the rule is told with the share that it has', () => {
  const told = howItWasDecided(plausibleGate()).join(' ');
  assert.match(told, /the median above two thirds of the budget, and the sign test agrees; two thirds, because/);
  assert.not.match(told, /half, because/);
});

test('an undecided check is neither worse nor otherwise', () => {
  const change = (base: VerdictChange['base'], head: VerdictChange['head'], isWorse: boolean): VerdictChange => ({
    id: 'a/b/c',
    base,
    head,
    isWorse,
    promise: '',
    evidence: '',
  });
  const kinds = [
    change('pass', 'broken', true),
    change('broken', 'fail', true),
    change('broken', 'broken', false),
    change('broken', 'pass', false),
  ].map(kindOfChange);
  assert.equal(kinds, ['undecided', 'undecided', 'undecided', 'better']);
  const gate = {
    ...passingGate(),
    checksCompared: 9,
    verdictChanges: [change('pass', 'broken', false), change('pass', 'fail', true)],
  };
  assert.is(describeGuaranteeChanges(gate), '9 checks on both sides, 1 changed, 1 undecided');
  assert.match(exitCodeInWords({ ...gate, exitCode: 1 }), /fails with 1 guarantee that no longer holds\.$/);
});

test('what changed of a promise is worse, gone, better, or merely otherwise', () => {
  const change = (base: VerdictChange['base'], head: VerdictChange['head'], isWorse: boolean): VerdictChange => ({
    id: 'a/b/c',
    base,
    head,
    isWorse,
    promise: '',
    evidence: '',
  });
  assert.equal(
    [
      change('pass', 'fail', true),
      change('pass', null, false),
      change('fail', 'pass', false),
      change('info', 'skip', false),
      change(null, 'pass', false),
    ].map(kindOfChange),
    ['worse', 'gone', 'better', 'changed', 'changed'],
  );
});

test('the rule is told with this gate’s own figures', () => {
  const text = howItWasDecided(plausibleGate()).join('\n');
  assert.match(
    text,
    /after 40 pairs \(interval of 99\.8 %\), 70 pairs \(interval of 99\.7 %\) and 100 pairs \(interval of 99\.5 %\)/,
  );
  assert.match(text, /15 gated comparisons were made/);
  assert.match(text, /318 checks were run on both sides/);
  assert.equal(howItWasDecided(emptyGate()), []);
});

test('a gate that was not asked about guarantees says that it cannot tell', () => {
  const without = gateCaveats({ ...plausibleGate(), checksCompared: 0, verdictChanges: [] });
  assert.ok(without.some((text) => text.startsWith('Whether the guarantees still hold')));
  assert.ok(gateCaveats(plausibleGate()).some((text) => text.startsWith('That a guarantee always holds')));
});

test('noise is counted once a pair, however many figures rest on it', () => {
  const [first] = plausibleGate().comparisons;
  if (first === undefined) throw new Error('the fixture has no comparison');
  const twice = {
    ...plausibleGate(),
    comparisons: [first, { ...first, id: `${first.caseId}#cpu`, metric: 'cpu' as const }],
  };
  assert.match(gateNoiseInWords(twice) ?? '', /^During 80 pairs: some task waited for a CPU for \d/);
  assert.is(gateNoiseInWords(emptyGate()), null);
});

test.run();
