import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Comparison, GateReport, VerdictChange, Warning } from '../../harness/model/index.js';
import { renderAnnotations, renderGateTerminal } from '../../reports/render-gate.js';
import { plausibleGate } from '../../reports/golden/gate-fixture.js';
import { renderGateHtml } from '../../reports/html/render-gate-html.js';
import { renderGateJunit } from '../../reports/junit/render-gate-junit.js';
import { renderGateMarkdown } from '../../reports/markdown/render-gate-markdown.js';
import { conclude, type ConclusionInput } from './conclude.js';
import { SCHEDULES } from './schedule.js';

const test = suite('one answer of a gate');

const template = plausibleGate();
const example = template.comparisons[0] as Comparison;
const named = (name: string, more: Partial<Comparison>): Comparison => ({
  ...example,
  id: `${name}/x#cpu`,
  caseId: `${name}/x`,
  metric: 'cpu',
  isGated: true,
  advisoryReason: null,
  verdict: 'pass',
  lackedBy: null,
  reason: `It is ${name}.`,
  measurements: [],
  change: null,
  ...more,
});
const gaps = (absent: number): Comparison['gaps'] => ({
  pairs: 40,
  missing: 9,
  absent: { base: 0, head: absent },
  zero: { base: 0, head: 9 - absent },
});

/** Everything that a gated comparison can come to. */
const GATED: readonly Comparison[] = [
  named('passed', {}),
  named('regressed', { verdict: 'regressed' }),
  named('improved', { verdict: 'improved' }),
  named('inconclusive', { verdict: 'inconclusive' }),
  named('lacked-by-head', { verdict: 'incomparable', lackedBy: 'head' }),
  named('new', { verdict: 'incomparable', lackedBy: 'base' }),
  named('on-neither', { verdict: 'incomparable', lackedBy: 'both' }),
  named('gapped', { verdict: 'incomparable', lackedBy: 'head', gaps: gaps(9) }),
  named('zero', { verdict: 'inconclusive', gaps: gaps(0) }),
];
const ADVISORY = named('advisory', { isGated: false, advisoryReason: 'asked', verdict: 'regressed' });

const change = (base: VerdictChange['base'], head: VerdictChange['head'], isWorse: boolean): VerdictChange => ({
  id: `pipe/order/${base}-${head}`,
  base,
  head,
  isWorse,
  promise: 'In order.',
  evidence: 'It was seen.',
});
const CHANGES: readonly (VerdictChange | null)[] = [
  null,
  change('pass', 'fail', true),
  change('pass', 'broken', false),
  change('broken', 'fail', false),
  change('pass', null, false),
  change('fail', 'pass', false),
];
const BREAKS = [{ side: 'head', caseId: 'broke/x', message: 'It hung.' }] as const;
const BROKE: Warning = { code: 'launch-broke', message: 'broke/x broke on head: It hung.', hint: null };
const FAIL_ON: readonly ConclusionInput['failOn'][] = [
  [],
  ['inconclusive'],
  ['improved'],
  ['inconclusive', 'improved'],
];

interface Combination {
  readonly comparisons: readonly Comparison[];
  readonly changes: readonly VerdictChange[];
  readonly breaks: typeof BREAKS | readonly [];
  readonly kind: GateReport['kind'];
  readonly failOn: ConclusionInput['failOn'];
  readonly checksCompared: number;
}

function* combinations(): Generator<Combination> {
  for (let present = 0; present < 2 ** GATED.length; present += 1) {
    const gated = GATED.filter((_, index) => (present & (2 ** index)) !== 0);
    for (const comparisons of [gated, [...gated, ADVISORY]]) {
      for (const one of CHANGES) {
        for (const breaks of [[], BREAKS] as const) {
          for (const kind of ['gate', 'compare'] as const) {
            // What closes a gate closes no comparison, so one choice of it will do there.
            for (const failOn of kind === 'gate' ? FAIL_ON : FAIL_ON.slice(-1))
              yield {
                comparisons,
                changes: one === null ? [] : [one],
                breaks,
                kind,
                failOn,
                checksCompared: one === null ? 0 : 9,
              };
          }
        }
      }
    }
  }
}

/** The README's table, written down once more: where several hold, the first of 1, 5, 3, 4, 6. */
function expectedExitCode({ comparisons, changes, breaks, kind, failOn, checksCompared }: Combination): number {
  const has = (name: string): boolean => comparisons.some((one) => one.caseId === `${name}/x`);
  const closes = kind === 'gate';
  if (closes && (has('regressed') || changes.some((one) => one.base === 'pass' && one.head === 'fail'))) return 1;
  if (
    breaks.length > 0 ||
    changes.some((one) => (one.base === 'broken' || one.head === 'broken') && one.head !== 'pass')
  )
    return 5;
  const isDecidable =
    has('passed') || has('regressed') || has('improved') || has('inconclusive') || (!closes && has('advisory'));
  if (comparisons.length === 0 ? checksCompared === 0 : !isDecidable) return 3;
  if (closes && (has('lacked-by-head') || has('gapped') || changes.some((one) => one.head === null))) return 3;
  if (closes && failOn.includes('inconclusive') && (has('inconclusive') || has('zero'))) return 4;
  if (closes && failOn.includes('improved') && has('improved')) return 6;
  return 0;
}

function gateOf({ comparisons, changes, breaks, kind, failOn, checksCompared }: Combination): GateReport {
  const conclusion = conclude(comparisons, changes, {
    kind,
    failOn,
    brokenLaunches: breaks.length,
    breaks,
    checksCompared,
    schedule: SCHEDULES.default,
    isRepeatable: true,
  });
  return {
    ...template,
    kind,
    comparisons,
    verdictChanges: changes,
    checksCompared,
    warnings: breaks.length > 0 ? [BROKE] : [],
    failOn,
    ...conclusion,
  };
}

