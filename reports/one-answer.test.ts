import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makeVerdict } from '../harness/outcome/make-verdict.js';
import type { CaseResult, Report, Verdict, VerdictKind } from '../harness/model/index.js';
import { outcomeOfReport, type ReportCircumstances } from '../harness/outcome/report-outcome.js';
import { renderReportAnnotations } from './annotations/render-report-annotations.js';
import { checksInWords } from './findings/report-answer.js';
import { emptyReport, oneCaseReport, plausibleReport, verdictsOnlyReport } from './golden/report-fixture.js';
import { killRow, selfTestReport } from './golden/self-test-fixture.js';
import { renderHtml } from './html/render-html.js';
import { renderJunit } from './junit/render-junit.js';
import { renderMarkdown } from './markdown/render-markdown.js';
import { renderBrief } from './terminal/render-brief.js';
import { renderTerminal } from './terminal/render-terminal.js';

const test = suite('one answer of a report');

const template = verdictsOnlyReport();
const example = template.verdicts[0] as Verdict;
const check = (
  name: string,
  verdict: VerdictKind,
  { known = null, teardownEvidence = null }: Partial<Pick<Verdict, 'known' | 'teardownEvidence'>> = {},
): Verdict =>
  makeVerdict(
    { ...example, id: `pipe/${name}`, checkId: name, transport: 'pipe', teardownEvidence },
    { verdict, evidence: example.evidence, known },
  );

const CHECKS: readonly Verdict[] = [
  check('a/pass', 'pass'),
  check('a/fail', 'fail'),
  check('a/broken', 'broken'),
  check('a/skip', 'skip'),
  check('a/deviation', 'deviation'),
  check('a/known', 'deviation', { known: { link: 'https://example.org', note: 'Known.' } }),
  check('a/left', 'pass', { teardownEvidence: 'A file was left.' }),
  check('a/skip-left', 'skip', { teardownEvidence: 'A file was left.' }),
];

const whole = oneCaseReport().results[0] as CaseResult;
const failure = { caseId: whole.case.id, launchIndex: 0, round: 0, message: 'It hung.', code: null };
const noFigure: CaseResult = { ...whole, latency: null, throughput: null };
/** Nothing measured; measured; one launch broke; all broke; launches that came to no figure. */
const RESULTS: readonly (CaseResult | null)[] = [
  null,
  whole,
  { ...whole, failures: [failure] },
  { ...noFigure, launches: [], failures: [failure] },
  noFigure,
];
const SKIPPED = plausibleReport().skipped.slice(0, 1);

const reportOf = (verdicts: readonly Verdict[], result: CaseResult | null, skipped: Report['skipped']): Report => ({
  ...template,
  status: 'complete',
  verdicts,
  results: result === null ? [] : [result],
  skipped,
  warnings: [],
});

/** The README's table, written down once more. */
function expectedExitCode({ verdicts, results }: Report, isStrict: boolean): number {
  const is = (name: string): boolean => verdicts.some((verdict) => verdict.checkId === `a/${name}`);
  if (is('fail') || (isStrict && is('deviation'))) return 1;
  if (
    is('broken') ||
    is('left') ||
    is('skip-left') ||
    results.some((result) => result.failures.length > 0 || result.latency === null)
  )
    return 5;
  return 0;
}

const numberOf = (text: string, name: string): number =>
  Number(new RegExp(`<testsuites [^>]*\\b${name}="(\\d+)"`).exec(text)?.[1]);
const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;
const words = (text: string): string => text.replace(/\s+/g, ' ');

function assertRed(report: Report, isRed: boolean, circumstances: ReportCircumstances, what: string): void {
  const junit = renderJunit(report, circumstances);
  const [tests, failures, errors] = [numberOf(junit, 'tests'), numberOf(junit, 'failures'), numberOf(junit, 'errors')];
  assert.is(failures + errors > 0, isRed, `JUnit ${failures} failures, ${errors} errors: ${what}`);
  assert.equal(
    [tests, failures, errors],
    [count(junit, /<testcase /g), count(junit, /<failure /g), count(junit, /<error /g)],
    what,
  );
  assert.is(/<testsuites [^>]*skipped/.test(junit), false, 'Jenkins refuses it');
  const lines = renderReportAnnotations(report, circumstances).split('\n');
  assert.is(
    lines.some((line) => line.startsWith('::error ')),
    isRed,
    `annotations: ${what}`,
  );
}

function assertTexts(report: Report, sentence: string, circumstances: ReportCircumstances, what: string): void {
  const texts = {
    summary: renderBrief(report, { color: false, width: 100, circumstances }),
    terminal: renderTerminal(report, { color: false, width: 100, circumstances }),
    Markdown: renderMarkdown(report, circumstances),
    page: renderHtml(report, circumstances),
  };
  for (const [name, text] of Object.entries(texts))
    assert.ok(words(text).includes(sentence), `${name} has no '${sentence}': ${what}`);
}

