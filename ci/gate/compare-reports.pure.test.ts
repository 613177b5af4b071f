import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type {
  Case,
  CaseResult,
  Comparison,
  LaunchRecord,
  Report,
  Verdict,
  VerdictKind,
} from '../../harness/model/index.js';
import { emptyReport, oneCaseReport, verdictsOnlyReport } from '../../reports/golden/report-fixture.js';
import { compareReports, type ComparedReports } from './compare-reports.js';
import { environmentDifferences } from './environments.js';
import { makeVerdict } from '../../harness/outcome/make-verdict.js';
import { severityOf } from '../../harness/outcome/severity.js';
import { simulatedCase, simulatedLaunch } from './simulated-ports.fixture.js';

const test = suite('two reports');

const template = oneCaseReport().results[0] as CaseResult;
/** Twelve launches, one per cent apart. */
const launches = (roundTripNs: number, more: Partial<LaunchRecord> = {}): LaunchRecord[] =>
  Array.from({ length: 12 }, (_, index) => simulatedLaunch(roundTripNs * (1 + index / 1000), more));
const result = (id: string, of: readonly LaunchRecord[], more: Partial<Case> = {}): CaseResult => ({
  ...template,
  case: simulatedCase(id, more),
  figure: 'latency',
  launches: of,
});
const report = (...results: readonly CaseResult[]): Report => ({
  ...emptyReport(),
  status: 'complete',
  results,
  verdicts: [],
});
const find = ({ comparisons }: ComparedReports, id: string): Comparison =>
  comparisons.find((one) => one.id === id) as Comparison;

test('what differs is told, and closes nothing: the two were not measured in turns', () => {
  const compared = compareReports(report(result('a', launches(8000))), report(result('a', launches(9600))), []);
  const found = find(compared, 'a#round-trip');
  assert.equal([found.verdict, found.isGated, found.budget, found.lackedBy], ['regressed', false, 0.1, null]);
  assert.match(found.advisoryReason ?? '', /recorded at different times/);
  assert.ok(Math.abs((found.change?.median ?? 0) - 0.2) < 0.01);
  assert.ok((found.change?.low ?? 0) > 0.18);
  assert.is(
    compared.comparisons.every((one) => !one.isGated),
    true,
  );
});

test('equal reports pass, faster ones improve, few launches say nothing', () => {
  const verdicts = (base: readonly LaunchRecord[], head: readonly LaunchRecord[]): string =>
    find(compareReports(report(result('a', base)), report(result('a', head)), []), 'a#round-trip').verdict;
  assert.is(verdicts(launches(8000), launches(8000)), 'pass');
  assert.is(verdicts(launches(8000), launches(6000)), 'improved');
  assert.is(verdicts(launches(8000).slice(0, 4), launches(16_000).slice(0, 4)), 'inconclusive');
});

test('reports of seven launches a side, of six, and of five tell what is three times slower, with both figures', () => {
  for (const count of [7, 6, 5]) {
    const found = find(
      compareReports(
        report(result('a', launches(8000).slice(0, count))),
        report(result('a', launches(24_000).slice(0, count))),
        [],
      ),
      'a#round-trip',
    );
    assert.is(found.verdict, 'regressed');
    assert.ok((found.change?.low ?? 0) > 1.9 && (found.base ?? 0) < 8100 && (found.head ?? 0) > 23_900);
  }
});

