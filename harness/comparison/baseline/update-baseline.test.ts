import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readBaseline, type Baseline } from '../../../ci/baseline/baseline-file.js';
import type { BaselineRecord, RecordedComparison } from '../../../ci/baseline/baseline-record.js';
import type { GateProgress } from '../../../ci/gate/run-gate.js';
import { passingGate } from '../../../reports/golden/gate-fixture.js';
import type { Case, Comparison, GateReport, PairRecord, Verdict } from '../../model/index.js';
import type { PreparedVariant } from '../sides/prepare-variant.js';
import { driftOf, updateBaseline, type Material } from './update-baseline.js';

const test = suite<{ out: string; directory: string }>('an update of a baseline');

test.before.each((context) => {
  context.out = mkdtempSync(join(tmpdir(), 'ub-'));
  context.directory = join(context.out, 'baselines');
});
test.after.each(({ out }) => rmSync(out, { recursive: true }));

const one: Case = {
  id: 'mine/js/ping-pong/64B/same-cpu',
  transport: 'mine',
  driver: 'js',
  workload: 'ping-pong',
  sizeBytes: 64,
  placement: 'same-cpu',
  verify: 'header',
  methodRevision: 1,
};
const control: Case = {
  ...one,
  id: 'unix-stream/native/ping-pong/64B/same-cpu',
  transport: 'unix-stream',
  driver: 'native',
};

const recorded = (
  values: readonly number[],
  metric = 'round-trip',
  more: Partial<RecordedComparison> = {},
): RecordedComparison => ({
  id: `${one.id}#${metric}`,
  methodRevision: 1,
  control: { caseId: control.id, methodRevision: 1 },
  values: [...values],
  median: 1,
  ...more,
});
const baselineOf = (...records: readonly (readonly RecordedComparison[])[]): Baseline => ({
  path: 'b',
  tornLine: null,
  records: records.map((comparisons, index): BaselineRecord => ({
    schema: 'ipcbench-baseline',
    version: 1,
    recordedAt: String(index),
    ipcbenchVersion: '0.1.0',
    machine: 'm',
    settings: [],
    resolved: [],
    comparisons: [...comparisons],
    verdicts: [],
  })),
});

test('erosion in steps that each pass is told against the first record', () => {
  const steps = [1, 1.04, 1.08, 1.12].map((ratio) => [recorded([Math.log(ratio)])]);
  assert.equal(driftOf(recorded([Math.log(1.16)]), baselineOf(...steps)), [
    `${one.id}#round-trip: +3.6 % compared with the last record, +16 % compared with the first of 4.`,
  ]);
});

test('beside one record only that is told, and beside another method or control nothing', () => {
  assert.equal(driftOf(recorded([Math.log(0.9)]), baselineOf([recorded([0])])), [
    `${one.id}#round-trip: −10 % compared with the last record.`,
  ]);
  assert.equal(driftOf(recorded([0]), baselineOf([recorded([0], 'cpu')])), [`${one.id}#round-trip: new.`]);
  assert.equal(driftOf(recorded([0], 'round-trip', { methodRevision: 2 }), baselineOf([recorded([0])])), [
    `${one.id}#round-trip: new.`,
  ]);
});

test('counts drift by what they add to a message', () => {
  assert.equal(driftOf(recorded([2.5], 'switches'), baselineOf([recorded([2], 'switches')])), [
    `${one.id}#switches: +0.50 per message compared with the last record.`,
  ]);
});

const pair: PairRecord = {
  atMs: 0,
  first: 'base',
  base: 8000,
  head: 16_000,
  difference: 0,
  noise: { cpuPressureUs: null, stealTicks: null, load1: null },
};
const progressOf = (pairs: readonly PairRecord[], wasCutOff = false): GateProgress => ({
  comparisons: [
    {
      id: `${one.id}#round-trip`,
      case: one,
      metric: 'round-trip',
      terms: { budget: 0.1, isGated: true, advisoryReason: null },
      measurements: [{ looks: [], pairs }],
    },
  ],
  skipped: [],
  breaks: [],
  wasCutOff,
});
const materialOf = (progress: GateProgress, baseline: Baseline | null = null): Material => ({
  machine: 'f'.repeat(64),
  baseline,
  isForeign: false,
  progress,
  verdicts: [],
  controls: new Map([[one.id, control]]),
  head: { variant: { settings: [], resolved: [] } } as unknown as PreparedVariant,
});
const gate = (more: Partial<GateReport> = {}): GateReport => ({ ...passingGate(), ...more });

const unheld = (lackedBy: 'base' | 'head'): GateReport =>
  gate({
    exitCode: 3,
    comparisons: passingGate().comparisons.map((found) => ({ ...found, verdict: 'incomparable', lackedBy })),
  });

test(
  'a first record of a case is what was asked for, also beside others: exit 0, though there was nothing to be ' +
    'held to',
  ({ out, directory }) => {
    assert.is(
      updateBaseline(
        { out, directory: join(out, 'other'), accepted: [] },
        unheld('base'),
        materialOf(progressOf([pair]), baselineOf([recorded([0], 'cpu')])),
      ).gate.exitCode,
      0,
    );
    assert.is(
      updateBaseline(
        { out, directory: join(out, 'other'), accepted: [] },
        unheld('head'),
        materialOf(progressOf([pair])),
      ).gate.exitCode,
      3,
    );
    const { gate: answered, notes } = updateBaseline(
      { out, directory, accepted: [] },
      unheld('base'),
      materialOf(progressOf([pair, pair])),
    );
    assert.equal(
      [answered.exitCode, answered.summary],
      [0, 'Recorded: this machine had no earlier record to compare with.'],
    );
    assert.match(notes.join(), /^Recorded 1 comparison as number 1 in .*ffffffffffffffff\.jsonl\.$/);
    const [record] = readBaseline(directory, 'f'.repeat(64))?.records ?? [];
    assert.equal(
      record?.comparisons.map(({ values, median }) => [values, median]),
      [[[0.6931472, 0.6931472], 16_000]],
    );
  },
);

