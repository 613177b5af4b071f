import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { intactHistory } from '../../suites/conformance/fault-injection/intact-history.js';
import { loadChecks } from '../discovery/load-checks.js';
import { loadProcedures } from '../discovery/load-procedures.js';
import {
  isKept,
  judgeAgain,
  observationFileName,
  savedText,
  parseSavedObservation,
  type SavedObservation,
} from './saved-observation.js';

const [checks, procedures] = [await loadChecks(), await loadProcedures()];

test('a kept history is judged as it was', () => {
  const check = checks.find((one) => one.id === 'loss/tail');
  if (check === undefined) throw new Error('no loss/tail');
  const history = intactHistory({
    framing: 'stream',
    planned: 1000,
    seed: 1,
    minBytes: 64,
    maxBytes: 4096,
    sender: 'initiator',
    end: 'eof',
  });
  const cut = { ...history, acknowledged: 1001 };
  for (const one of [history, cut]) {
    const kept: SavedObservation = { kind: 'delivery', checkId: check.id, subject: 'pipe', history: one };
    assert.equal(judgeAgain(parseSavedObservation(savedText(kept)), checks, procedures), check.judge(one));
  }
});

test('a kept observation of every procedure is judged as it was', () => {
  for (const { check } of procedures) {
    const [proof] = check.proofs;
    if (proof === undefined) continue;
    const subject = proof.subject ?? (check.subjects[0] as string);
    const kept: SavedObservation = { kind: 'procedure', checkId: check.id, subject, observation: proof.observation };
    assert.is(judgeAgain(parseSavedObservation(savedText(kept)), checks, procedures).verdict, proof.verdict, check.id);
  }
});

test('a file that is cut short, foreign, or of a check nobody has is told', () => {
  assert.throws(() => parseSavedObservation('{"schema":"ipcbench-obs'), /not JSON: it is truncated/);
  assert.throws(() => parseSavedObservation('{"schema":"ipcbench-report"}'), /not a saved observation of this version/);
  assert.throws(
    () => judgeAgain({ kind: 'procedure', checkId: 'no/such', subject: 'pipe', observation: 1 }, checks, procedures),
    /no check 'no\/such'/,
  );
});

test('what passed, was skipped or is mere information is not kept', () => {
  assert.equal(
    (['pass', 'skip', 'info', 'fail', 'deviation', 'broken'] as const).filter((verdict) => isKept({ verdict })),
    ['fail', 'deviation', 'broken'],
  );
  assert.is(observationFileName('unix-stream/loss/tail'), 'histories/unix-stream.loss.tail.json');
});

test.run();
