import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type {
  CaseResult,
  ChangeInterval,
  Comparison,
  GateReport,
  LatencySummary,
  RankingEntry,
  Report,
} from '../../harness/model/index.js';
import {
  baselineGate,
  interruptedGate,
  largeGate,
  passingGate,
  plausibleGate,
  reportsGate,
} from '../golden/gate-fixture.js';
import {
  emptyReport,
  largeReport,
  oneCaseReport,
  plausibleReport,
  singleLaunchReport,
  verdictsOnlyReport,
} from '../golden/report-fixture.js';
import { parseGate } from './parse-gate.js';
import { ReportError, parseReport } from './parse-report.js';

const withLatency = (change: (latency: LatencySummary) => Partial<LatencySummary>): Report =>
  withResult(0, (result) => ({
    latency: result.latency === null ? null : { ...result.latency, ...change(result.latency) },
  }));

function withResult(at: number, change: (result: CaseResult) => Partial<CaseResult>): Report {
  const report = plausibleReport();
  return {
    ...report,
    results: report.results.map((result, index) => (index === at ? { ...result, ...change(result) } : result)),
  };
}

function withRanked(at: number, change: Partial<RankingEntry>): Report {
  const report = plausibleReport();
  const rankings = (report.rankings ?? []).map((ranking, index) =>
    index === 0
      ? { ...ranking, entries: ranking.entries.map((entry, place) => (place === at ? { ...entry, ...change } : entry)) }
      : ranking,
  );
  return { ...report, rankings };
}

const estimate = { value: 5000, low: 4000, high: 6000, confidence: 0.96 };

const reports: readonly (readonly [what: string, report: Report, field: string])[] = [
  [
    'a value below its interval',
    withLatency(() => ({ medianOfP50Ns: { ...estimate, value: 3000 } })),
    'results[0].latency.medianOfP50Ns.value',
  ],
  [
    'a value above its interval',
    withLatency(() => ({ medianOfP50Ns: { ...estimate, value: 7000 } })),
    'results[0].latency.medianOfP50Ns.high',
  ],
  [
    'an interval upside down',
    withLatency(() => ({ medianOfP50Ns: { ...estimate, low: 6000, high: 4000 } })),
    'results[0].latency.medianOfP50Ns.value',
  ],
  [
    'an interval with one end',
    withLatency(() => ({ medianOfP50Ns: { ...estimate, high: null } })),
    'results[0].latency.medianOfP50Ns.high',
  ],
  [
    'a throughput outside its interval',
    withResult(1, () => ({ throughput: { messagesPerSecond: estimate, bytesPerSecond: { ...estimate, value: 1 } } })),
    'results[1].throughput.bytesPerSecond.value',
  ],
  ['p50 above p99', withLatency((latency) => ({ p50Ns: (latency.p99Ns ?? 0) * 2 })), 'results[0].latency.p90Ns'],
  [
    'a smallest above the largest',
    withLatency(() => ({ p50Ns: null, p90Ns: null, p99Ns: null, p999Ns: null, minNs: 10, maxNs: 9 })),
    'results[0].latency.maxNs',
  ],
  [
    'more round trips out of range than there were',
    withLatency((latency) => ({ overflow: latency.count + 1 })),
    'results[0].latency.count',
  ],
  [
    'a launch whose p25 is above its p50',
    withResult(0, (result) => ({
      launches: result.launches.map((launch, index) =>
        index === 2 ? { ...launch, p25Ns: (launch.p50Ns ?? 0) * 3, p99Ns: null } : launch,
      ),
    })),
    'results[0].launches[2].p50Ns',
  ],
  [
    'a case twice',
    withResult(1, (result) => ({ case: { ...result.case, id: plausibleReport().results[0]?.case.id ?? '' } })),
    'results[1].case.id',
  ],
  [
    'a launch twice',
    withResult(0, (result) => ({ launches: result.launches.map((launch) => ({ ...launch, index: 7 })) })),
    'results[0].launches[1].index',
  ],
  [
    'a failure of another case',
    withResult(0, () => ({ failures: [{ caseId: 'other', launchIndex: 0, round: 0, message: 'x', code: null }] })),
    'results[0].failures[0].caseId',
  ],
  [
    'a throughput of a latency',
    withResult(0, () => ({ throughput: { messagesPerSecond: estimate, bytesPerSecond: estimate } })),
    'results[0].throughput',
  ],
  ['a ratio outside its interval', withRanked(1, { ratio: 9 }), 'rankings[0].entries[1].high'],
  ['a ratio whose interval has one end', withRanked(1, { high: null }), 'rankings[0].entries[1].high'],
  [
    'one that is behind and may be faster',
    withRanked(6, { standing: 'behind', low: 0.9 }),
    'rankings[0].entries[6].low',
  ],
  [
    'a leader that takes twice as long as itself',
    withRanked(0, { ratio: 2, low: 2, high: 2 }),
    'rankings[0].entries[0].ratio',
  ],
  ['two leaders', withRanked(1, { standing: 'leader' }), 'rankings[0].entries'],
  ['a transport ranked twice', withRanked(1, { transport: 'pipe' }), 'rankings[0].entries[1].transport'],
  ['a rank that ends before it begins', withRanked(2, { rank: { from: 4, to: 3 } }), 'rankings[0].entries[2].rank.to'],
  ['a place beyond the last', withRanked(2, { rank: { from: 1, to: 99 } }), 'rankings[0].entries[2].rank'],
  ['more rounds than were planned', { ...emptyReport(), rounds: { planned: 2, completed: 3 } }, 'rounds.planned'],
  ['a run that goes on and has ended', { ...emptyReport(), finishedAt: '2026-03-14T09:27:10.682Z' }, 'finishedAt'],
  ['a run that has ended, nobody knows when', { ...emptyReport(), status: 'complete' }, 'finishedAt'],
];