test("over all combinations the exit code is the README's, and every rendering agrees with it", () => {
  const seen = new Set<number>();
  let index = 0;
  for (let present = 0; present < 2 ** CHECKS.length; present += 1) {
    const verdicts = CHECKS.filter((_, position) => (present & (2 ** position)) !== 0);
    for (const result of RESULTS) {
      for (const skipped of [[], SKIPPED]) {
        for (const strictness of ['usual', 'strict'] as const) {
          index += 1;
          const report = reportOf(verdicts, result, skipped);
          const what =
            `${strictness}: ${verdicts.map((verdict) => verdict.checkId).join(' ')}, ` +
            `case ${RESULTS.indexOf(result)}, ${skipped.length} skipped`;
          const exitCode = expectedExitCode(report, strictness === 'strict');
          assert.is(outcomeOfReport(report, { strictness }).exitCode, exitCode, what);
          assertRed(report, exitCode !== 0, { strictness }, what);
          if (verdicts.length <= 1 || index % 97 === 0)
            assertTexts(report, `${exitCode === 0 ? '✓' : '✗'} Exit code ${exitCode}: `, { strictness }, what);
          seen.add(exitCode);
        }
      }
    }
  }
  assert.equal([...seen].sort(), [0, 1, 5]);
});

test('a report whose command had --strict is drawn as that command judged it', () => {
  const report = {
    ...reportOf([check('a/deviation', 'deviation')], null, []),
    command: ['ipcbench', 'check', '--strict'],
  };
  assert.is(outcomeOfReport(report).exitCode, 1);
  assertRed(report, true, {}, 'strict by its command');
  assertTexts(report, '✗ Exit code 1: 1 deviation is not known (--strict).', {}, 'strict by its command');
});

test('an interrupted report is red in all, and says by what where that is known', () => {
  const report: Report = { ...reportOf(CHECKS.slice(0, 1), whole, []), status: 'interrupted' };
  for (const endedBy of [129, 130, 143]) {
    assert.is(outcomeOfReport(report, { endedBy }).exitCode, endedBy);
    assertRed(report, true, { endedBy }, 'interrupted');
    assertTexts(report, `✗ Exit code ${endedBy}: ended by SIG`, { endedBy }, 'interrupted');
  }
  assertRed(report, true, {}, 'interrupted');
  assertTexts(report, 'Exit code: that of the signal that ended it', {}, 'interrupted');
});

test('one that still runs has no exit code yet, and is not green', () => {
  assertRed(emptyReport(), true, {}, 'running');
  assertTexts(emptyReport(), '… Exit code: none yet, this has not ended.', {}, 'running');
});

test('a self-test that proves nothing is red in all', () => {
  const proven = selfTestReport();
  assertRed(proven, false, {}, 'proven');
  assertTexts(proven, '✓ Exit code 0: the planted faults prove the checks.', {}, 'proven');
  const missed = selfTestReport(killRow('drop', 'recordings' as never, 'loss/tail', 'missed'));
  const isRed = missed.killMatrix?.isProven === false;
  const unproven: Report = isRed
    ? missed
    : { ...missed, killMatrix: { ...(missed.killMatrix as NonNullable<Report['killMatrix']>), isProven: false } };
  assert.is(outcomeOfReport(unproven).exitCode, 1);
  assertRed(unproven, true, {}, 'not proven');
  assertTexts(unproven, '✗ Exit code 1: ', {}, 'not proven');
});

const sevenBroken = Array.from({ length: 7 }, (_, index) => check(`a/broken-${index}`, 'broken'));
const sentences: readonly (readonly [what: string, verdicts: readonly Verdict[], sentence: string])[] = [
  ['seven that could not be decided', sevenBroken, 'None of 7 checks could be decided.'],
  ['one that could not be decided', sevenBroken.slice(0, 1), 'The one check could not be decided.'],
  [
    'some that could not be decided',
    [...sevenBroken.slice(0, 2), check('a/pass', 'pass')],
    '1 of 3 checks passed; 2 could not be decided.',
  ],
  [
    'broken and failed',
    [...sevenBroken.slice(0, 2), check('a/fail', 'fail')],
    '0 of 3 checks passed; 1 guarantee was broken, and 2 could not be decided.',
  ],
  ['all skipped', [check('a/skip', 'skip'), check('b/skip', 'skip')], 'All of 2 checks were skipped.'],
  [
    'all decided',
    [check('a/pass', 'pass'), check('b/pass', 'pass'), check('b/skip', 'skip')],
    '2 of 3 checks passed; no guarantee was broken.',
  ],
];
for (const [what, verdicts, sentence] of sentences) {
  test(`${what}: ${sentence}`, () => {
    const report = reportOf(verdicts, null, []);
    assert.is(checksInWords(report), sentence);
    assert.ok(renderHtml(report).includes(sentence), 'the page');
  });
}

test.run();
