// test-deadline-s: 300
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { emptyReport, oneCaseReport } from '../../../reports/golden/report-fixture.js';
import {
  clearGround,
  coreTransport,
  gateIn,
  makeGround,
  makeRepository,
  refuses,
  runToEnd,
  SMALL,
  worktreesOf,
  type Ground,
} from './gate-ground.fixture.js';

// One sentence each, the right exit code, nothing half-written and nothing left: see `refuses`.

const test = suite<Ground>('a gate given what cannot be');

test.before.each(async (context) => {
  Object.assign(context, await makeGround());
});
test.after.each(clearGround);

const gate = (...args: readonly string[]): string[] => ['gate', ...args, ...SMALL];

test('a base that does not build', async (ground) => {
  await makeRepository(ground, ['one']);
  const args = gate(
    '--base',
    'git=one',
    '--base',
    'build=echo "error TS2304" && exit 2',
    '--base',
    'transport=dist/mine.mjs',
    '--head',
    'transport=./dist/mine.mjs',
  );
  await refuses(
    ground,
    args,
    /^The base does not build: 'echo "error TS2304" && exit 2' ended with 2 in a checkout of one \(error TS2304\)\. Build it by hand in a clean checkout, and try again\.$/m,
    3,
  );
  assert.is(await worktreesOf(ground), 1);
});

test('a place that cannot be written is told before anything is built for it', async (ground) => {
  await makeRepository(ground, ['one']);
  writeFileSync(join(ground.cwd, 'taken'), '');
  const args = gate(
    '--base',
    'git=one',
    '--base',
    `build=touch '${join(ground.cwd, 'built')}'`,
    '--base',
    'transport=dist/mine.mjs',
    '--head',
    'transport=./dist/mine.mjs',
    '--out',
    'taken/gate',
  );
  await refuses(
    ground,
    args,
    /^taken\/gate cannot be written \(ENOTDIR: a part of the path is a file, not a directory\)\. Name another directory with --out\.$/m,
  );
  assert.not.ok(existsSync(join(ground.cwd, 'built')));
});

test('a head that does not build is a run that broke, and the base that was checked out goes too', async (ground) => {
  await makeRepository(ground, ['one', 'two']);
  const args = gate(
    '--base',
    'git=one',
    '--base',
    'transport=dist/mine.mjs',
    '--head',
    'git=two',
    '--head',
    'build=false',
    '--head',
    'transport=dist/mine.mjs',
  );
  await refuses(ground, args, /The head does not build: 'false' ended with 1/, 5);
  assert.is(await worktreesOf(ground), 1);
});

test('a base without the module that is named', async (ground) => {
  await makeRepository(ground, ['one']);
  await refuses(ground, gate('--base', 'git=one', '--base', 'transport=dist/other.mjs'), /^--base: .*other\.mjs/m);
  assert.is(await worktreesOf(ground), 1);
});

test('a runtime that does not exist, one that is none, and one that cannot host a peer', async (ground) => {
  await refuses(
    ground,
    gate('--head', 'runtime=/opt/no/node'),
    /^--head runtime=\/opt\/no\/node: the program \/opt\/no\/node cannot be run \(ENOENT\)\. Give the path of a node, bun or deno\.$/m,
  );
  await refuses(
    ground,
    gate('--head', 'runtime=sh'),
    /^--head runtime=sh is neither node, bun nor deno: '--version' ended with \d+\.$/m,
  );
  const fake = join(ground.cwd, 'fake');
  writeFileSync(
    fake,
    '#!/bin/sh\n[ "$1" = --version ] && echo v22.0.0 && exit\necho "error: no such thing" >&2\nexit 1\n',
  );
  chmodSync(fake, 0o755);
  await refuses(
    ground,
    gate('--head', 'runtime=./fake'),
    /^--head runtime=: node v22\.0\.0 cannot host a peer \(error: no such thing\)\. Name a node, 20\.19 or newer\.$/m,
  );
});

