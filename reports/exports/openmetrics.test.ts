import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { emptyGate, hostileGate, plausibleGate } from '../golden/gate-fixture.js';
import {
  emptyReport,
  hostileReport,
  hostileText,
  plausibleReport,
  verdictsOnlyReport,
} from '../golden/report-fixture.js';
import { exposition } from './exposition.js';
import { renderGateOpenMetrics, renderOpenMetrics } from './openmetrics.js';

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

// Terminals of the ABNF, https://prometheus.io/docs/specs/om/open_metrics_spec/#abnf
const metricName = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const escaped = String.raw`(?:[^\n"\\]|\\[n"\\])*`;
const label = `[a-zA-Z_][a-zA-Z0-9_]*="${escaped}"`;
const realNumber = String.raw`[+-]?(?:\d+(?:\.\d*)?|\d*\.\d+)(?:e[+-]?\d+)?`;
const descriptor = new RegExp(`^# (TYPE|UNIT|HELP) (${metricName}) (${escaped})$`);
const sampleLine = new RegExp(`^(${metricName})(?:\\{(${label}(?:,${label})*)?\\})? (${realNumber})$`);

/**
 * The exposition's grammar and the rules beside it: families whole and once, metadata in order and before samples, the
 * unit at the end of the name, no sample twice.
 */
function parse(text: string): readonly Sample[] {
  assert.not.match(text, /\r/);
  assert.ok(text.endsWith('# EOF\n'));
  const samples: Sample[] = [];
  const closed = new Set<string>();
  const seen = new Set<string>();
  let family = '';
  let metadata: string[] = [];
  for (const line of text.split('\n').slice(0, -2)) {
    const described = descriptor.exec(line);
    if (described !== null) {
      const [, kind = '', name = '', value = ''] = described;
      if (name !== family) {
        closed.add(family);
        assert.not.ok(closed.has(name), `${name} is interleaved`);
        [family, metadata] = [name, []];
      }
      assert.not.ok(metadata.includes(kind) || metadata.includes('sample'), line);
      metadata.push(kind);
      if (kind === 'TYPE') assert.is(value, 'gauge');
      if (kind === 'UNIT') assert.ok(name.endsWith(`_${value}`), line);
      continue;
    }
    const parts = sampleLine.exec(line);
    if (parts === null) throw new Error(`neither metadata nor a sample: ${line}`);
    const [, name = '', labels = '', value = ''] = parts;
    assert.is(name, family, 'a sample outside of its family');
    assert.ok(metadata.includes('TYPE') && metadata.includes('HELP'));
    if (!metadata.includes('sample')) metadata.push('sample');
    assert.not.ok(seen.has(`${name}{${labels}}`), `twice: ${line}`);
    seen.add(`${name}{${labels}}`);
    const pairs = [...labels.matchAll(new RegExp(`([a-zA-Z_][a-zA-Z0-9_]*)="(${escaped})"`, 'g'))].map(
      ([, key = '', spelt = '']) =>
        [key, spelt.replace(/\\(.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign))] as const,
    );
    samples.push({ name, labels: Object.fromEntries(pairs), value: Number(value) });
  }
  return samples;
}

test('a report keeps to the grammar, with times in seconds', () => {
  const report = plausibleReport();
  const samples = parse(renderOpenMetrics(report));
  const first = report.results[0];
  const roundTrip = samples.find((sample) => sample.name === 'ipcbench_round_trip_p50_seconds');
  assert.equal(roundTrip?.labels, {
    case: 'pipe/native/ping-pong/64B/same-cpu',
    transport: 'pipe',
    driver: 'native',
    workload: 'ping-pong',
    size_bytes: '64',
    placement: 'same-cpu',
  });
  assert.ok(Math.abs((roundTrip?.value ?? 0) * 1e9 - (first?.latency?.medianOfP50Ns.value ?? 0)) < 1e-6);
  assert.ok(samples.some((sample) => sample.name === 'ipcbench_low_round_trip_p50_seconds'));
  assert.is(
    samples.filter((sample) => sample.name === 'ipcbench_checks').reduce((sum, sample) => sum + sample.value, 0),
    report.verdicts.length,
  );
});

test('a gate keeps to the grammar, and says what was decided', () => {
  const gate = plausibleGate();
  const samples = parse(renderGateOpenMetrics(gate));
  const of = (name: string): readonly Sample[] => samples.filter((sample) => sample.name === name);
  assert.equal(
    of('ipcbench_gate_verdict').map((sample) => sample.labels['verdict']),
    gate.comparisons.map((found) => found.verdict),
  );
  assert.is(of('ipcbench_gate_exit_code')[0]?.value, 1);
  assert.is(of('ipcbench_gate_promises_broken')[0]?.value, 1);
  assert.equal(
    of('ipcbench_gate_change_ratio').map((sample) => sample.value),
    gate.comparisons.flatMap((found) => found.change?.median ?? []),
  );
  assert.is(
    of('ipcbench_gate_head_seconds').length + of('ipcbench_gate_head_calls').length,
    gate.comparisons.filter((found) => found.head !== null).length,
  );
});

test('text from outside comes back as it was', () => {
  const awkward = 'a\\n"b"\nc\\';
  const [sample] = parse(
    exposition([{ name: 'x', unit: null, help: awkward, samples: [{ labels: { a: awkward, b: '' }, value: 1e-7 }] }]),
  );
  assert.equal(sample, { name: 'x', labels: { a: awkward, b: '' }, value: 1e-7 });
  assert.ok(
    parse(renderGateOpenMetrics(hostileGate())).some((found) => found.labels['case']?.startsWith(hostileText) === true),
  );
  assert.ok(parse(renderOpenMetrics(hostileReport())).length > 100);
});

test('what was not measured has no sample, never a zero', () => {
  assert.equal(
    parse(renderOpenMetrics(emptyReport())).map((sample) => sample.name),
    ['ipcbench_run'],
  );
  assert.ok(
    parse(renderOpenMetrics(verdictsOnlyReport())).every((sample) =>
      ['ipcbench_run', 'ipcbench_checks'].includes(sample.name),
    ),
  );
  assert.equal(
    parse(renderGateOpenMetrics(emptyGate())).map((sample) => sample.name),
    ['ipcbench_run', 'ipcbench_gate_exit_code', 'ipcbench_gate_promises_broken'],
  );
});

test.run();
