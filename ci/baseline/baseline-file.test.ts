import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  appendBaseline,
  baselinePath,
  firstComparableOf,
  latestOf,
  machinesIn,
  readBaseline,
  type Baseline,
} from './baseline-file.js';
import { baselineLine, parseBaselineRecord, type BaselineRecord, type RecordedComparison } from './baseline-record.js';

const test = suite<{ folder: string }>('a baseline file');

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'bl-'));
});
test.after.each(async (context) => {
  await rm(context.folder, { recursive: true, force: true });
});

const machine = '0123456789abcdef'.repeat(4);
const other = 'fedcba9876543210'.repeat(4);

const comparison = (id: string, median: number, more: Partial<RecordedComparison> = {}): RecordedComparison => ({
  id,
  methodRevision: 1,
  control: { caseId: 'unix-stream/native/ping-pong/64B/same-cpu', methodRevision: 1 },
  values: [0.1, 0.2],
  median,
  ...more,
});
const record = (recordedAt: string, comparisons: readonly RecordedComparison[], of = machine): BaselineRecord => ({
  schema: 'ipcbench-baseline',
  version: 1,
  recordedAt,
  ipcbenchVersion: '0.1.0',
  machine: of,
  settings: [],
  resolved: [],
  comparisons: [...comparisons],
  verdicts: [],
});
const read = (folder: string): Baseline => {
  const baseline = readBaseline(folder, machine);
  if (baseline === null) throw new Error('there is none');
  return baseline;
};

test('there is none until the first record, and its directory is made for it', ({ folder }) => {
  const directory = join(folder, 'not', 'yet');
  assert.is(readBaseline(directory, machine), null);
  assert.equal(machinesIn(directory), []);
  const path = appendBaseline(directory, record('1', [comparison('a', 1)]), null);
  assert.is(path, baselinePath(directory, machine));
  assert.equal(readBaseline(directory, machine)?.records.length, 1);
  assert.equal(machinesIn(directory), ['0123456789abcdef']);
});

test('what is appended stands behind everything else, which stays as it was to the byte', ({ folder }) => {
  appendBaseline(folder, record('1', [comparison('a', 1)]), null);
  const before = readFileSync(baselinePath(folder, machine), 'utf8');
  appendBaseline(folder, record('2', [comparison('a', 2)]), read(folder));
  const after = readFileSync(baselinePath(folder, machine), 'utf8');
  assert.ok(after.startsWith(before));
  assert.equal(
    read(folder).records.map((one) => one.recordedAt),
    ['1', '2'],
  );
});

test('each machine has a file of its own', ({ folder }) => {
  appendBaseline(folder, record('1', [comparison('a', 1)]), null);
  assert.is(readBaseline(folder, other), null);
  appendBaseline(folder, record('1', [comparison('a', 7)], other), null);
  assert.equal([...machinesIn(folder)].sort(), ['0123456789abcdef', 'fedcba9876543210']);
  writeFileSync(join(folder, 'README.md'), '');
  assert.is(machinesIn(folder).length, 2);
});

test('a last line that was cut short is told, and the next record takes its place', ({ folder }) => {
  appendBaseline(folder, record('1', [comparison('a', 1)]), null);
  const path = baselinePath(folder, machine);
  appendFileSync(path, baselineLine(record('2', [comparison('a', 2)])).slice(0, 40));
  const torn = read(folder);
  assert.equal([torn.records.length, torn.tornLine?.length], [1, 40]);
  appendBaseline(folder, record('3', [comparison('a', 3)]), torn);
  const healed = read(folder);
  assert.equal([healed.records.map((one) => one.recordedAt), healed.tornLine], [['1', '3'], null]);
});

