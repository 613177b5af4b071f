// test-deadline-s: 300
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clearGround, makeGround, nodeTransport, runToEnd, type Ground } from './gate-ground.fixture.js';

const test = suite<Ground>('what a run ends with');

test.before.each(async (context) => {
  Object.assign(context, await makeGround());
});
test.after.each(clearGround);

const hangs = (): string =>
  nodeTransport('mine', 'kept').replace(
    'async open({ role, spec }) {',
    'async open({ role, spec }) {\n      await new Promise((resolve) => setTimeout(resolve, 1e8));',
  );
const written = ({ cwd }: Ground, file: string): string => readFileSync(join(cwd, 'out', file), 'utf8');

/** Terminal, page, Markdown and JUnit as the exit code has it. */
function assertAgreement(ground: Ground, exitCode: number, stdout: string): void {
  const [, tests, failures, errors] =
    /<testsuites [^>]*tests="(\d+)" failures="(\d+)" errors="(\d+)"/.exec(written(ground, 'junit.xml')) ?? [];
  assert.ok(Number(tests) > 0, 'JUnit has cases');
  assert.is(Number(failures) + Number(errors) > 0, exitCode !== 0, 'JUnit');
  for (const [name, text] of [
    ['terminal', stdout],
    ['page', written(ground, 'report.html')],
    ['Markdown', written(ground, 'report.md')],
  ] as const) {
    assert.match(text.replace(/\s+/g, ' '), new RegExp(`Exit code ${exitCode}: `), name);
  }
}

test('a bench whose launches all break is 5 in all that is drawn, and its JUnit is not empty', async (ground) => {
  writeFileSync(join(ground.cwd, 'hangs.mjs'), hangs());
  const result = await runToEnd(ground, [
    'bench',
    'mine',
    '--transport',
    './hangs.mjs',
    '--workload',
    'ping-pong',
    '--size',
    '64',
    '--launches',
    '1',
    '--timeout',
    '1s',
    '--out',
    'out',
  ]);
  assert.is(result.exitCode, 5, result.stderr);
  assertAgreement(ground, 5, result.stdout);
});

test(
  'checks that could not be decided are 5, and no page says that ' + 'a guarantee was broken or that none was',
  async (ground) => {
    writeFileSync(join(ground.cwd, 'hangs.mjs'), hangs());
    const result = await runToEnd(ground, [
      'check',
      'mine',
      '--transport',
      './hangs.mjs',
      '--check',
      'loss',
      '--timeout',
      '1s',
      '--out',
      'out',
    ]);
    assert.is(result.exitCode, 5, result.stderr);
    assertAgreement(ground, 5, result.stdout);
    assert.match(written(ground, 'report.html'), /None of \d checks could be decided\./);
    assert.not.match(written(ground, 'report.html'), /no guarantee was broken|guarantees? w(as|ere) broken/);
  },
);

test('a bench that measures is 0 in all that is drawn', async (ground) => {
  const result = await runToEnd(ground, [
    'bench',
    'pipe',
    '--workload',
    'ping-pong',
    '--size',
    '64',
    '--placement',
    'same-cpu',
    '--launches',
    '1',
    '--out',
    'out',
  ]);
  assert.is(result.exitCode, 0, result.stderr);
  assertAgreement(ground, 0, result.stdout);
});

test.run();