test(
  'from 0 to 25 launches: no verdict without an interval, an interval from five on, and below that how many it ' +
    'takes',
  () => {
    for (let count = 1; count <= 25; count += 1) {
      const slice = (roundTripNs: number): LaunchRecord[] =>
        [...launches(roundTripNs), ...launches(roundTripNs), ...launches(roundTripNs)].slice(0, count);
      for (const head of [8000, 8800, 24_000]) {
        const found = find(
          compareReports(report(result('a', slice(8000))), report(result('a', slice(head))), []),
          'a#round-trip',
        );
        assert.is(found.change?.low === null, count < 5, `${count} launches`);
        if (count < 5)
          assert.match(
            found.reason,
            new RegExp(
              `, from ${count} and ${count} launches: too few launches for a 99 % confidence interval; it ` +
                'takes 5 on each side\\.$',
            ),
          );
        if (count < 5) assert.is(found.verdict, 'inconclusive');
        assert.is(found.measurements[0]?.looks[0]?.pairs, count);
      }
    }
    assert.equal(compareReports(report(result('a', [])), report(result('a', [])), []).comparisons, []);
  },
);

test('what differs comes first, the larger change before the smaller', () => {
  const ids = ['same', 'slightly', 'gone', 'faster', 'slower'];
  const base = report(...ids.map((id) => result(id, launches(8000))));
  const head = report(
    ...(
      [
        ['same', 8000],
        ['slightly', 8700],
        ['faster', 4000],
        ['slower', 24_000],
      ] as const
    ).map(([id, ns]) => result(id, launches(ns))),
  );
  const order = compareReports(base, head, [])
    .comparisons.filter((one) => one.metric === 'round-trip')
    .map((one) => one.caseId);
  assert.equal([order.slice(0, 3), order.at(-1)], [['slower', 'faster', 'slightly'], 'same']);
});

test('a rule gates what it names, and no budget is below ten per cent', () => {
  const compared = compareReports(report(result('a', launches(8000))), report(result('a', launches(9600))), [
    { select: '*#round-trip', gated: true, budget: 0.01 },
  ]);
  assert.equal(
    compared.comparisons.filter((one) => one.isGated).map((one) => [one.id, one.verdict, one.budget]),
    [['a#round-trip', 'regressed', 0.1]],
  );
  const undone = compareReports(report(result('a', launches(8000))), report(result('a', launches(9600))), [
    { select: '*', gated: true },
    { select: '*', gated: false },
  ]);
  assert.is(
    undone.comparisons.some((one) => one.isGated),
    false,
  );
});

test('gated ones are corrected for their number', () => {
  const count = 8;
  const ids = Array.from({ length: count }, (_, index) => `case-${index}`);
  // Two of twelve launches of base are as slow as head, p = 0.0013: beyond chance alone, not as one of eight.
  const base = launches(8000).map((launch, index) => (index < 2 ? { ...launch, p25Ns: 9700 } : launch));
  const of = (number: number): string =>
    find(
      compareReports(
        report(...ids.slice(0, number).map((id) => result(id, base))),
        report(...ids.slice(0, number).map((id, index) => result(id, index === 0 ? launches(9600) : launches(8000)))),
        [{ select: '*#round-trip', gated: true }],
      ),
      'case-0#round-trip',
    ).verdict;
  assert.equal([of(1), of(count)], ['regressed', 'inconclusive']);
});

for (const [was, is, by] of [
  [1, 2, 'base'],
  [3, 2, 'head'],
] as const) {
  test(`method revision ${was} and ${is} are of two different things, which ${by} is to measure again`, () => {
    const compared = compareReports(
      report(result('a', launches(8000), { methodRevision: was })),
      report(result('a', launches(8000), { methodRevision: is })),
      [],
    );
    for (const found of compared.comparisons) {
      assert.equal([found.verdict, found.lackedBy, found.change], ['incomparable', by, null]);
      assert.is(
        found.reason,
        `The method changed (revision ${was}, now ${is}), so these figures are not comparable. Measure ` +
          `${by} again with this version of ipcbench.`,
      );
    }
  });
}

test('a case that one of them lacks is told, with what the other measured', () => {
  const compared = compareReports(
    report(result('a', launches(8000)), result('gone', launches(8000))),
    report(result('a', launches(8000)), result('new', launches(8000))),
    [],
  );
  assert.equal(
    [find(compared, 'gone#cpu').lackedBy, find(compared, 'gone#cpu').base, find(compared, 'gone#cpu').head],
    ['head', 8044, null],
  );
  assert.equal(
    [find(compared, 'new#cpu').lackedBy, find(compared, 'new#cpu').base, find(compared, 'new#cpu').head],
    ['base', null, 8044],
  );
  assert.equal(
    compared.cases.map((one) => one.id),
    ['a', 'gone', 'new'],
  );
});

