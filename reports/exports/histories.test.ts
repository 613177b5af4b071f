import { execFileSync } from 'node:child_process';
import { Ajv } from 'ajv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { emptyGate, hostileGate, plausibleGate } from '../golden/gate-fixture.js';
import { hostileReport, longName, plausibleReport, verdictsOnlyReport } from '../golden/report-fixture.js';
import { renderBmf, renderGateBmf } from './bmf.js';
import { renderGithubActionBenchmark } from './github-action-benchmark.js';
import { renderGateOtavaCsv, renderOtavaCsv } from './otava-csv.js';

// As published at https://bencher.dev/docs/reference/bencher-metric-format/, and closed against what it does not name.
const bmfSchema = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    additionalProperties: {
      type: 'object',
      properties: { value: { type: 'number' }, lower_value: { type: 'number' }, upper_value: { type: 'number' } },
      required: ['value'],
      additionalProperties: false,
    },
  },
};

type Bmf = Readonly<
  Record<
    string,
    Readonly<Record<string, { readonly value: number; readonly lower_value?: number; readonly upper_value?: number }>>
  >
>;

function readBmf(text: string): Bmf {
  const bmf: unknown = JSON.parse(text);
  const validate = new Ajv().compile(bmfSchema);
  assert.ok(validate(bmf), JSON.stringify(validate.errors));
  for (const [name, measures] of Object.entries(bmf as Bmf)) {
    assert.ok(name.length > 0 && name.length <= 1024);
    for (const slug of Object.keys(measures)) assert.match(slug, /^[a-z0-9-]{1,64}$/);
  }
  return bmf as Bmf;
}

test('BMF has each case with its measures, and bounds where there is an interval', () => {
  const report = plausibleReport();
  const figure = report.results[0]?.latency?.medianOfP50Ns;
  assert.equal(readBmf(renderBmf(report))['pipe/native/ping-pong/64B/same-cpu']?.['latency'], {
    value: figure?.value,
    lower_value: figure?.low,
    upper_value: figure?.high,
  });
  const gate = plausibleGate();
  assert.equal(readBmf(renderGateBmf(gate))['unix-stream/native/ping-pong/64B/same-cpu']?.['p25-latency'], {
    value: gate.comparisons[0]?.head,
  });
});

test('BMF of what was not measured is empty, and a long name is no longer than Bencher takes', () => {
  assert.equal(readBmf(renderBmf(verdictsOnlyReport())), {});
  assert.equal(readBmf(renderGateBmf(emptyGate())), {});
  const gate = plausibleGate();
  readBmf(
    renderGateBmf({
      ...gate,
      comparisons: gate.comparisons.map((found) => ({ ...found, caseId: longName.repeat(10) })),
    }),
  );
});

test('github-action-benchmark gets an entry for each figure of head', () => {
  const gate = plausibleGate();
  const entries = JSON.parse(renderGithubActionBenchmark(gate)) as readonly Readonly<Record<string, unknown>>[];
  assert.is(entries.length, gate.comparisons.filter((found) => found.head !== null).length);
  assert.is(new Set(entries.map((entry) => entry['name'])).size, entries.length);
  for (const entry of entries) {
    assert.equal(
      Object.entries(entry).map(([key, value]) => `${key} ${typeof value}`),
      ['name string', 'unit string', 'value number', 'extra string'],
    );
  }
  assert.is(entries[0]?.['extra'], '✗ regressed: +6.0 % [+4.7, +7.0] % against git=main (commit 4f1c2d9 of main)');
});

/** As Otava reads it: Python's csv module, comma and double quote. */
function readCsv(text: string): readonly (readonly string[])[] {
  const script =
    'import csv, io, json, sys; ' +
    'print(json.dumps(list(csv.reader(io.StringIO(sys.stdin.buffer.read().decode("utf8"), newline=""), ' +
    'delimiter=",", quotechar="\\""))))';
  return JSON.parse(
    execFileSync('python3', ['-c', script], { input: text, encoding: 'utf8' }),
  ) as readonly (readonly string[])[];
}

test('Otava gets a header and a row, time and commit first', () => {
  const gate = plausibleGate();
  const [header, row, ...rest] = readCsv(renderGateOtavaCsv(gate));
  assert.equal(rest, []);
  assert.is(header?.length, row?.length);
  assert.equal(header?.slice(0, 5), [
    'time',
    'commit',
    'ipcbench',
    'fingerprint',
    'unix-stream/native/ping-pong/64B/same-cpu#round-trip-p25',
  ]);
  assert.equal(row?.slice(0, 3), ['2026-03-14T09:27:10.682Z', 'b80a6e1', '0.1.0']);
  assert.is(Number(row?.[4]), gate.comparisons[0]?.head);
});

test('for Otava, what head lacks is an empty cell', () => {
  const [header, row] = readCsv(renderGateOtavaCsv(plausibleGate()));
  assert.is(row?.[header?.indexOf('posix-mq/native/ping-pong/64B/same-cpu#round-trip-p25') ?? -1], '');
});

test('for Otava, commas, quotes and line ends stay inside their cell', () => {
  const gate = plausibleGate();
  const awkward = 'a,"b"\nc\r';
  const [header] = readCsv(
    renderGateOtavaCsv({
      ...gate,
      comparisons: gate.comparisons.slice(0, 1).map((found) => ({ ...found, caseId: awkward })),
    }),
  );
  assert.equal(header, ['time', 'commit', 'ipcbench', 'fingerprint', `${awkward}#round-trip-p25`]);
});

test('a name stands for one statistic, whether a report or a gate wrote it', () => {
  const columns = (csv: string): string[] =>
    [...new Set((readCsv(csv)[0] ?? []).slice(4).map((name) => name.split('#').at(-1) ?? ''))].sort();
  const [ofReport, ofGate] = [columns(renderOtavaCsv(plausibleReport())), columns(renderGateOtavaCsv(plausibleGate()))];
  assert.equal(
    ofReport.filter((name) => ofGate.includes(name)),
    ['cpu', 'switches', 'syscalls'],
  );
  assert.equal(
    [
      ofReport.includes('round-trip-p50'),
      ofGate.includes('round-trip-p25'),
      [...ofReport, ...ofGate].includes('round-trip'),
    ],
    [true, true, false],
  );
  const measures = (text: string): string[] =>
    [...new Set(Object.values(readBmf(text)).flatMap((one) => Object.keys(one)))].sort();
  assert.equal(
    measures(renderBmf(plausibleReport())).filter((name) => measures(renderGateBmf(plausibleGate())).includes(name)),
    ['context-switches', 'cpu-time', 'system-calls'],
  );
});

test('for Otava, every column of a report has a name of its own and a number', () => {
  for (const report of [plausibleReport(), hostileReport()]) {
    const [header, row] = readCsv(renderOtavaCsv(report));
    assert.is(header?.length, row?.length);
    assert.is(new Set(header).size, header?.length);
    assert.ok((row ?? []).slice(4).every((value) => value !== '' && Number.isFinite(Number(value))));
  }
  assert.is(readCsv(renderGateOtavaCsv(hostileGate())).length, 2);
});

test.run();
