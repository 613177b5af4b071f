import type { CaseResult, Estimate, LatencySummary, Ranking, Report } from '../../harness/model/index.js';
import {
  eachOnce,
  ended,
  firstOf,
  inOrder,
  interval,
  type Contradiction,
  type Contradictions,
} from './contradictions.js';

/**
 * What must hold between the fields of a report.json; null where all does. A field for itself is the schema's business.
 */
export function reportContradiction(report: Report): Contradiction | null {
  return firstOf(contradictions(report));
}

function* contradictions(report: Report): Contradictions {
  yield* ended(report);
  yield* inOrder('rounds', [
    ['completed', report.rounds.completed],
    ['planned', report.rounds.planned],
  ]);
  yield* eachOnce(
    'results',
    'case.id',
    report.results.map((result) => result.case.id),
  );
  yield* eachOnce(
    'transports',
    'name',
    report.transports.map((transport) => transport.name),
  );
  for (const [index, result] of report.results.entries()) yield* ofResult(`results[${index}]`, result);
  for (const [index, ranking] of (report.rankings ?? []).entries()) yield* ofRanking(`rankings[${index}]`, ranking);
}

function* ofResult(
  path: string,
  { case: { id }, figure, latency, throughput, launches, failures }: CaseResult,
): Contradictions {
  if (figure === 'latency' && throughput !== null)
    yield { path: `${path}.throughput`, expected: 'null, as figure is latency', found: 'a throughput' };
  if (figure === 'throughput' && latency !== null)
    yield { path: `${path}.latency`, expected: 'null, as figure is throughput', found: 'a latency' };
  if (latency !== null) yield* ofLatency(`${path}.latency`, latency);
  if (throughput !== null) {
    yield* ofEstimate(`${path}.throughput.messagesPerSecond`, throughput.messagesPerSecond);
    yield* ofEstimate(`${path}.throughput.bytesPerSecond`, throughput.bytesPerSecond);
  }
  yield* eachOnce(
    `${path}.launches`,
    'index',
    launches.map((launch) => launch.index),
  );
  for (const [index, { p25Ns, p50Ns, p99Ns, maxNs }] of launches.entries()) {
    yield* inOrder(
      `${path}.launches[${index}]`,
      [
        ['p25Ns', p25Ns],
        ['p50Ns', p50Ns],
        ['p99Ns', p99Ns],
        ['maxNs', maxNs],
      ],
      BIN,
    );
  }
  const foreign = failures.findIndex((failure) => failure.caseId !== id);
  if (foreign >= 0)
    yield {
      path: `${path}.failures[${foreign}].caseId`,
      expected: `the case's own id, ${id}`,
      found: String(failures[foreign]?.caseId),
    };
}

function* ofRanking(path: string, { entries }: Ranking): Contradictions {
  yield* eachOnce(
    `${path}.entries`,
    'transport',
    entries.map(({ transport }) => transport),
  );
  const leaders = entries.filter(({ standing }) => standing === 'leader');
  if (leaders.length !== 1) yield { path: `${path}.entries`, expected: 'one leader', found: String(leaders.length) };
  for (const [index, { ratio, low, high, standing, rank }] of entries.entries()) {
    const entry = `${path}.entries[${index}]`;
    yield* interval(entry, 'ratio', { value: ratio, low, high });
    yield* inOrder(`${entry}.rank`, [
      ['from', rank.from],
      ['to', rank.to],
    ]);
    if (rank.from < 1 || rank.to > entries.length)
      yield {
        path: `${entry}.rank`,
        expected: `places from 1 to ${entries.length}`,
        found: `${rank.from} to ${rank.to}`,
      };
    if (standing === 'leader' && ratio !== 1)
      yield { path: `${entry}.ratio`, expected: '1, as it is the leader', found: String(ratio) };
    if (standing === 'behind' && low !== null && low < 1)
      yield { path: `${entry}.low`, expected: 'no less than 1, as it is behind', found: String(low) };
  }
}

/**
 * A quantile is told as the end of its bin, whose width is up to 1/1024 of it: that much above the largest value is no
 * lie.
 */
const BIN = 1 / 1000;

function* ofLatency(
  path: string,
  { count, minNs, p50Ns, p90Ns, p99Ns, p999Ns, maxNs, overflow, medianOfP50Ns }: LatencySummary,
): Contradictions {
  yield* inOrder(
    path,
    [
      ['minNs', minNs],
      ['p50Ns', p50Ns],
      ['p90Ns', p90Ns],
      ['p99Ns', p99Ns],
      ['p999Ns', p999Ns],
      ['maxNs', maxNs],
    ],
    BIN,
  );
  yield* inOrder(path, [
    ['overflow', overflow],
    ['count', count],
  ]);
  yield* ofEstimate(`${path}.medianOfP50Ns`, medianOfP50Ns);
}

function ofEstimate(path: string, estimate: Estimate): Contradictions {
  return interval(path, 'value', estimate);
}
