import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseResult, Estimate, Ranking, RankingEntry, Report } from '../../harness/model/index.js';
import {
  emptyReport,
  oneCaseReport,
  plausibleReport,
  singleLaunchReport,
  verdictsOnlyReport,
} from '../golden/report-fixture.js';
import { renderHtml } from '../html/render-html.js';
import { renderTerminal } from '../terminal/render-terminal.js';
import { answers } from './answers.js';
import { caveats } from './caveats.js';
import { comparableGroups, type ComparableGroup } from './comparable-groups.js';
import { remarkableVerdicts, verdictsByTransport } from './conformance.js';
import { environmentInWords, environmentTable } from './environment.js';
import { failedLaunches } from './failures.js';
import { summariseNoise } from './noise.js';
import { describeInterval, noiseFloor, describeNoise } from './describe-noise.js';
import { notices } from './notices.js';
import { rankGroup } from './ranking.js';

/** A report of 64 B round trips, each transport with the estimate given. */
function withEstimates(estimates: Readonly<Record<string, Estimate>>): Report {
  const template = oneCaseReport().results[0] as CaseResult;
  const results = Object.entries(estimates).map(([transport, medianOfP50Ns]): CaseResult => ({
    ...template,
    case: { ...template.case, transport, id: `${transport}/native/ping-pong/64B/same-cpu` },
    latency: template.latency === null ? null : { ...template.latency, medianOfP50Ns },
  }));
  return { ...oneCaseReport(), results };
}

function interval(low: number, value: number, high: number): Estimate {
  return { value, low, high, confidence: 0.96 };
}

function onlyGroup(report: Report): ComparableGroup {
  const groups = comparableGroups(report);
  assert.is(groups.length, 1);
  return groups[0] as ComparableGroup;
}

test('drivers, placements and workloads never share a group', () => {
  const ids = comparableGroups(plausibleReport()).map((group) => group.id);
  assert.equal(ids, [
    'ping-pong/native/same-cpu',
    'ping-pong/native/cross-cpu',
    'ping-pong/js/same-cpu',
    'ping-pong/js/cross-cpu',
    'stream/native/same-cpu',
    'stream/native/cross-cpu',
    'stream/js/same-cpu',
    'stream/js/cross-cpu',
  ]);
});

test('what is not the default, full verification and another method revision make groups of their own', () => {
  const report = oneCaseReport();
  const first = report.results[0] as CaseResult;
  const spin = { ...first, case: { ...first.case, id: `${first.case.id}/wait=spin` } };
  const full = { ...first, case: { ...first.case, verify: 'full' as const } };
  const revised = { ...first, case: { ...first.case, methodRevision: 2 } };
  const groups = comparableGroups({ ...report, results: [first, spin, full, revised] });
  assert.equal(groups.map((group) => group.id).sort(), [
    'ping-pong/native/same-cpu',
    'ping-pong/native/same-cpu/method-2',
    'ping-pong/native/same-cpu/verify=full',
    'ping-pong/native/same-cpu/wait=spin',
  ]);
});

test('a skipped case is found in the table it is missing from', () => {
  const group = comparableGroups(plausibleReport())[0];
  const row = group?.rows.find((candidate) => candidate.transport === 'unix-seqpacket');
  assert.is(row?.skipped.get(65536)?.code, 'ENOTSUP');
  assert.is(row?.results.has(65536), false);
});

/** What a ranking says of one transport: its standing, and how many times the leader's time it takes. */
function entry(transport: string, standing: RankingEntry['standing'], ratio = 1): RankingEntry {
  const interval = standing === 'undecided' ? { low: null, high: null } : { low: ratio * 0.97, high: ratio * 1.04 };
  return {
    transport,
    ratio,
    ...interval,
    standing,
    rank: { from: 1, to: 2 },
    detectable: standing === 'leader' ? null : 1.05,
  };
}

function withRanking(report: Report, blocks: number, ...entries: readonly RankingEntry[]): Report {
  const { workload, driver, placement, sizeBytes, verify, methodRevision } = (report.results[0] as CaseResult).case;
  const ranking: Ranking = {
    workload,
    driver,
    placement,
    sizeBytes,
    verify,
    methodRevision,
    statistic: 'p25',
    blocks,
    confidence: 0.95,
    entries,
  };
  return { ...report, rankings: [ranking] };
}

