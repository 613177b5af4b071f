import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Case, CaseResult, LatencyBins, LaunchFailure, PeerResult, Sample, Workload } from '../model/index.js';
import { MADE_UP_WAIT, madeUpWorkload, RATE } from '../plan/dimensions.fixture.js';
import { openCaseRecord } from './case-record.js';
import { isQuantileShown, mergedLatency, quantileOfBins } from './latency-bins.js';
import { methodOf } from './method.js';
import { medianEstimate, quantileOfSorted } from './order-statistics.js';

const bins = (values: readonly (readonly [number, number])[], overflow = 0): LatencyBins => ({
  significantDigits: 3,
  highestTrackableNs: 60_000_000_000,
  overflow,
  minNs: values[0]?.[0] ?? 0,
  maxNs: values.at(-1)?.[0] ?? 0,
  sumNs: values.reduce((sum, [value, count]) => sum + value * count, 0),
  bins: values.flat(),
});

test('the interval of a median has the coverage that binomial tables give', () => {
  // n = 12: the 3rd smallest and 3rd largest cover 96.14 % (Conover, Practical Nonparametric Statistics, table A3).
  const twelve = medianEstimate([12, 1, 11, 2, 10, 3, 9, 4, 8, 5, 7, 6]);
  assert.is(twelve.value, 6.5);
  assert.is(twelve.low, 3);
  assert.is(twelve.high, 10);
  assert.is(twelve.confidence?.toFixed(4), '0.9614');
  // n = 6: only minimum and maximum reach 95 %: 1 - 2/64.
  const six = medianEstimate([6, 5, 4, 3, 2, 1]);
  assert.equal([six.low, six.high, six.confidence], [1, 6, 0.96875]);
});

test('five launches give no 95 % interval', () => {
  assert.equal(medianEstimate([1, 2, 3, 4, 5]), { value: 3, low: null, high: null, confidence: null });
});

test('one launch is its own median and nothing more', () => {
  assert.equal(medianEstimate([42]), { value: 42, low: null, high: null, confidence: null });
});

test('a median of nothing is refused', () => {
  assert.throws(() => medianEstimate([]), /does not exist/);
});

test('quantiles interpolate as type 7 does', () => {
  assert.is(quantileOfSorted([1, 2, 3, 4], 0.25), 1.75);
  assert.is(quantileOfSorted([1, 2, 4, 8], 0.5), 3);
  assert.is(quantileOfSorted([1, 2, 3, 4], 1), 4);
});

test('a quantile is stated only with ten values beyond it', () => {
  assert.ok(isQuantileShown(1000, 0.99));
  assert.not.ok(isQuantileShown(999, 0.99));
  assert.is(
    quantileOfBins(
      bins([
        [100, 9_000],
        [200, 990],
        [900, 10],
      ]),
      0.999,
    ),
    900 - 700,
  );
});

test('a launch has a p25 and a p50 however few round trips it saw: none is left out for being slow', () => {
  for (let count = 1; count <= 25; count += 1) {
    const slow = bins([[5_000_000, count]]);
    assert.is(quantileOfBins(slow, 0.25), 5_000_000);
    assert.is(quantileOfBins(slow, 0.5), 5_000_000);
  }
  assert.is(quantileOfBins(bins([]), 0.5), null);
});

test('a quantile among values beyond the range is no less than the largest of them', () => {
  assert.is(quantileOfBins({ ...bins([[100, 50]], 50), maxNs: 90e9 }, 0.9), 90e9);
  assert.is(quantileOfBins(bins([[100, 50]], 50), 0.4), 100);
});

test('of all launches together, a quantile beyond the range is unknown', () => {
  const merged = mergedLatency();
  merged.add(bins([[100, 50]], 50));
  assert.is(merged.quantile(0.9), null);
  assert.is(merged.quantile(0.4), 100);
});

test('merged histograms count everything once and decode elsewhere', () => {
  const merged = mergedLatency();
  for (const launch of [
    bins(
      [
        [100, 5],
        [1000, 1],
      ],
      2,
    ),
    bins([[100, 7]]),
  ])
    merged.add(launch);
  assert.is(merged.overflow(), 2);
  assert.is(merged.count(), 15);
  assert.is(decodeFromCompressedBase64(merged.encode()).totalCount, 13);
});

