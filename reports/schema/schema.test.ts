import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type * as v from 'valibot';
import type { Report } from '../../harness/model/index.js';
import { emptyReport, hostileReport, plausibleReport } from '../golden/report-fixture.js';
import { packageFile } from '../package-file.js';
import { ReportError, parseReport } from './parse-report.js';
import { reportJsonSchema } from './report-json-schema.js';
import type { reportSchema } from './report-schema.js';

// Checked by the compiler: neither the contract nor its guard can change alone.
type Parsed = v.InferOutput<typeof reportSchema>;
const contractFitsGuard = (report: Report): Parsed => report;
const guardFitsContract = (report: Parsed): Report => report;

test('the contract and its guard are the same type, in both directions', () => {
  const report = emptyReport();
  assert.is(guardFitsContract(contractFitsGuard(report)), report);
});

test('a report survives being written and read', () => {
  for (const report of [emptyReport(), plausibleReport(), hostileReport()]) assert.equal(parseReport(JSON.stringify(report)), report);
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
  ['a truncated file', JSON.stringify(plausibleReport()).slice(0, 5000), /cut short after 5000 characters\. Run 'ipcbench all'/],
  ['text that is no JSON', 'figures: many', /The report is not JSON\. Run/],
  ['an array', '[]', /not a report of ipcbench\. Give the report\.json/],
  ['another schema', '{"schema":"ipcbench-gate","version":1}', /not a report of ipcbench \(its schema is 'ipcbench-gate'\)/],
  ['a newer version', JSON.stringify({ ...emptyReport(), version: 2 }), /written by a newer ipcbench \(report version 2; this one reads 1\): update ipcbench\./],
];

for (const [what, text, message] of refusals) {
  test(`${what} is refused with a sentence and a way out`, () => {
    assert.throws(() => parseReport(text), (error: unknown) => error instanceof ReportError && message.test(error.message));
  });
}

test('a wrong field is named by its path', () => {
  const report = plausibleReport();
  const broken = { ...report, results: report.results.map((result, index) => (index === 3 ? { ...result, case: { ...result.case, sizeBytes: '64' } } : result)) };
  assert.throws(() => parseReport(JSON.stringify(broken)), /field results\[3\]\.case\.sizeBytes is wrong: expected number, found "64"/);
});

test('a missing field is named by its path', () => {
  const { seed: _, ...broken } = emptyReport();
  assert.throws(() => parseReport(JSON.stringify(broken)), /field seed is wrong/);
});

test('a negative duration and a fraction of a message are refused', () => {
  assert.throws(() => parseReport(JSON.stringify({ ...emptyReport(), time: { totalMs: -1, measuredMs: 0 } })), /time\.totalMs/);
  assert.throws(() => parseReport(JSON.stringify({ ...emptyReport(), seed: 0.5 })), /seed/);
});

test('the published JSON Schema is the one the guard spells', () => {
  const published = readFileSync(packageFile('reports/schema/report.schema.json'), 'utf8');
  assert.is(published, reportJsonSchema(), "report.schema.json is out of date: run 'node dist/reports/schema/write-json-schema.js'");
});

test('the published JSON Schema accepts a report and refuses broken ones', () => {
  const validate = new Ajv({ validateFormats: false }).compile(JSON.parse(reportJsonSchema()));
  assert.ok(validate(plausibleReport()), JSON.stringify(validate.errors));
  assert.ok(validate(emptyReport()), JSON.stringify(validate.errors));
  for (const broken of [{}, { ...emptyReport(), version: 2 }, { ...emptyReport(), status: 'done' }, { ...emptyReport(), results: [{}] }, { ...emptyReport(), seed: -1 }]) {
    assert.not.ok(validate(broken));
  }
});

test.run();