test('a group is ranked as the report ranks it, not by its intervals', () => {
  const report = withEstimates({ slow: interval(60, 61, 62), near: interval(50, 52, 54), fast: interval(40, 41, 42) });
  const ranking = rankGroup(
    onlyGroup(
      withRanking(report, 20, entry('fast', 'leader'), entry('near', 'tied', 1.02), entry('slow', 'behind', 1.5)),
    ),
    64,
  );
  assert.is(ranking.leader?.transport, 'fast');
  assert.equal(
    ranking.tied.map((one) => one.transport),
    ['near'],
  );
  assert.equal(
    ranking.behind.map((one) => one.transport),
    ['slow'],
  );
});

test('a ranking of another placement, size or setting is none of this group', () => {
  const report = withRanking(
    withEstimates({ a: interval(40, 41, 42), b: interval(60, 61, 62) }),
    20,
    entry('a', 'leader'),
    entry('b', 'behind', 1.5),
  );
  for (const other of [
    { placement: 'cross-cpu' as const },
    { sizeBytes: 4096 },
    { verify: 'full' as const },
    { settings: { wait: 'spin' } },
    { methodRevision: 2 },
    { driver: 'addon' as const },
  ]) {
    const elsewhere = { ...report, rankings: (report.rankings ?? []).map((ranking) => ({ ...ranking, ...other })) };
    assert.equal(rankGroup(onlyGroup(elsewhere), 64).behind, [], JSON.stringify(other));
  }
});

test('without a ranking nothing is tied and nothing behind', () => {
  const ranking = rankGroup(
    onlyGroup({ ...withEstimates({ a: interval(40, 41, 42), b: interval(90, 91, 92) }), rankings: [] }),
    64,
  );
  assert.equal(
    [ranking.tied.length, ranking.behind.length, ranking.undecided.map((one) => one.transport)],
    [0, 0, ['b']],
  );
});

test('higher is better where bytes are counted', () => {
  const group = comparableGroups(plausibleReport()).find((candidate) => candidate.id === 'stream/native/same-cpu');
  assert.is(rankGroup(group as ComparableGroup, 65536).leader?.transport, 'socketpair-dgram');
});

test('a reference wins nothing, however fast', () => {
  const report = withEstimates({ pipe: interval(40, 41, 42), 'tcp-loopback': interval(1, 2, 3) });
  const ranking = rankGroup(onlyGroup(report), 64);
  assert.is(ranking.leader?.transport, 'pipe');
  assert.equal(
    ranking.references.map((entry) => entry.transport),
    ['tcp-loopback'],
  );
  assert.equal([ranking.tied, ranking.behind], [[], []]);
});

test('an answer names the fastest, what cannot be told from it, and how far behind each other one is', () => {
  const report = withEstimates({
    slow: interval(6000, 6100, 6200),
    slower: interval(7000, 7100, 7200),
    fast: interval(4000, 4100, 4200),
    near: interval(4150, 4300, 4500),
  });
  const [answer] = answers(
    withRanking(
      report,
      20,
      entry('fast', 'leader'),
      entry('near', 'tied', 1.02),
      entry('slow', 'behind', 1.5),
      entry('slower', 'behind', 1.75),
    ),
  );
  assert.is(answer?.question, 'Fastest 64 B round trip');
  assert.is(answer?.place, 'ping-pong, native driver, both peers on one CPU');
  assert.is(
    answer?.sentence,
    'fast, 4.10 µs [4.00, 4.20]. No measurable difference from near (a difference of 5 % would have been seen ' +
      'in nine of ten such runs). Slower: slow 1.50× [1.46, 1.56], slower 1.75× [1.70, 1.82].',
  );
});

test('a transport that stands alone is not called fast', () => {
  const [answer] = answers(oneCaseReport());
  assert.is(answer?.question, '64 B round trip');
  assert.match(answer?.sentence ?? '', /No other transport was measured here to compare it with\./);
});

