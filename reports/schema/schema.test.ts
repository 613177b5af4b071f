import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type * as v from 'valibot';
import type { GateReport, Report, VerdictFacts } from '../../harness/model/index.js';
import {
  emptyGate,
  hostileGate,
  interruptedGate,
  largeGate,
  passingGate,
  plausibleGate,
} from '../golden/gate-fixture.js';
import type { Answered } from '../../harness/outcome/make-verdict.js';
import { emptyReport, hostileReport, plausibleReport } from '../golden/report-fixture.js';
import { selfTestReport } from '../golden/self-test-fixture.js';
import { packageFile } from '../package-file.js';
import type { gateSchema } from './gate-schema.js';
import { claimsToBeGate, parseGate } from './parse-gate.js';
import { ReportError, parseReport } from './parse-report.js';
import { publishedSchemas } from './published-schemas.js';
import type { reportSchema } from './report-schema.js';

// Checked by the compiler: neither the contract nor its guard can change alone.
type Parsed = v.InferOutput<typeof reportSchema>;
const contractFitsGuard = (report: Report): Parsed => report;
// Which answers go with which of its verdicts is told by `parseReport`, which makes each verdict anew.
type Guarded = Omit<Report, 'verdicts'> & { readonly verdicts: readonly (VerdictFacts & Answered)[] };
const guardFitsContract = (report: Parsed): Guarded => report;
type ParsedGate = v.InferOutput<typeof gateSchema>;
const gateFitsGuard = (gate: GateReport): ParsedGate => gate;
const guardFitsGate = (gate: ParsedGate): GateReport => gate;

test('the contract and its guard are the same type, in both directions', () => {
  const report = emptyReport();
  assert.is(guardFitsContract(contractFitsGuard(report)), report);
  const gate = emptyGate();
  assert.is(guardFitsGate(gateFitsGuard(gate)), gate);
});

test('a gate survives being written and read', () => {
  for (const gate of [emptyGate(), plausibleGate(), passingGate(), interruptedGate(), largeGate(), hostileGate()])
    assert.equal(parseGate(JSON.stringify(gate)), gate);
});

test('a file says itself whether it is a gate', () => {
  assert.ok(claimsToBeGate(JSON.stringify(emptyGate())));
  // Damaged, it is still a gate's: its refusal then names the command that writes one.
  for (const damaged of [
    '{"schema":"ipcbench-gate"',
    '<<<<<<< HEAD\n{"schema":"ipcbench-gate",',
    '\ufeff{"schema": "ipcbench-gate"}',
  ])
    assert.ok(claimsToBeGate(damaged), damaged);
  for (const other of [JSON.stringify(emptyReport()), '', '[]', '{"schema":1}', '{"schema":"other"'])
    assert.not.ok(claimsToBeGate(other), other);
});

test('a report survives being written and read', () => {
  for (const report of [emptyReport(), plausibleReport(), hostileReport(), selfTestReport()])
    assert.equal(parseReport(JSON.stringify(report)), report);
});

test('an unknown field is dropped, so that a field can be added within a version', () => {
  const report = emptyReport();
  assert.equal(parseReport(JSON.stringify({ ...report, addedLater: 1 })), report);
});

test('a report of version 1 that was written long ago is still read', () => {
  assert.is(parseReport(readFileSync(packageFile('reports/golden/report-v1.json'), 'utf8')).results.length, 4);
});

const refusals: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  ['an empty file', ' \n', /The report is empty\. Run 'ipcbench all'/],
  [
    'a truncated file',
    JSON.stringify(plausibleReport()).slice(0, 5000),
    /cut short after 5000 characters\. Run 'ipcbench all'/,
  ],
  ['text that is no JSON', 'figures: many', /The report is not JSON\. Run/],
  ['an array', '[]', /not a report of ipcbench\. Give the report\.json/],
  [
    'another schema',
    '{"schema":"ipcbench-gate","version":1}',
    /not a report of ipcbench \(its schema is 'ipcbench-gate'\)/,
  ],
  [
    'a newer version',
    JSON.stringify({ ...emptyReport(), version: 2 }),
    /written by a newer ipcbench \(report version 2; this one reads 1\): update ipcbench\./,
  ],
];

for (const [what, text, message] of refusals) {
  test(`${what} is refused with a sentence and a way out`, () => {
    assert.throws(
      () => parseReport(text),
      (error: unknown) => error instanceof ReportError && message.test(error.message),
    );
  });
}