test('reports of another schema, a newer one, half of one, none', async (ground) => {
  const file = (name: string, text: string): string => {
    writeFileSync(join(ground.cwd, name), text);
    return name;
  };
  const good = file('good.json', JSON.stringify({ ...emptyReport(), status: 'complete' }));
  const against = (name: string): string[] => ['gate', '--base', `report=${name}`, '--head', `report=${good}`];
  await refuses(ground, against(file('other.json', '{"schema":"something else"}')), /^other\.json: /m);
  await refuses(ground, against(file('gate.json', '{"schema":"ipcbench-gate","version":1}')), /^gate\.json: /m);
  await refuses(ground, against(file('newer.json', '{"schema":"ipcbench-report","version":99}')), /newer ipcbench/);
  await refuses(ground, against(file('torn.json', '{"schema":"ipcbench-report","ver')), /cut short/);
  await refuses(ground, against('absent.json'), /^absent\.json cannot be read \(ENOENT\)/m);
  await refuses(ground, ['gate', '--base', `report=${good}`], /^1 report was given, but a comparison takes two\./m);
  await refuses(
    ground,
    ['gate', '--base', `report=${good}`, '--head', `report=${good}`, '--baseline', 'b'],
    /^--baseline and report= were both given/m,
  );
  await refuses(
    ground,
    ['gate', '--base', `report=${good}`, '--head', `report=${good}`, '--update'],
    /^--update needs --baseline <directory>, which is not given\.$/m,
  );
  await refuses(
    ground,
    ['gate', 'pipe', '--base', `report=${good}`, '--head', `report=${good}`],
    /'pipe' cannot be selected from them/,
  );
  await refuses(ground, ['compare', good, good, good], /^3 reports were given/m);
  await refuses(
    ground,
    ['gate', '--base', `report=${good}`, '--head', `report=${good}`, '--effort', 'thorough'],
    /^--effort changes how to measure, but recorded reports are compared without measuring\. Leave it out\.$/m,
  );
  await refuses(ground, ['compare', good, good, '--workload', 'stream'], /^--workload changes how to measure/m);
});

test('reports of another method revision are incomparable, and say what to measure again', async (ground) => {
  const was = oneCaseReport();
  const now = {
    ...was,
    results: was.results.map((result) => ({
      ...result,
      case: { ...result.case, methodRevision: result.case.methodRevision + 1 },
    })),
  };
  writeFileSync(join(ground.cwd, 'was.json'), JSON.stringify(was));
  writeFileSync(join(ground.cwd, 'now.json'), JSON.stringify(now));
  const result = await runToEnd(ground, [
    'gate',
    '--base',
    'report=was.json',
    '--head',
    'report=now.json',
    '--gated',
    '*#round-trip',
  ]);
  assert.is(result.exitCode, 3, result.stderr);
  assert.match(
    result.stdout.replace(/\s+/g, ' '),
    /The method changed \(revision 1, now 2\), so these figures are not comparable\. Measure base again/,
  );
  assert.equal([...new Set(gateIn(ground).comparisons.map((one) => one.verdict))], ['incomparable']);
  assert.is((await runToEnd(ground, ['compare', 'was.json', 'now.json'])).exitCode, 3);
  const idle = await runToEnd(ground, [
    'compare',
    'was.json',
    'now.json',
    '--budget',
    'unix-steam=20%',
    '--out',
    'idle',
  ]);
  assert.equal([idle.exitCode, existsSync(join(ground.cwd, 'idle'))], [2, false]);
  assert.match(idle.stderr, /^'unix-steam' matches no comparison/m);
  assert.match(
    (await runToEnd(ground, ['compare', 'was.json', 'was.json', '--budget', '5%'])).stdout.replace(/\s+/g, ' '),
    /The requested budget is 5 %, but comparisons with a recording use at least 10 %/,
  );
});