for (const [what, given, progress, sentence] of [
  [
    'regressed',
    gate({ exitCode: 1 }),
    progressOf([pair]),
    /a failed run is never recorded\. If the change is intended, remove the old records/,
  ],
  ['broke', gate({ exitCode: 5 }), progressOf([pair]), /a failed run is never recorded/],
  [
    'was interrupted',
    gate({ status: 'interrupted', exitCode: 130 }),
    progressOf([pair]),
    /an interrupted run is never recorded/,
  ],
  ['ran out of time', gate(), progressOf([pair], true), /an interrupted run is never recorded/],
  ['measured nothing', gate(), progressOf([]), /nothing was measured/],
] as const) {
  test(`a run that ${what} leaves the baseline as it was`, ({ out, directory }) => {
    const { gate: answered, notes } = updateBaseline({ out, directory, accepted: [] }, given, materialOf(progress));
    assert.match(notes.join(), sentence);
    assert.is(answered.exitCode, given.exitCode);
    assert.equal(readdirSync(out), []);
  });
}

/**
 * As a gate tells of one comparison: its verdict, whether it decides, and the ends of its interval at the last look of
 * each measurement.
 */
const judgedAs = (
  verdict: Comparison['verdict'],
  isGated: boolean,
  ...intervals: readonly (readonly [low: number | null, high: number | null])[]
): GateReport =>
  gate({
    exitCode: 0,
    comparisons: [
      {
        ...(passingGate().comparisons[0] as Comparison),
        id: `${one.id}#round-trip`,
        unit: 'ns',
        verdict,
        isGated,
        measurements: intervals.map(([low, high]) => ({
          pairs: [],
          looks: [
            {
              pairs: 100,
              alpha: 0.01,
              change: { median: 0.12, low, high, confidence: 0.99 },
              p: 0.001,
              holmP: 0.001,
              verdict: 'undecided',
            },
          ],
        })),
      },
    ],
  });

for (const [what, given] of [
  ['undecided, and its interval lies above zero', judgedAs('inconclusive', true, [0.022, 0.24])],
  [
    'worse at first, and undecided when it was measured again',
    judgedAs('inconclusive', true, [0.05, 0.2], [-0.01, 0.2]),
  ],
  ['advisory, and worse', judgedAs('regressed', false, [0.08, 0.2])],
] as const) {
  test(`what is ${what} is recorded only when it is named`, ({ out, directory }) => {
    const material = materialOf(progressOf([pair]), baselineOf([recorded([0])]));
    const { notes } = updateBaseline({ out, directory, accepted: ['pipe/*', '*#cpu'] }, given, material);
    assert.match(
      notes.join('\n'),
      /^The baseline is unchanged\.\n.*#round-trip is not recorded: it is worse by 12 %, between .* than the record, statistically significant, and (undecided|advisory)\. If that is intended, accept it: --accept 'mine\/js\/ping-pong\/64B\/same-cpu#round-trip'\.$/,
    );
    assert.equal(readdirSync(out), []);
    const accepted = updateBaseline({ out, directory, accepted: ['mine/*#round-trip'] }, given, material);
    assert.match(accepted.notes.join('\n'), /^Recorded 1 comparison as number 2/);
  });
}

test('what is undecided about zero, better or passed is recorded, and so is a first run on this machine', ({
  out,
  directory,
}) => {
  const onRecord = materialOf(progressOf([pair]), baselineOf([recorded([0])]));
  for (const given of [
    judgedAs('inconclusive', true, [-0.01, 0.24]),
    judgedAs('inconclusive', true, [null, null]),
    judgedAs('improved', true, [-0.3, -0.2]),
    judgedAs('pass', true, [0.01, 0.05]),
  ]) {
    assert.match(
      updateBaseline({ out, directory, accepted: [] }, given, onRecord).notes.join('\n'),
      /^Recorded 1 comparison/,
    );
  }
  assert.match(
    updateBaseline({ out, directory, accepted: [] }, judgedAs('inconclusive', false, [0.02, 0.2]), {
      ...onRecord,
      isForeign: true,
    }).notes.join('\n'),
    /^Recorded 1 comparison as number 1/,
  );
});

test('a check that could not be decided is not recorded, so what was recorded of it stands', ({ out, directory }) => {
  const verdicts = (['pass', 'broken'] as const).map(
    (verdict): Verdict => ({ id: `mine/loss/${verdict}`, verdict }) as Verdict,
  );
  updateBaseline({ out, directory, accepted: [] }, unheld('base'), { ...materialOf(progressOf([pair])), verdicts });
  assert.equal(readBaseline(directory, 'f'.repeat(64))?.records[0]?.verdicts, [
    { id: 'mine/loss/pass', verdict: 'pass' },
  ]);
});

test.run();