const told = ({ comparisons, changes, breaks, kind, failOn }: Combination): string =>
  `${kind}, fail on [${failOn.join()}]: ${comparisons.map((one) => one.caseId).join(' ')} ${changes.map((one) => `${one.base}→${one.head}`).join(' ')} ${breaks.length > 0 ? 'broke' : ''}`;

const numberOf = (text: string, name: string): number =>
  Number(new RegExp(`<testsuites [^>]*\\b${name}="(\\d+)"`).exec(text)?.[1]);
const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;

function assertJunit(gate: GateReport, what: string): void {
  const text = renderGateJunit(gate);
  const [tests, failures, errors] = [numberOf(text, 'tests'), numberOf(text, 'failures'), numberOf(text, 'errors')];
  assert.is(
    failures + errors > 0,
    gate.exitCode !== 0,
    `JUnit ${failures} failures, ${errors} errors, exit ${gate.exitCode}: ${what}`,
  );
  assert.equal(
    [tests, failures, errors],
    [count(text, /<testcase /g), count(text, /<failure /g), count(text, /<error /g)],
    what,
  );
  assert.ok(tests > 0 || gate.exitCode === 0, what);
}

function assertAnnotations(gate: GateReport, what: string): void {
  const lines = renderAnnotations(gate).split('\n');
  assert.is(
    lines.some((line) => line.startsWith('::error ')),
    gate.exitCode !== 0,
    `annotations, exit ${gate.exitCode}: ${what}`,
  );
}

const words = (text: string): string => text.replace(/\s+/g, ' ');

function assertTexts(gate: GateReport, what: string): void {
  const sentence = `Exit code ${gate.exitCode}:`;
  const terminal = words(renderGateTerminal(gate, { color: false, width: 1000 }));
  const markdown = renderGateMarkdown(gate);
  const page = renderGateHtml(gate);
  for (const [name, text] of [
    ['terminal', terminal],
    ['Markdown', markdown],
    ['page', page],
  ] as const)
    assert.ok(text.includes(sentence), `${name} has no '${sentence}': ${what}`);
  assert.ok(terminal.lastIndexOf(sentence) > terminal.length - 250, `the terminal's last sentence: ${what}`);
  const signs = [terminal.slice(0, 1), /^### (.)/.exec(markdown)?.[1], /<h1[^>]*>(.)/.exec(page)?.[1]];
  assert.is(new Set(signs).size, 1, `${signs.join(' ')}: ${what}`);
  if (gate.exitCode !== 0) assert.not(signs.includes('✓'), `a tick with exit ${gate.exitCode}: ${what}`);
}

test(
  "over all combinations the exit code is the README's, and JUnit and annotations are red exactly where it is " +
    'not 0',
  () => {
    const seen = new Map<number, number>();
    for (const combination of combinations()) {
      const gate = gateOf(combination);
      const what = told(combination);
      assert.is(gate.exitCode, expectedExitCode(combination), what);
      assertJunit(gate, what);
      assertAnnotations(gate, what);
      seen.set(gate.exitCode, (seen.get(gate.exitCode) ?? 0) + 1);
    }
    assert.equal([...seen.keys()].sort(), [0, 1, 3, 4, 5, 6]);
  },
);

test('terminal, Markdown and page say the exit code that the file holds, with one sign', () => {
  let index = 0;
  const seen = new Set<number>();
  for (const combination of combinations()) {
    index += 1;
    // A page holds half a megabyte of script: all with one part, and every 211th of the others.
    if (
      combination.comparisons.length + combination.changes.length + combination.breaks.length > 1 &&
      index % 211 !== 0
    )
      continue;
    const gate = gateOf(combination);
    seen.add(gate.exitCode);
    assertTexts(gate, told(combination));
  }
  assert.equal([...seen].sort(), [0, 1, 3, 4, 5, 6]);
});

for (const [status, exitCode] of [
  ['interrupted', 130],
  ['interrupted', 143],
  ['interrupted', 129],
  ['running', 5],
] as const) {
  test(`a gate that is ${status} with ${exitCode} is red in all, whatever it had found`, () => {
    for (const comparisons of [[], GATED.slice(0, 1), GATED]) {
      const gate: GateReport = {
        ...template,
        comparisons,
        verdictChanges: [],
        warnings: [],
        status,
        exitCode,
        verdict: 'inconclusive',
        summary: 'Undecided: ended.',
      };
      assertJunit(gate, status);
      assertAnnotations(gate, status);
      if (status === 'interrupted') assertTexts(gate, status);
    }
  });
}

test('a first record has nothing to be held to, and is red nowhere', () => {
  const gate: GateReport = {
    ...template,
    comparisons: GATED.filter((one) => one.lackedBy === 'base'),
    verdictChanges: [],
    warnings: [],
    method: 'baseline',
    exitCode: 0,
    isFirstRecord: true,
    verdict: 'incomparable',
    summary: 'Recorded: this machine had no earlier record to compare with.',
  };
  assertJunit(gate, 'first record');
  assertAnnotations(gate, 'first record');
  assertTexts(gate, 'first record');
});

test('a gate.json from before what closes it was kept is as red as its exit code', () => {
  for (const [verdict, exitCode] of [
    ['inconclusive', 4],
    ['improved', 6],
  ] as const) {
    const { failOn: _, ...gate }: GateReport = {
      ...template,
      comparisons: [named('passed', {}), named('other', { verdict })],
      verdictChanges: [],
      warnings: [],
      verdict,
      exitCode,
    };
    assertJunit(gate, 'old');
    assertAnnotations(gate, 'old');
  }
});

test.run();
