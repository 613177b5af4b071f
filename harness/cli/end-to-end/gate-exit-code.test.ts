// test-deadline-s: 300
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clearGround, gateIn, makeGround, nodeTransport, runToEnd, type Ground } from './gate-ground.fixture.js';

const test = suite<Ground>('what a gate ends with');

test.before.each(async (context) => {
  Object.assign(context, await makeGround());
});
test.after.each(clearGround);

const written = ({ cwd }: Ground, file: string): string => readFileSync(join(cwd, 'ipcbench-gate', file), 'utf8');

/** JUnit, annotations, page and Markdown as the exit code has it. */
function assertAgreement(ground: Ground, exitCode: number, stdout: string): void {
  const [, failures, errors] =
    /<testsuites [^>]*failures="(\d+)" errors="(\d+)"/.exec(written(ground, 'gate.junit.xml')) ?? [];
  assert.is(Number(failures) + Number(errors) > 0, exitCode !== 0, 'JUnit');
  assert.is(/^::error /m.test(written(ground, 'gate.annotations.txt')), exitCode !== 0, 'annotations');
  for (const [name, text] of [
    ['terminal', stdout],
    ['page', written(ground, 'gate.html')],
    ['Markdown', written(ground, 'gate.md')],
  ] as const) {
    assert.match(text.replace(/\s+/g, ' '), new RegExp(`Exit code ${exitCode}: `), name);
  }
}

const quick = ['--effort', 'quick', '--time-budget', '100ms', '--workload', 'ping-pong'];
for (const [what, args, sentence] of [
  [
    'a size that neither side takes',
    ['unix-dgram', '--size', '1MiB'],
    /^Not comparable: base and head have nothing in common\.$/,
  ],
  [
    'what is all advisory by a rule',
    ['unix-stream', '--size', '64', '--advisory', '*'],
    /^Not comparable: the comparisons that both sides have are all advisory \(\d+\)\.$/,
  ],
  [
    'what is all advisory by its placement',
    [
      'pipe',
      '--size',
      '64',
      '--placement',
      'free',
      '--advisory',
      '*#syscalls',
      '--advisory',
      '*#switches',
      '--advisory',
      '*#cpu',
    ],
    /^Not comparable: the comparisons that both sides have are all advisory/,
  ],
] as const) {
  test(`${what} is 3, whatever checks ran beside it`, async (ground) => {
    const result = await runToEnd(ground, ['gate', ...args, ...quick, '--checks', 'delivery']);
    assert.is(result.exitCode, 3, result.stderr);
    const found = gateIn(ground);
    assert.ok(found.checksCompared > 0);
    assert.match(found.summary, sentence);
    assertAgreement(ground, 3, result.stdout);
  });
}

test('a size that one side takes beside one that neither does is open, and red nowhere', async (ground) => {
  const result = await runToEnd(ground, ['gate', 'unix-dgram', '--size', '64,1MiB', ...quick, '--checks', 'none']);
  assert.is(result.exitCode, 0, result.stderr);
  assertAgreement(ground, 0, result.stdout);
});

test('a head whose launches hang is 5 with the reason, and no promise is called broken', async (ground) => {
  writeFileSync(join(ground.cwd, 'kept.mjs'), nodeTransport('mine', 'kept'));
  writeFileSync(
    join(ground.cwd, 'hangs.mjs'),
    nodeTransport('mine', 'kept').replace(
      'async open({ role, spec }) {',
      'async open({ role, spec }) {\n      await new Promise((resolve) => setTimeout(resolve, 1e8));',
    ),
  );
  const result = await runToEnd(ground, [
    'gate',
    '--base',
    'transport=./kept.mjs',
    '--head',
    'transport=./hangs.mjs',
    ...quick,
    '--timeout',
    '1s',
    '--checks',
    'delivery',
  ]);
  const found = gateIn(ground);
  assert.is(result.exitCode, 5, `${found.summary} ${result.stderr}`);
  assert.match(
    found.summary,
    /^Incomplete: head's launches failed \(\d of them\), and \d+ checks could not be decided on head\. The first reason: The initiator .+did not finish connecting within 1000 ms/s,
  );
  assert.ok(found.verdictChanges.length > 0);
  assert.equal(
    found.verdictChanges.filter((change) => change.isWorse || change.head !== 'broken'),
    [],
  );
  assert.not.match(result.stdout, /no longer holds?/);
  assertAgreement(ground, 5, result.stdout);
});

test.run();