const peer = (
  role: 'initiator' | 'responder',
  messages: number,
  windowNs: number,
  latency: LatencyBins | null,
): PeerResult => ({
  role,
  messages,
  bytes: messages * 64,
  windowNs,
  latency,
  costs: {
    cpuNs: 1000 * messages,
    syscalls: 2 * messages,
    voluntarySwitches: messages,
    involuntarySwitches: 0,
    minorFaults: 0,
    majorFaults: 0,
    runDelayNs: null,
    maxRssBytes: 4_000_000,
  },
  verified: 'header',
});
const one: Case = {
  id: 'pipe/native/ping-pong/64B/same-cpu',
  transport: 'pipe',
  driver: 'native',
  workload: 'ping-pong',
  sizeBytes: 64,
  placement: 'same-cpu',
  verify: 'header',
  methodRevision: 1,
};
const sample = (round: number, p50: number): Sample => ({
  caseId: one.id,
  launchIndex: round,
  round,
  initiator: peer('initiator', 1000, 1_000_000, bins([[p50, 1000]])),
  responder: peer('responder', 1000, 990_000, null),
  cpus: { initiator: 1, responder: 1, relation: 'same-cpu' },
  noise: { cpuPressureUs: 0, stealTicks: 0, load1: 0 },
  wallNs: 2_000_000,
});
const pingPong = madeUpWorkload('ping-pong');
const stream = madeUpWorkload('stream', { figure: RATE });
const timing = { warmupMs: 1, windowMs: 20 };
const recorded = (
  workload: Workload,
  samples: readonly Sample[],
  failures: readonly LaunchFailure[] = [],
): CaseResult => {
  const record = openCaseRecord({ case: one, workload, timing, settings: [] });
  for (const each of samples) record.add(each);
  for (const failure of failures) record.addFailure(failure);
  return record.result() as CaseResult;
};

test('the method of a figure has the sentences of its workload and of its settings', () => {
  const about = { workload: pingPong, settings: [MADE_UP_WAIT], timing, launches: 3, cpus: sample(0, 100).cpus };
  const usual = methodOf({ ...about, case: one });
  assert.match(usual, /^3 launches, .* Made up, of 64B\. Method revision 1\.$/);
  assert.match(usual, /until it holds 20 messages, at most 1000 ms/);
  const spinning = methodOf({ ...about, case: { ...one, settings: { wait: 'spin' } } });
  assert.match(spinning, /Made up, of 64B\. Both peers looked again and again\. Method revision 1\.$/);
});

test('a latency case leads with the median of launches and keeps every round trip', () => {
  const result = recorded(
    pingPong,
    [100, 110, 120, 130, 140, 900].map((p50, round) => sample(round, p50)),
  );
  assert.is(result.latency?.medianOfP50Ns.value, 125);
  assert.is(result.latency?.count, 6000);
  assert.is(result.latency?.maxNs, 900);
  assert.is(result.throughput, null);
  assert.is(decodeFromCompressedBase64(result.latency?.histogram ?? '').totalCount, 6000);
  assert.match(result.method, /Both peers were pinned to CPU 1/);
});

test('costs are per message and of both ends together; a cost one end cannot tell is not told', () => {
  const { costs } = recorded(pingPong, [sample(0, 100)]);
  assert.is(costs.cpuNsPerMessage, 2000);
  assert.is(costs.syscallsPerMessage, 4);
  assert.is(costs.voluntarySwitchesPerMessage, 2);
  assert.is(costs.runDelayNsPerMessage, null);
});

test('throughput is what the receiver saw in its own window', () => {
  const result = recorded(stream, [sample(0, 100)]);
  assert.is(Math.round(result.throughput?.messagesPerSecond.value ?? 0), Math.round((1000 * 1e9) / 990_000));
  assert.is(result.latency, null);
});

test('a case whose launches all broke has failures and no figure', () => {
  const failure = { caseId: one.id, launchIndex: 0, round: 0, message: 'gone', code: null };
  const result = recorded(pingPong, [], [failure]);
  assert.is(result.latency, null);
  assert.equal(result.failures, [failure]);
});

test('a case record speaks of all launches so far, and computes nothing twice', () => {
  const record = openCaseRecord({ case: one, workload: pingPong, timing, settings: [] });
  assert.is(record.result(), null);
  record.add(sample(0, 100));
  const first = record.result();
  assert.is(record.result(), first);
  record.add(sample(1, 300));
  const second = record.result();
  assert.is(first?.launches.length, 1);
  assert.is(second?.launches.length, 2);
  assert.is(second?.latency?.medianOfP50Ns.value, 200);
  assert.is(second?.costs.maxRssBytes.initiator, 4_000_000);
});

test.run();