test('a config with an unknown key, a wrong value, no JSON, or none where one is named', async (ground) => {
  const config = (text: string): void => writeFileSync(join(ground.cwd, 'ipcbench.config.json'), text);
  config('{"gate":{"bugdet":"5%"}}');
  await refuses(
    ground,
    gate('pipe'),
    /^No key of 'gate' in ipcbench\.config\.json is called 'bugdet'\. Did you mean 'budget'\? \(keys: .*transports, /m,
  );
  config('{"gate":{"rules":[{"select":"*","gate":true}]}}');
  await refuses(
    ground,
    gate('pipe'),
    /^No key of a rule in ipcbench\.config\.json is called 'gate'\. Did you mean 'gated'\?/m,
  );
  config('{"gate":{"budget":0}}');
  await refuses(
    ground,
    gate('pipe'),
    /^ipcbench\.config\.json has a wrong value for 'gate\.budget': '0' is not a budget\. Write it like 5% or 0\.05;/m,
  );
  config('{"gate":{"size":"huge"}}');
  await refuses(
    ground,
    gate('pipe').filter((arg) => arg !== '--size' && arg !== '64'),
    /'huge' is not a size/,
  );
  config('{"gate":');
  await refuses(
    ground,
    gate('pipe'),
    /^ipcbench\.config\.json is not valid JSON \(.*\)\. See "ipcbench\.config\.json" in ci\/README\.md\.$/m,
  );
  await refuses(
    ground,
    gate('pipe', '--config', 'other.json'),
    /^other\.json cannot be read \(ENOENT\)\. Name an existing file with --config\.$/m,
  );
});

test('a case that base has and head lacks closes the gate, and is told', async (ground) => {
  writeFileSync(join(ground.cwd, 'mine.mjs'), coreTransport('mine'));
  const result = await runToEnd(ground, gate('--base', 'transport=./mine.mjs'));
  assert.is(result.exitCode, 3, result.stderr);
  assert.match(
    result.stdout.replace(/\s+/g, ' '),
    /Not comparable: head lacks 4 comparisons or checks that base has\..*Base has it and head does not/,
  );
  const added = await runToEnd(ground, gate('pipe', 'mine', '--head', 'transport=./mine.mjs'));
  assert.is(added.exitCode, 0, added.stderr);
});

test('a size that neither side takes closes nothing, whichever side is asked first', async (ground) => {
  const result = await runToEnd(
    ground,
    gate('unix-dgram').map((arg) => (arg === '64' ? '64,1MiB' : arg)),
  );
  assert.is(result.exitCode, 0, result.stderr);
  const found = gateIn(ground).comparisons.find((one) => one.caseId.includes('1MiB'));
  assert.equal([found?.verdict, found?.lackedBy], ['incomparable', 'both']);
  assert.match(
    found?.reason ?? '',
    /^This case runs on neither side on this machine: A message of 1MiB is larger than unix-dgram accepts/,
  );
});

test("options that contradict each other, select nothing, or are no option's value", async (ground) => {
  await refuses(
    ground,
    gate('pipe', '--base', 'env.A=1', '--baseline', 'b'),
    /^--base and --baseline were both given, but head is compared with only one of them\. Leave one out\.$/m,
  );
  await refuses(ground, gate('pipe', '--update'), /^--update needs --baseline <directory>, which is not given\.$/m);
  await refuses(
    ground,
    gate('pipe', '--gated', 'unix-stream/*'),
    /^'unix-stream\/\*' matches no comparison, so its rule has no effect\. Ids look like pipe\/native\/ping-pong\/64B\/same-cpu#round-trip; \* matches anything\.$/m,
  );
  await refuses(ground, gate('pipe', '--budget', 'nothing'), /^--budget nothing: 'nothing' is not a budget\./m);
  await refuses(
    ground,
    gate('pipe', '--budget', '*#cpu=500%'),
    /^--budget \*#cpu=500%: a budget of 500 % would let everything pass/m,
  );
  await refuses(
    ground,
    ['gate', 'pipe', '--effort', 'fast'],
    /No effort is called 'fast'\. .*quick, default, thorough/,
  );
  await refuses(ground, ['gate', 'pipe', '--checks', 'all'], /No set of checks is called 'all'/);
  await refuses(ground, ['gate', 'pipe', '--fail-on', 'regressed'], /No reason to fail is called 'regressed'/);
  await refuses(
    ground,
    gate('pipe', '--head', 'wrap=true'),
    /^--head wrap=true does not run a command with the descriptors .* \(it ended without running the command\)/m,
  );
  await refuses(
    ground,
    gate('pipe', '--head', 'env.LD_PRELOAD=./absent.so'),
    /^--head env\.LD_PRELOAD=\.\/absent\.so: object '\.\/absent\.so' from LD_PRELOAD cannot be preloaded/m,
  );
  await refuses(ground, gate('pipe', '--head', 'transport={tree}/a.mjs'), /^--head uses \{tree\} without git=/m);
  await refuses(ground, gate('pipe', '--driver', 'js'), /^None of pipe has the driver js\./m);
  await refuses(
    ground,
    gate('pipe', '--baseline', 'b', '--update', '--control', 'nothing'),
    /^--control names 'nothing', which is not a transport of this installation/m,
  );
  await refuses(
    ground,
    gate('pipe', '--baseline', 'b', '--update'),
    /^pipe\/native\/ping-pong\/64B\/same-cpu would be its own control transport, .* A baseline is for your own code/m,
  );
  assert.not.ok(existsSync(join(ground.cwd, 'b')));
});

test.run();
