import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeFile, type FileRun } from './judge-file.js';
import type { TestMessage } from './messages.js';

const declared: TestMessage = { kind: 'declared', test: 0, suite: '', name: 'one' };
const queued: TestMessage = { kind: 'queued', tests: [0] };
const started: TestMessage = { kind: 'started', test: 0 };
const passed: TestMessage = { kind: 'passed', test: 0 };
const finished: TestMessage = { kind: 'finished' };
const broken = { message: 'broke', details: '', stack: '' };

function runOf(messages: readonly TestMessage[], more: Partial<FileRun> = {}): FileRun {
  return { messages, ending: { kind: 'exited', code: 0 }, leftProcesses: [], leftFiles: [], ...more };
}

function statesOf(run: FileRun): string[] {
  return judgeFile(run).tests.map((result) => result.outcome.state);
}

function faultsOf(run: FileRun): string[] {
  return judgeFile(run).faults.map((fault) => fault.message);
}

test('a test that ran to its end in a file that did passes', () => {
  const run = runOf([declared, queued, started, passed, finished]);
  assert.equal(statesOf(run), ['passed']);
  assert.equal(faultsOf(run), []);
});

test('no message at all is a fault, whatever the exit code', () => {
  assert.equal(faultsOf(runOf([])), ['the file declares no test', 'exited with code 0 before its tests were done']);
});

test('a test that stops at any step before its end fails', () => {
  assert.equal(statesOf(runOf([declared, finished])), ['failed']);
  assert.equal(statesOf(runOf([declared, queued, finished])), ['failed']);
  assert.equal(statesOf(runOf([declared, queued, started, finished])), ['failed']);
});

test('a failure after the pass counts, and a failure outweighs a skip', () => {
  assert.equal(
    statesOf(runOf([declared, queued, started, passed, { kind: 'failed', test: 0, failure: broken }, finished])),
    ['failed'],
  );
  assert.equal(
    statesOf(
      runOf([
        declared,
        queued,
        started,
        { kind: 'skipped', test: 0, reason: '' },
        { kind: 'failed', test: 0, failure: broken },
        finished,
      ]),
    ),
    ['failed'],
  );
});

test('the same failure told twice is one', () => {
  const failed: TestMessage = { kind: 'failed', test: 0, failure: broken };
  const outcome = judgeFile(runOf([declared, queued, started, failed, failed, finished])).tests[0]?.outcome;
  assert.equal(outcome, { state: 'failed', failures: [broken] });
});

test('an outcome of a test that was never declared is no pass', () => {
  assert.equal(faultsOf(runOf([passed, finished])), ['the file declares no test']);
});

test('leftovers are faults of a file that ended by itself; of a killed one only its processes are told', () => {
  const messages = [declared, queued, started, passed, finished];
  const left = { leftProcesses: ['sleep 9 (pid 1)'], leftFiles: ['socket a.sock'] };
  assert.equal(faultsOf(runOf(messages, left)), [
    'left processes alive: sleep 9 (pid 1)',
    'left files behind: socket a.sock',
  ]);
  assert.equal(faultsOf(runOf(messages, { ...left, ending: { kind: 'signalled', signal: 'SIGSEGV' } })), [
    'ended by SIGSEGV',
    'left processes alive: sleep 9 (pid 1)',
  ]);
});

test('many leftovers are cut to ten', () => {
  const leftFiles = Array.from({ length: 12 }, (_, index) => `file ${index}`);
  assert.match(
    faultsOf(runOf([declared, queued, started, passed, finished], { leftFiles }))[0] ?? '',
    /file 9 and 2 more$/,
  );
});

test.run();