const gateRefusals: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  ['an empty file', '', /The gate is empty\. Run 'ipcbench gate'/],
  [
    'a truncated file',
    JSON.stringify(plausibleGate()).slice(0, 5000),
    /The gate is cut short after 5000 characters\. Run 'ipcbench gate'/,
  ],
  [
    'a report',
    JSON.stringify(emptyReport()),
    /not a gate of ipcbench \(its schema is 'ipcbench-report'\)\. Give the gate\.json/,
  ],
  [
    'a newer version',
    JSON.stringify({ ...emptyGate(), version: 2 }),
    /written by a newer ipcbench \(gate version 2; this one reads 1\)/,
  ],
  ['a verdict nobody knows', JSON.stringify({ ...emptyGate(), verdict: 'fine' }), /The gate's field verdict is wrong/],
  [
    'a probability above one',
    JSON.stringify({ ...emptyGate(), schedule: [{ pairs: 40, alpha: 1.5 }] }),
    /field schedule\[0\]\.alpha is wrong/,
  ],
];

for (const [what, text, message] of gateRefusals) {
  test(`${what} in a gate's place is refused with a sentence and a way out`, () => {
    assert.throws(
      () => parseGate(text),
      (error: unknown) => error instanceof ReportError && message.test(error.message),
    );
  });
}

test('the made-up gate has every verdict, and is decided as its own figures say', () => {
  const { comparisons } = plausibleGate();
  for (const verdict of ['pass', 'regressed', 'improved', 'inconclusive', 'incomparable'])
    assert.ok(
      comparisons.some((found) => found.isGated && found.verdict === verdict),
      verdict,
    );
  assert.ok(
    comparisons.filter((found) => found.verdict === 'regressed').every((found) => found.measurements.length === 2),
  );
  assert.ok(comparisons.some((found) => !found.isGated));
  assert.ok(comparisons.some((found) => found.base === 0 && found.head === 0));
});

test('a wrong field is named by its path', () => {
  const report = plausibleReport();
  const broken = {
    ...report,
    results: report.results.map((result, index) =>
      index === 3 ? { ...result, case: { ...result.case, sizeBytes: '64' } } : result,
    ),
  };
  assert.throws(
    () => parseReport(JSON.stringify(broken)),
    /field results\[3\]\.case\.sizeBytes is wrong: expected number, found "64"/,
  );
});

test('a missing field is named by its path', () => {
  const { seed: _, ...broken } = emptyReport();
  assert.throws(() => parseReport(JSON.stringify(broken)), /field seed is wrong/);
});

test('a negative duration and a fraction of a message are refused', () => {
  assert.throws(
    () => parseReport(JSON.stringify({ ...emptyReport(), time: { totalMs: -1, measuredMs: 0 } })),
    /time\.totalMs/,
  );
  assert.throws(() => parseReport(JSON.stringify({ ...emptyReport(), seed: 0.5 })), /seed/);
});

for (const [name, spell] of Object.entries(publishedSchemas)) {
  test(`the published ${name} is the one the guard spells`, () => {
    const published = readFileSync(packageFile(`reports/schema/${name}`), 'utf8');
    assert.equal(
      JSON.parse(published),
      JSON.parse(spell()),
      `${name} is out of date: run 'node dist/reports/schema/write-json-schema.js'`,
    );
  });
}

test('the published JSON Schemas accept what is written and refuse what is broken', () => {
  const accepts = (name: keyof typeof publishedSchemas): ValidateFunction =>
    new Ajv({ validateFormats: false }).compile(JSON.parse(publishedSchemas[name]()));
  const report = accepts('report.schema.json');
  assert.ok(report(plausibleReport()), JSON.stringify(report.errors));
  assert.ok(report(emptyReport()), JSON.stringify(report.errors));
  for (const broken of [
    {},
    { ...emptyReport(), version: 2 },
    { ...emptyReport(), status: 'done' },
    { ...emptyReport(), results: [{}] },
    { ...emptyReport(), seed: -1 },
  ])
    assert.not.ok(report(broken));
  const gate = accepts('gate.schema.json');
  assert.ok(gate(plausibleGate()), JSON.stringify(gate.errors));
  assert.ok(gate(emptyGate()), JSON.stringify(gate.errors));
  for (const broken of [
    {},
    emptyReport(),
    { ...emptyGate(), version: 2 },
    { ...emptyGate(), verdict: 'fine' },
    { ...emptyGate(), comparisons: [{}] },
  ])
    assert.not.ok(gate(broken));
});

test.run();