for (const [what, report, field] of reports) {
  test(`a report with ${what} is refused by the field's name`, () => {
    assert.throws(
      () => parseReport(JSON.stringify(report)),
      (error: unknown) =>
        error instanceof ReportError &&
        error.message.startsWith(`The report's field ${field} is wrong: expected `) &&
        error.message.includes("Run 'ipcbench all'"),
    );
  });
}

const figures = ['"totalMs":0', '"load1":0.4', '"value":'] as const;

for (const figure of figures) {
  test(`1e999 in ${figure.slice(1, -2)} is refused, as no figure is infinite`, () => {
    const text = JSON.stringify(plausibleReport()).replace('"totalMs":96431', '"totalMs":0');
    const [before, name] = [figure, figure.slice(0, figure.indexOf(':') + 1)];
    const changed = text.replace(before === '"value":' ? /"value":[\d.]+/ : before, `${name}1e999`);
    assert.is.not(changed, text);
    assert.throws(
      () => parseReport(changed),
      (error: unknown) => error instanceof ReportError && /is wrong: expected .*, found Infinity/.test(error.message),
    );
  });
}

function withChange(change: Partial<ChangeInterval>): GateReport {
  const gate = plausibleGate();
  return {
    ...gate,
    comparisons: gate.comparisons.map((one, index): Comparison =>
      index === 1 && one.change !== null ? { ...one, change: { ...one.change, ...change } } : one,
    ),
  };
}

const gates: readonly (readonly [what: string, gate: GateReport, field: string])[] = [
  ['an interval upside down', withChange({ low: 0.2, high: 0.1 }), 'comparisons[1].change.median'],
  ['a change outside its interval', withChange({ median: 2 }), 'comparisons[1].change.high'],
  ['an interval with one end', withChange({ low: null }), 'comparisons[1].change.low'],
  ['exit code 0 where it regressed', { ...plausibleGate(), exitCode: 0 }, 'exitCode'],
  ['exit code 1 where it passed', { ...passingGate(), exitCode: 1 }, 'exitCode'],
  ['an exit code that no gate has', { ...passingGate(), exitCode: 42 }, 'exitCode'],
  ['exit code 1 of a comparison that closes nothing', { ...reportsGate(), exitCode: 1 }, 'exitCode'],
  ['a pass over a gated regression', { ...plausibleGate(), verdict: 'pass', exitCode: 0 }, 'verdict'],
  [
    'a comparison twice',
    { ...plausibleGate(), comparisons: [...plausibleGate().comparisons, ...plausibleGate().comparisons.slice(0, 1)] },
    'comparisons[17].id',
  ],
  [
    'a case twice',
    { ...plausibleGate(), cases: [...plausibleGate().cases, ...plausibleGate().cases.slice(0, 1)] },
    `cases[${plausibleGate().cases.length}].id`,
  ],
];