test('one that stands alone beside what came to no figure says so, on the page too', () => {
  const report = {
    ...withEstimates({
      pipe: interval(40, 41, 42),
      fifo: interval(50, 51, 52),
      'unix-stream': interval(60, 61, 62),
      'tcp-loopback': interval(1, 2, 3),
    }),
    rankings: [],
  };
  const without = (...names: readonly string[]): Report => ({
    ...report,
    results: report.results.map((result) =>
      names.includes(result.case.transport) ? { ...result, latency: null } : result,
    ),
  });
  for (const [failed, sentence] of [
    [
      ['fifo', 'unix-stream'],
      'Nothing is left to compare it with: no launch of fifo and unix-stream came to a figure.',
    ],
    [
      ['fifo', 'unix-stream', 'tcp-loopback'],
      'Nothing is left to compare it with: no launch of fifo and unix-stream came to a figure.',
    ],
  ] as const) {
    assert.ok(answers(without(...failed))[0]?.sentence.endsWith(sentence), answers(without(...failed))[0]?.sentence);
    assert.ok(renderHtml(without(...failed)).includes(sentence));
  }
  assert.match(
    renderTerminal(without('pipe', 'fifo', 'unix-stream', 'tcp-loopback'), { color: false, width: 100 }),
    /^no launch came to a figure, so nothing is ranked\.$/m,
  );
});

test('no more than all of the time is waited for a CPU', () => {
  const report = oneCaseReport();
  const busy = report.results.map((result) => ({
    ...result,
    launches: result.launches.map((launch) => ({
      ...launch,
      noise: { ...launch.noise, cpuPressureUs: (1.01 * launch.wallNs) / 1000 },
    })),
  }));
  assert.is(summariseNoise({ ...report, results: busy }).cpuPressure, 1);
  assert.match(
    describeNoise(summariseNoise({ ...report, results: busy })).join(),
    /some task waited for a CPU in 100 % of the time/,
  );
});

test('too few launches rank nothing, and say how many there were', () => {
  for (const { question, sentence } of answers(singleLaunchReport()).filter(
    ({ ranking }) => ranking.undecided.length > 0,
  )) {
    assert.not.match(question, /Fastest|Highest/);
    assert.match(sentence, /nothing is ranked: 1 launch of each is too few\./);
  }
});

test('where the usual size was not measured, the nearest answers', () => {
  const [answer] = answers(plausibleReport({ sizes: [1, 1024], placements: ['same-cpu'], launches: 8 }));
  assert.is(answer?.ranking.sizeBytes, 1024);
});

test('an empty report has no answer and no group', () => {
  assert.equal([answers(emptyReport()), comparableGroups(emptyReport())], [[], []]);
});

test('the noise floor is the interval that half the cases are within', () => {
  const report = withEstimates({ a: interval(99, 100, 101), b: interval(98, 100, 103), c: interval(90, 100, 120) });
  const noise = summariseNoise(report);
  assert.is(noise.medianSpread, 0.03);
  assert.equal(noise.widest, { caseId: 'c/native/ping-pong/64B/same-cpu', spread: 0.2 });
  assert.is(
    noiseFloor(noise),
    'Noise floor: half the cases have intervals within ±3 %; the widest is ±20 % (c/native/ping-pong/64B/same-cpu).',
  );
  assert.is(describeInterval(noise), '96 % interval of the median over launches');
});

test('noise that the system does not tell is left out, not zero', () => {
  const report = oneCaseReport();
  const silent = {
    ...report,
    results: report.results.map((result) => ({
      ...result,
      launches: result.launches.map((launch) => ({
        ...launch,
        noise: { cpuPressureUs: null, stealTicks: null, load1: null },
      })),
    })),
  };
  assert.is(describeNoise(summariseNoise(silent)).length, 1);
  assert.equal(describeNoise(summariseNoise(emptyReport())), []);
});

test('a run that is not over, failures and a run that decided nothing are notices in front of the warnings', () => {
  const codes = (report: Report): readonly string[] => notices(report).map((notice) => notice.code);
  assert.equal(codes(emptyReport()), ['report-running']);
  assert.equal(codes({ ...emptyReport(), status: 'interrupted' }), ['report-interrupted', 'nothing-decided']);
  assert.equal(codes({ ...emptyReport(), status: 'complete' }), ['nothing-decided']);
  assert.equal(codes(plausibleReport()), ['launches-failed', 'governor', 'few-cpus']);
  assert.equal(codes(verdictsOnlyReport()), ['governor', 'few-cpus']);
});

