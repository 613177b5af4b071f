import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { baselineGate, emptyGate, hostileGate, plausibleGate } from '../golden/gate-fixture.js';
import { emptyReport, hostileReport, plausibleReport } from '../golden/report-fixture.js';
import { benchmarkName } from './benchmark-name.js';
import { renderBenchfmt, renderGateBenchfmt } from './benchfmt.js';

interface Parsed {
  readonly configuration: ReadonlyMap<string, string>;
  readonly units: ReadonlyMap<string, string>;
  readonly results: readonly {
    readonly name: string;
    readonly iterations: number;
    readonly values: ReadonlyMap<string, number>;
  }[];
}

/** The proposal's grammar, stricter than Go's reader: a line that has no meaning must be blank or begin with #. */
function parse(text: string): Parsed {
  const configuration = new Map<string, string>();
  const units = new Map<string, string>();
  const results: { name: string; iterations: number; values: Map<string, number> }[] = [];
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const key = /^(\p{Ll}[^\s\p{Lu}:]*):[ \t]+(.*)$/u.exec(line);
    const fields = line.split(/\s+/u);
    if (key !== null) configuration.set(key[1] ?? '', key[2] ?? '');
    else if (fields[0] === 'Unit') {
      assert.is(fields.length, 3, line);
      assert.match(fields[2] ?? '', /^[a-z]+=\S+$/);
      units.set(fields[1] ?? '', fields[2] ?? '');
    } else {
      assert.match(fields[0] ?? '', /^Benchmark[A-Z]/, line);
      assert.ok(fields.length >= 4 && fields.length % 2 === 0, `an odd number of fields: ${line}`);
      assert.match(fields[1] ?? '', /^[1-9]\d*$/, line);
      const values = new Map<string, number>();
      for (let at = 2; at < fields.length; at += 2) {
        assert.match(fields[at] ?? '', /^-?\d+(\.\d+)?(e[+-]?\d+)?$/, line);
        assert.not.ok(values.has(fields[at + 1] ?? ''), `a unit twice: ${line}`);
        values.set(fields[at + 1] ?? '', Number(fields[at]));
      }
      results.push({ name: fields[0] ?? '', iterations: Number(fields[1]), values });
    }
  }
  return { configuration, units, results };
}

test('a report has a line for each launch, with the launch’s own figures', () => {
  const report = plausibleReport();
  const { results, configuration } = parse(renderBenchfmt(report));
  assert.is(results.length, report.results.flatMap((result) => result.launches).length);
  const first = report.results[0];
  const launch = first?.launches[0];
  assert.is(results[0]?.name, 'BenchmarkPingPong/transport=pipe/driver=native/size=64B/placement=same-cpu');
  assert.is(results[0]?.values.get('p50-ns/op'), launch?.p50Ns);
  assert.is(results[0]?.values.get('ns/op'), (launch?.windowNs ?? 0) / (launch?.messages ?? 0));
  assert.is(results[0]?.values.get('p99-ns/op'), launch?.p99Ns);
  assert.is(configuration.get('cpu'), 'AMD EPYC 9R14');
  const stream = results.find((result) => result.name.startsWith('BenchmarkStream/'));
  assert.ok((stream?.values.get('MB/s') ?? 0) > 10 && (stream?.values.get('ns/op') ?? 0) > 100);
  assert.not.ok(stream?.values.has('p50-ns/op'));
});

test('a launch without a median has no mean in its place', () => {
  const report = plausibleReport();
  const [first] = report.results;
  if (first === undefined) throw new Error('the fixture has no result');
  const { results } = parse(
    renderBenchfmt({
      ...report,
      results: [{ ...first, launches: first.launches.map((launch) => ({ ...launch, p50Ns: null })) }],
    }),
  );
  assert.ok(results.length > 0 && results.every(({ values }) => !values.has('p50-ns/op') && values.has('ns/op')));
});

test('what a side lacks in some pairs has no line: the others would be taken for all', () => {
  const gate = plausibleGate();
  const gaps = { pairs: 100, missing: 3, absent: { base: 0, head: 3 }, zero: { base: 0, head: 0 } };
  const { results } = parse(
    renderGateBenchfmt({ ...gate, comparisons: gate.comparisons.map((found) => ({ ...found, gaps })) }, 'head'),
  );
  assert.equal(results, []);
});

test('both sides of a gate have as many lines, by pair, of the measurement that decided', () => {
  const gate = plausibleGate();
  const [base, head] = [parse(renderGateBenchfmt(gate, 'base')), parse(renderGateBenchfmt(gate, 'head'))];
  assert.equal(
    base.results.map((result) => result.name),
    head.results.map((result) => result.name),
  );
  const pairs = gate.comparisons[0]?.measurements[1]?.pairs ?? [];
  assert.equal(
    base.results.slice(0, pairs.length).map((result) => result.values.get('p25-ns/op')),
    pairs.map((pair) => pair.base),
  );
  assert.equal(
    head.results.slice(0, pairs.length).map((result) => result.values.get('p25-ns/op')),
    pairs.map((pair) => pair.head),
  );
  assert.not.equal(base.results[0]?.values, head.results[0]?.values);
});

test('a recorded baseline has no launches here, and its control is not passed off as base', () => {
  assert.equal(parse(renderGateBenchfmt(baselineGate(), 'base')).results, []);
  assert.ok(parse(renderGateBenchfmt(baselineGate(), 'head')).results.length > 100);
});

test('both sides carry the same configuration, or benchstat would not put them into one table', () => {
  const gate = plausibleGate();
  assert.equal(
    [...parse(renderGateBenchfmt(gate, 'base')).configuration],
    [...parse(renderGateBenchfmt(gate, 'head')).configuration],
  );
});

test('every unit of a gate is said to be better when it is lower', () => {
  const { results, units } = parse(renderGateBenchfmt(plausibleGate(), 'head'));
  for (const unit of results.flatMap((result) => [...result.values.keys()]))
    assert.is(units.get(unit), 'better=lower', unit);
});

test('names from outside stay one field, and no name ends in what Go takes for a GOMAXPROCS', () => {
  for (const text of [renderBenchfmt(hostileReport()), renderGateBenchfmt(hostileGate(), 'head')]) {
    const { results } = parse(text);
    assert.ok(results.length > 100);
    for (const { name } of results) {
      assert.match(name, /^Benchmark[A-Z][A-Za-z0-9]*(\/[^\s/]+)+\/placement=[a-z-]+$/);
      assert.not.match(name, /-\d+$/);
    }
  }
});

test('what a case’s id says beyond the usual is part of its name', () => {
  const measured = plausibleReport().results[0]?.case;
  if (measured === undefined) throw new Error('the fixture has no case');
  assert.is(
    benchmarkName({ ...measured, id: `${measured.id}/wait=spin`, workload: '9 lives', methodRevision: 2 }),
    'Benchmark9Lives/transport=pipe/driver=native/size=64B/wait=spin/method=2/placement=same-cpu',
  );
});

test('nothing measured leaves a file without results', () => {
  assert.equal(parse(renderBenchfmt(emptyReport())).results, []);
  assert.equal(parse(renderGateBenchfmt(emptyGate(), 'base')).results, []);
});

test.run();
