import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { passingGate, plausibleGate } from '../../../reports/golden/gate-fixture.js';
import { renderGateMarkdown } from '../../../reports/markdown/render-gate-markdown.js';
import { annotateStep, appendSummary } from './report-to-github.js';

function listener(): { readonly stream: NodeJS.WriteStream; written(): string } {
  let text = '';
  const write = (chunk: string): boolean => {
    text += chunk;
    return true;
  };
  return { stream: { write } as unknown as NodeJS.WriteStream, written: () => text };
}

test('annotations are printed in a step of GitHub Actions, and nowhere else', () => {
  const [inStep, elsewhere, passing] = [listener(), listener(), listener()];
  annotateStep(plausibleGate(), inStep.stream, { GITHUB_ACTIONS: 'true' });
  annotateStep(plausibleGate(), elsewhere.stream, {});
  annotateStep(passingGate(), passing.stream, { GITHUB_ACTIONS: 'true' });
  assert.match(inStep.written(), /^::error title=/);
  assert.equal([elsewhere.written(), passing.written()], ['', '']);
});

test('the summary is added to what other steps wrote, and nothing is said', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ipcbench-summary-'));
  try {
    const path = join(folder, 'summary.md');
    writeFileSync(path, 'before\n');
    const stderr = listener();
    appendSummary(plausibleGate(), stderr.stream, { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: path });
    assert.is(readFileSync(path, 'utf8'), `before\n${renderGateMarkdown(plausibleGate())}\n`);
    appendSummary(plausibleGate(), stderr.stream, { GITHUB_STEP_SUMMARY: path });
    assert.is(readFileSync(path, 'utf8'), `before\n${renderGateMarkdown(plausibleGate())}\n`, 'not a step: left alone');
    assert.is(stderr.written(), '');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a summary that cannot be written costs a sentence', () => {
  const stderr = listener();
  appendSummary(plausibleGate(), stderr.stream, {
    GITHUB_ACTIONS: 'true',
    GITHUB_STEP_SUMMARY: '/nonexistent/summary.md',
  });
  assert.match(
    stderr.written(),
    /^The job summary \/nonexistent\/summary\.md cannot be written \(ENOENT\)\. The same text is in gate\.md\.\n$/,
  );
});

test.run();