test('a last record that lost its newline is one all the same, and the next stands on a line of its own', ({
  folder,
}) => {
  writeFileSync(
    baselinePath(folder, machine),
    `${baselineLine(record('1', []))}${baselineLine(record('2', [])).trimEnd()}`,
  );
  assert.equal([read(folder).records.length, read(folder).tornLine], [2, null]);
  appendBaseline(folder, record('3', []), read(folder));
  assert.equal(
    read(folder).records.map((one) => one.recordedAt),
    ['1', '2', '3'],
  );
});

for (const [what, line, sentence] of [
  ['a word', 'x', /line 2, is not a record\. Restore/],
  ['half a record', '{"schema":"ipcb', /line 2, is truncated\. Restore/],
  [
    'a conflict marker',
    '<<<<<<< ours',
    /line 2, is a merge conflict marker: keep the lines of both sides and remove the markers/,
  ],
  ['the end of a conflict', '>>>>>>> theirs', /line 2, is a merge conflict marker/],
  ['bytes', '\u0000\ufffdELF', /line 2, is not a record/],
  [
    'a record of another machine',
    baselineLine(record('2', [], other)),
    /line 2, belongs to another machine, fedcba9876543210: the file was renamed/,
  ],
  [
    'a comparison without a value',
    baselineLine(record('2', [comparison('a', 1, { values: [] })])),
    /line 2, is damaged: comparisons\.0\.values: expected at least one value/,
  ],
  [
    'a value beyond all numbers',
    baselineLine(record('2', [comparison('a', 1)])).replace('[0.1,', '[1e999,'),
    /line 2, is damaged: comparisons\.0\.values\.0: expected a finite number, got Infinity/,
  ],
  [
    'a median beyond all numbers',
    baselineLine(record('2', [comparison('a', 7)])).replace('"median":7', '"median":-1e999'),
    /is damaged: comparisons\.0\.median: expected a finite number, got -Infinity/,
  ],
  [
    'a ratio that no two times have',
    baselineLine(record('2', [comparison('a#cpu', 1, { values: [0, 1e300] })])),
    /is damaged: comparisons\.0: the values of 'a#cpu' are not logarithms of ratios of two times/,
  ],
  [
    'a negative count',
    baselineLine(record('2', [comparison('a#syscalls', 1, { values: [2, -2] })])),
    /is damaged: comparisons\.0: the values of 'a#syscalls' are not counts/,
  ],
  [
    'a negative median',
    baselineLine(record('2', [comparison('a', -1)])),
    /is damaged: comparisons\.0\.median: expected a number that is not negative, got -1/,
  ],
  [
    'a time of nothing',
    baselineLine(record('2', [comparison('a#round-trip', 0)])),
    /is damaged: comparisons\.0: the median of 'a#round-trip' is 0, but a time must be above 0/,
  ],
  [
    'one comparison twice',
    baselineLine(record('2', [comparison('a', 1), comparison('a', 2)])),
    /is damaged: comparisons: a comparison occurs twice/,
  ],
  [
    'a text for a number',
    baselineLine(record('2', [comparison('a', 7)])).replace('"median":7', '"median":"7"'),
    /is damaged: .*expected .*, got /,
  ],
  ['something else', '{"schema":"ipcbench-report","version":1}', /line 2, is not an ipcbench baseline/],
  ['null', 'null', /line 2, is not an ipcbench baseline/],
  [
    'a newer record',
    '{"schema":"ipcbench-baseline","version":2}',
    /line 2, was written by a newer ipcbench \(baseline version 2; this one reads 1\): update ipcbench/,
  ],
  [
    'a record without a machine',
    baselineLine(record('2', [])).replace('"machine"', '"macihne"'),
    /line 2, is damaged: ma(chine|cihne)/,
  ],
] as const) {
  test(`${what} in the middle is refused with its line and the way out`, ({ folder }) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      baselinePath(folder, machine),
      `${baselineLine(record('1', []))}${line.trimEnd()}\n${baselineLine(record('3', []))}`,
    );
    assert.throws(
      () => readBaseline(folder, machine),
      (error: Error) => {
        assert.match(error.message, sentence);
        assert.match(error.message, /Restore the file from version control, or remove that line\.$/);
        assert.ok(error.message.includes(baselinePath(folder, machine)));
        return true;
      },
    );
  });
}