test('equal failures of a case are told once, with their number', () => {
  assert.equal(
    failedLaunches(plausibleReport()).map(({ caseId, count, of }) => [caseId, count, of]),
    [
      ['fifo/native/ping-pong/4KiB/cross-cpu', 2, 20],
      ['unix-dgram/native/stream/64KiB/cross-cpu', 20, 20],
    ],
  );
});

test('failures of a case that differ in the message they came at alone are told once, others apart', () => {
  const report = plausibleReport();
  const [first, ...others] = report.results;
  if (first === undefined) throw new Error('The fixture has no results.');
  const messages = [
    'The responder failed while exchanging messages, at message 36: oops (/a/mine.mjs:3:9).',
    'The responder failed while exchanging messages, at message 9051: oops (/a/mine.mjs:3:9).',
    'The responder failed while exchanging messages: oops (/a/mine.mjs:3:9).',
    'The responder failed while exchanging messages, at message 36: oops (/a/mine.mjs:4:9).',
    'The initiator ended by SIGSEGV before it was done. It was last seen exchanging messages, after 12 messages ' +
      '(768 bytes).',
    'The initiator ended by SIGSEGV before it was done. It was last seen exchanging messages, after 7 messages ' +
      '(448 bytes).',
  ];
  const failures = messages.map((message, launchIndex) => ({
    caseId: first.case.id,
    launchIndex,
    round: 0,
    message,
    code: null,
  }));
  const told = failedLaunches({ ...report, results: [{ ...first, failures }, ...others] }).filter(
    ({ caseId }) => caseId === first.case.id,
  );
  assert.equal(
    told.map(({ count, message }) => [count, message]),
    [
      [3, messages[0]],
      [1, messages[3]],
      [2, messages[4]],
    ],
  );
});

test('verdicts are listed worst first, and a pass that left something behind is among them', () => {
  const found = remarkableVerdicts(verdictsOnlyReport());
  assert.equal(
    found.map((verdict) => verdict.verdict),
    ['fail', 'broken', 'deviation', 'info', 'skip', 'skip', 'skip', 'skip', 'skip', 'pass'],
  );
  assert.is(found.at(-1)?.teardown, 'unclean');
});

test('a transport checked through two drivers is counted twice, never together', () => {
  const report = verdictsOnlyReport();
  const both = {
    ...report,
    verdicts: report.verdicts.flatMap((verdict) =>
      verdict.transport === 'pipe' ? [verdict, { ...verdict, driver: 'addon' as const }] : [verdict],
    ),
  };
  assert.equal(
    verdictsByTransport(both)
      .filter((entry) => entry.transport === 'pipe')
      .map((entry) => [entry.driver, entry.counts.pass]),
    [
      ['native', 5],
      ['addon', 5],
    ],
  );
  assert.is(verdictsByTransport(both).at(-1)?.transport, 'tcp-loopback');
});

test('the machine is named in three lines, and nothing recorded is left out of its table', () => {
  const { environment } = plausibleReport();
  assert.is(environmentInWords(environment)[0], 'AMD EPYC 9R14 · 2 CPUs · virtual machine (KVM) · 7.67 GiB');
  const values = environmentTable(environment)
    .map(([, value]) => value)
    .join('\n');
  for (const part of [
    environment.fingerprint,
    environment.native?.sha256,
    ...Object.values(environment.limits),
    ...Object.values(environment.cpu.mitigations),
    environment.runtime.libuv,
  ]) {
    assert.ok(values.includes(part ?? 'missing'), part ?? '');
  }
});

test('what a report cannot tell follows from what it holds', () => {
  assert.is(caveats(emptyReport()).length, 1);
  assert.ok(
    caveats(singleLaunchReport()).some((text) =>
      text.includes('some cases have 1 launch, and an interval takes at least 6'),
    ),
  );
  assert.ok(caveats(verdictsOnlyReport()).some((text) => text.startsWith('That a guarantee always holds')));
  assert.not.ok(caveats(verdictsOnlyReport()).some((text) => text.includes('round trip')));
});

test.run();
