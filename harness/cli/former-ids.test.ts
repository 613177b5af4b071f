import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareReports } from '../../ci/gate/compare-reports.js';
import { parseBaselineRecord } from '../../ci/baseline/baseline-record.js';
import { verdictsOnlyReport } from '../../reports/golden/report-fixture.js';
import { parseReport } from '../../reports/schema/parse-report.js';
import type { KillMatrixRow, Report, Verdict } from '../model/index.js';
import { FORMER_IDS } from '../outcome/check-ids.js';
import { makeVerdict } from '../outcome/make-verdict.js';
import { packageRoot } from '../package-root.js';
import { judgeAgain, parseSavedObservation } from '../runner/saved-observation.js';
import { withKnownDeviations } from '../discovery/deviations.js';
import { loadConformance } from '../discovery/load-conformance.js';
import { fits, selectChecks } from '../discovery/select.js';

// What was written before checks were renamed is read as before.
const FORMER = 'node-net/embedded-nul';
const PRESENT = 'names/embedded-nul';

const { checks, procedures } = await loadConformance();
const all = { transports: [], checks, procedures };
const former = JSON.parse(
  readFileSync(new URL('suites/conformance/former-ids.json', packageRoot), 'utf8'),
) as readonly string[];
const example = verdictsOnlyReport().verdicts[0] as Verdict;
const failing = (checkId: string): Verdict =>
  makeVerdict(
    { ...example, id: `node-net/${checkId}`, checkId, transport: 'node-net' },
    { verdict: 'fail', evidence: 'The NUL was cut off.' },
  );

test('--check takes every id of before, a group of before, and one behind a subject', () => {
  const ids = [...checks.map(({ id }) => id), ...procedures.map(({ check: { id } }) => id)];
  for (const id of former) assert.is(ids.filter((now) => fits(id, now)).includes(FORMER_IDS[id] ?? id), true, id);
  const selected = (pattern: string): string[] =>
    selectChecks([], [pattern], all).checkRuns.map(({ check, subject }) => `${subject}/${check.id}`);
  assert.equal(selected(FORMER), [`node-net/${PRESENT}`]);
  assert.equal(selected(`node-net/${FORMER}`), [`node-net/${PRESENT}`]);
  assert.equal(selected('pipe/limit'), ['pipe/limits/iov-max', 'pipe/limits/many-channels', 'pipe/limits/pipe-buf']);
  assert.equal(selected('fault'), selected('disturbance'));
});

test('a report of before has the ids of today once it is read, in its kill matrix too', () => {
  const row: KillMatrixRow = {
    fault: 'leave-file',
    framing: 'system',
    checkId: FORMER,
    expected: 'pass',
    cell: 'silent',
    runs: 1,
    failed: 0,
    broken: 0,
  };
  const report: Report = {
    ...verdictsOnlyReport(),
    verdicts: [failing(FORMER)],
    killMatrix: {
      seed: 1,
      isProven: true,
      parts: [{ plantedInto: 'system calls', isProven: true, rows: [row] }],
    },
  };
  const read = parseReport(JSON.stringify(report));
  assert.equal(
    read.verdicts.map(({ id, checkId }) => [id, checkId]),
    [[`node-net/${PRESENT}`, PRESENT]],
  );
  assert.is(read.killMatrix?.parts[0]?.rows[0]?.checkId, PRESENT);
});

test('a report of before is compared with one of today check by check', () => {
  const of = (verdict: Verdict): Report =>
    parseReport(JSON.stringify({ ...verdictsOnlyReport(), verdicts: [verdict] }));
  const passing = makeVerdict(failing(PRESENT), { verdict: 'pass', evidence: 'Refused.' });
  const { verdictChanges, checksCompared } = compareReports(of(failing(FORMER)), of(passing), []);
  assert.is(checksCompared, 1);
  assert.equal(
    verdictChanges.map(({ id, base, head }) => [id, base, head]),
    [[`node-net/${PRESENT}`, 'fail', 'pass']],
  );
});

test('a baseline of before has the ids of today once it is read', () => {
  const record = {
    schema: 'ipcbench-baseline',
    version: 1,
    recordedAt: '2026-01-01T00:00:00Z',
    ipcbenchVersion: '0.1.0',
    machine: 'here',
    settings: [],
    resolved: [],
    comparisons: [],
    verdicts: [{ id: `node-net/${FORMER}`, verdict: 'pass' }],
  };
  assert.equal(parseBaselineRecord(JSON.stringify(record)).verdicts, [{ id: `node-net/${PRESENT}`, verdict: 'pass' }]);
});

test('a deviation that is recorded under an id of before is known', () => {
  const recorded = {
    verdict: `*/${FORMER}`,
    shows: 'cut off',
    platform: 'linux',
    link: 'https://example.org',
    note: 'Known.',
  } as const;
  const here = { ...verdictsOnlyReport().environment };
  const os = { ...here.os, platform: 'linux' } as typeof here.os;
  assert.is(withKnownDeviations(failing(PRESENT), [recorded], { ...here, os }).known?.note, 'Known.');
});

test('an observation that was kept before is judged by the check of today', () => {
  const check = procedures.find((one) => one.check.id === PRESENT)?.check;
  const proof = check?.proofs[0];
  assert.ok(check && proof);
  const kept = {
    schema: 'ipcbench-observation',
    version: 1,
    kind: 'procedure',
    checkId: FORMER,
    subject: 'node-net',
    observation: proof.observation,
  };
  const judgement = judgeAgain(parseSavedObservation(JSON.stringify(kept)), checks, procedures);
  assert.is(judgement.verdict, proof.verdict);
});

test.run();