for (const [what, gate, field] of gates) {
  test(`a gate with ${what} is refused by the field's name`, () => {
    assert.throws(
      () => parseGate(JSON.stringify(gate)),
      (error: unknown) =>
        error instanceof ReportError &&
        error.message.startsWith(`The gate's field ${field} is wrong: expected `) &&
        error.message.includes("Run 'ipcbench gate'"),
    );
  });
}

test('what runs leave behind contradicts nothing', () => {
  for (const report of [
    emptyReport(),
    plausibleReport(),
    largeReport(),
    oneCaseReport(),
    singleLaunchReport(),
    verdictsOnlyReport(),
  ])
    assert.equal(parseReport(JSON.stringify(report)), report);
  for (const gate of [plausibleGate(), passingGate(), interruptedGate(), baselineGate(), reportsGate(), largeGate()])
    assert.equal(parseGate(JSON.stringify(gate)), gate);
});

const damaged: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  [
    'conflict markers',
    `<<<<<<< ours\n${JSON.stringify(emptyReport())}\n=======\n${JSON.stringify(emptyReport())}\n>>>>>>> theirs\n`,
    /^The report holds conflict markers of a merge/,
  ],
  [
    'conflict markers inside its object',
    `{"schema":"ipcbench-report",\n<<<<<<< ours\n"seed":1,\n=======\n"seed":2,\n>>>>>>> theirs\n`,
    /^The report holds conflict markers of a merge/,
  ],
  ['a byte order mark', `\ufeff${JSON.stringify(emptyReport())}`, /^The report begins with a byte order mark/],
  [
    'what was a picture',
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 0xff]).toString('utf8'),
    /^The report is not text: it is binary/,
  ],
  [
    'UTF-16',
    Buffer.from(`{"schema":"ipcbench-report"`, 'utf16le').toString('utf8'),
    /^The report is not text: .*another encoding than UTF-8/,
  ],
  [
    'a gate that is cut short',
    '{"schema":"ipcbench-gate","version":1,',
    /^This is no report of ipcbench \(its schema is 'ipcbench-gate'\), and it is cut short after 38 characters\. Give the report\.json/,
  ],
];

for (const [what, text, message] of damaged) {
  test(`${what} is told by what it is`, () => {
    assert.throws(
      () => parseReport(text),
      (error: unknown) => error instanceof ReportError && message.test(error.message),
    );
  });
}

for (const quoted of ['\u001b]0;owned\u0007', '\u009b31m', 'a\u202eb']) {
  test(`${JSON.stringify(quoted)} in a refused file does not reach the terminal`, () => {
    const texts = [
      JSON.stringify({ schema: quoted }),
      JSON.stringify({ ...emptyReport(), status: quoted }),
      JSON.stringify({ ...emptyReport(), environment: { ...emptyReport().environment, limits: { [quoted]: 1 } } }),
    ];
    for (const text of texts)
      assert.throws(
        () => parseReport(text),
        (error: unknown) =>
          error instanceof ReportError && !/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/.test(error.message),
      );
  });
}

test('a refusal quotes no more than a reader can take in', () => {
  assert.throws(
    () => parseReport(JSON.stringify({ ...emptyReport(), status: 'x'.repeat(1_000_000) })),
    (error: unknown) => error instanceof ReportError && error.message.length < 800,
  );
});

test.run();