test('a metric that one of them lacks is told, one that both lack is none', () => {
  const compared = compareReports(
    report(result('a', launches(8000, { p99Ns: 9000, syscalls: null }))),
    report(result('a', launches(8000, { syscalls: null }))),
    [],
  );
  assert.equal(
    [find(compared, 'a#p99').lackedBy, find(compared, 'a#p99').reason],
    ['head', 'No launch of head has this figure.'],
  );
  assert.is(
    compared.comparisons.some((one) => one.metric === 'syscalls'),
    false,
  );
});

test('counts at zero are compared, and one more call a message is worse', () => {
  const compare = (base: number, head: number): Comparison =>
    find(
      compareReports(
        report(result('a', launches(8000, { voluntarySwitches: base }))),
        report(result('a', launches(8000, { voluntarySwitches: head }))),
        [],
      ),
      'a#switches',
    );
  assert.equal([compare(0, 0).verdict, compare(0, 0).allowedIncrease, compare(0, 0).change?.median], ['pass', 0.01, 0]);
  assert.is(compare(0, 1000).verdict, 'regressed');
  assert.is(compare(1000, 0).verdict, 'improved');
});

test('reports without a common case have nothing to compare', () => {
  assert.equal(compareReports(report(), report(), []), {
    cases: [],
    comparisons: [],
    verdictChanges: [],
    checksCompared: 0,
  });
});

const sample = verdictsOnlyReport().verdicts[0] as Verdict;
const verdict = (id: string, kind: VerdictKind): Verdict =>
  makeVerdict({ ...sample, id }, { verdict: kind, evidence: sample.evidence });
const checked = (...verdicts: readonly Verdict[]): Report => ({ ...report(), verdicts });

test('checks that both hold are compared, those that head lacks are told', () => {
  const compared = compareReports(
    checked(verdict('x', 'pass'), verdict('y', 'deviation'), verdict('z', 'pass'), verdict('same', 'fail')),
    checked(verdict('x', 'fail'), verdict('y', 'pass'), verdict('same', 'fail'), verdict('new', 'fail')),
    [],
  );
  assert.equal(
    compared.verdictChanges.map((one) => [one.id, one.base, one.head, one.isWorse]),
    [
      ['x', 'pass', 'fail', true],
      ['y', 'deviation', 'pass', false],
      ['z', 'pass', null, false],
    ],
  );
  assert.is(compared.checksCompared, 3);
});

test('a report without checks was not asked for any', () => {
  assert.equal(compareReports(checked(verdict('x', 'pass')), checked(), []).verdictChanges, []);
});

test('a broken promise is worse than an undecided one, that than a deviation, that than none', () => {
  const kinds: readonly VerdictKind[] = ['fail', 'broken', 'deviation', 'skip', 'pass'];
  assert.equal(
    [...kinds].sort((a, b) => severityOf(b) - severityOf(a)),
    kinds,
  );
  assert.is(severityOf('pass'), severityOf('info'));
});

test('environments differ by what is known to move figures, each named with both values', () => {
  const here = emptyReport().environment;
  assert.equal(environmentDifferences(here, here), []);
  const there = {
    ...here,
    cpu: { ...here.cpu, online: 64 },
    runtime: { ...here.runtime, version: 'v99.0.0' },
    memoryBytes: here.memoryBytes + 4096,
  };
  assert.equal(environmentDifferences(here, there), [
    `CPUs online: ${here.cpu.online}, 64`,
    `runtime: ${here.runtime.name} ${here.runtime.version}, ${here.runtime.name} v99.0.0`,
  ]);
});

test.run();