test("a file of another machine under this one's name is refused, and so is one that is no file", ({ folder }) => {
  writeFileSync(baselinePath(folder, machine), baselineLine(record('1', [], other)));
  assert.throws(() => readBaseline(folder, machine), /line 1, belongs to another machine, fedcba9876543210/);
  mkdirSync(baselinePath(folder, other));
  assert.throws(
    () => readBaseline(folder, other),
    /^Error: The baseline .*\.jsonl cannot be read: it is a directory, not a file of records\. Name another directory with --baseline\.$|it is a directory/,
  );
  const file = join(folder, 'file');
  writeFileSync(file, '');
  assert.throws(() => machinesIn(file), /cannot be read: a part of its path is a file, not a directory\./);
  assert.throws(() => readBaseline(file, machine), /a part of its path is a file/);
});

test('a byte order mark is no part of the first record, and the end of a conflict is no record that was cut short', ({
  folder,
}) => {
  writeFileSync(baselinePath(folder, machine), `\uFEFF${baselineLine(record('1', []))}`);
  assert.is(read(folder).records.length, 1);
  appendFileSync(baselinePath(folder, machine), '>>>>>>> theirs');
  assert.throws(() => read(folder), /line 2, is a merge conflict marker/);
});

test('counts and medians of counts may be nothing, and a record may hold no comparison', () => {
  for (const comparisons of [
    [],
    [comparison('a#switches', 0, { values: [0, 0] })],
    [comparison('a', 1e9, { values: [-3, 3] })],
  ])
    assert.equal(parseBaselineRecord(baselineLine(record('1', comparisons)).trimEnd()).comparisons, comparisons);
});

test('an empty line is not a record', ({ folder }) => {
  writeFileSync(baselinePath(folder, machine), `\n${baselineLine(record('1', []))}\n`);
  assert.equal([read(folder).records.length, read(folder).tornLine], [1, null]);
});

test('the newest record of each comparison counts: a run of one case replaces one', ({ folder }) => {
  appendBaseline(folder, record('1', [comparison('a', 1), comparison('b', 1)]), null);
  appendBaseline(folder, record('2', [comparison('a', 2)]), read(folder));
  assert.equal(
    [...latestOf(read(folder)).values()].map((one) => [one.id, one.median]),
    [
      ['a', 2],
      ['b', 1],
    ],
  );
});

test('erosion is seen against the first record of the same method beside the same control', ({ folder }) => {
  const [now, first] = [comparison('a', 5), (): number | undefined => firstComparableOf(read(folder), now)?.median];
  appendBaseline(folder, record('1', [comparison('a', 1, { methodRevision: 0 }), comparison('b', 9)]), null);
  assert.is(first(), undefined);
  appendBaseline(
    folder,
    record('2', [comparison('a', 2, { control: { caseId: 'pipe', methodRevision: 1 } })]),
    read(folder),
  );
  appendBaseline(
    folder,
    record('3', [comparison('a', 3, { control: { ...now.control, methodRevision: 2 } })]),
    read(folder),
  );
  assert.is(first(), undefined);
  appendBaseline(folder, record('4', [comparison('a', 4)]), read(folder));
  appendBaseline(folder, record('5', [comparison('a', 5)]), read(folder));
  assert.is(first(), 4);
});

test('a record survives its line, its figures to seven digits', () => {
  const precise = record('1', [comparison('a', 8123.456789, { values: [0.123456789, -1e-9, 0] })]);
  assert.equal(
    parseBaselineRecord(baselineLine(precise).trimEnd()).comparisons[0],
    comparison('a', 8123.457, { values: [0.1234568, -1e-9, 0] }),
  );
  assert.is(baselineLine(precise).split('\n').length, 2);
});

test.run();
