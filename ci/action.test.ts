// test-deadline-s: 240
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { validateAction } from '@action-validator/core';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { plausibleGate } from '../reports/golden/gate-fixture.js';
import { parseGate } from '../reports/schema/parse-gate.js';

const actionPath = fileURLToPath(new URL('../../ci', import.meta.url));
const realCli = fileURLToPath(new URL('../../harness/cli/ipcbench.mjs', import.meta.url));
const source = readFileSync(join(actionPath, 'action.yml'), 'utf8');

interface Step {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly shell?: string;
  readonly 'working-directory'?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const action = parse(source) as Action;
const { steps } = action.runs;
const scripts = steps.flatMap((step) => step.run ?? []);

const text = suite('action.yml');

text('is an action by the schema of GitHub Actions', () => {
  assert.equal(validateAction(source).errors, []);
  assert.ok(
    validateAction(source.replace('using: composite', 'using: shell')).errors.length > 0,
    'the validator refuses nothing',
  );
});

text('puts no expression into a script: inputs come by the environment', () => {
  assert.is(scripts.length, 3);
  for (const script of scripts) assert.not.match(script, /\$\{\{/);
  for (const name of readdirSync(join(actionPath, 'action')))
    assert.not.match(readFileSync(join(actionPath, 'action', name), 'utf8'), /\$\{\{|\beval\b/, name);
});

text('uses every input that it has, and has every one that it uses', () => {
  const used = new Set([...source.matchAll(/\binputs\.([a-z-]+)/g)].map(([, name]) => name ?? ''));
  assert.equal([...used].sort(), Object.keys(action.inputs).sort());
});

text('gives every variable that its scripts read, and none that they do not', () => {
  const read = new Set(
    [
      ...scripts,
      ...readdirSync(join(actionPath, 'action')).map((name) => readFileSync(join(actionPath, 'action', name), 'utf8')),
    ].flatMap((script) => [...script.matchAll(/\bIPCBENCH_[A-Z_]+/g)].map(([name]) => name)),
  );
  const given = new Set(steps.flatMap((step) => Object.keys(step.env ?? {})));
  assert.equal([...given].sort(), [...read].sort());
});

text('describes every input, and every option of its scripts is one that the gate takes', async () => {
  for (const [name, input] of Object.entries(action.inputs)) {
    assert.match(input.description, /^[a-zA-Z].{10,}\.$/, name);
    assert.type(input.default, 'string', name);
  }
  const { stdout: help } = await execa(process.execPath, [realCli, 'gate', '--help']);
  const options = [
    ...readFileSync(join(actionPath, 'action/gate.sh'), 'utf8').matchAll(
      /(?<=^option(?:_for_each_line)? |arguments\+=\()--[a-z-]+/gm,
    ),
  ].map(([option]) => option);
  assert.ok(options.length >= 17, options.join(' '));
  for (const option of options) assert.match(help, new RegExp(`^  ${option}\\b`, 'm'), option);
});

text('names every action it uses by its major version', () => {
  for (const { uses } of steps) if (uses !== undefined) assert.match(uses, /^actions\/[a-z-]+@v\d+$/);
});

text.run();

const run = suite<{ folder: string }>('the steps, run for real');

run.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'act-'));
});

run.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly exitCode: number;
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly uploaded: string | null;
  readonly stdout: string;
  readonly workspace: string;
}

/**
 * Runs the action as a runner would: expressions put in, steps in order, outputs by file; `uses` steps are only noted.
 */
async function runAction(
  folder: string,
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const workspace = join(folder, 'workspace');
  mkdirSync(workspace, { recursive: true });
  const outputs: Record<string, Record<string, string>> = {};
  let uploaded: string | null = null;
  let exitCode = 0;
  let stdout = '';
  const value = (expression: string): string => {
    const [root, first = '', , last = ''] = expression.split('.');
    return root === 'inputs' ? (inputs[first] ?? action.inputs[first]?.default ?? '') : (outputs[first]?.[last] ?? '');
  };
  const evaluate = (written: string): string =>
    written.replace(/\$\{\{ *([a-z.-]+) *\}\}/g, (_, expression: string) => value(expression));
  for (const step of steps) {
    const conditions = [...(step.if ?? '').matchAll(/([a-z.-]+) != ''/g)].map(([, expression]) =>
      value(expression ?? ''),
    );
    if (conditions.includes('') || (exitCode !== 0 && step.if?.includes('always()') !== true)) continue;
    if (step.uses?.startsWith('actions/upload-artifact') === true) uploaded = evaluate(step.with?.['path'] ?? '');
    if (step.run === undefined) continue;
    const outputFile = join(folder, 'output');
    writeFileSync(outputFile, '');
    const result = await execa('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
      cwd: join(workspace, evaluate(step['working-directory'] ?? '.')),
      env: {
        PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
        RUNNER_TEMP: join(folder, 'temp'),
        GITHUB_ACTION_PATH: actionPath,
        GITHUB_OUTPUT: outputFile,
        GITHUB_ACTIONS: 'true',
        ...env,
        ...Object.fromEntries(Object.entries(step.env ?? {}).map(([name, written]) => [name, evaluate(written)])),
      },
      reject: false,
    });
    stdout += `${result.stdout}\n${result.stderr}\n`;
    exitCode = result.exitCode ?? -1;
    outputs[step.id ?? ''] = Object.fromEntries(
      readFileSync(outputFile, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
  }
  return { exitCode, outputs, uploaded, stdout, workspace };
}

/**
 * An npm that notes what it was asked for and installs a command which notes what it was given, writes a gate.json and
 * ends as told.
 */
function fakeNpm(folder: string): { installed(): readonly string[]; given(): readonly string[] } {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  const cli = join(folder, 'temp/ipcbench/node_modules/ipcbench/harness/cli');
  writeFileSync(join(folder, 'gate.json'), JSON.stringify(plausibleGate()));
  writeFileSync(
    join(folder, 'fake-cli.mjs'),
    `import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
writeFileSync(${JSON.stringify(join(folder, 'given'))}, JSON.stringify(process.argv.slice(2)));
const out = process.argv.find((word) => word.startsWith('--out='))?.slice(6) ?? 'ipcbench-gate';
const code = Number(process.env.FAKE_EXIT ?? 0);
if (code !== 2) { mkdirSync(out, { recursive: true }); ` +
      `copyFileSync(${JSON.stringify(join(folder, 'gate.json'))}, out + '/gate.json'); }
process.exit(code);\n`,
  );
  writeFileSync(
    join(folder, 'bin/npm'),
    `#!/bin/sh\nprintf '%s\\n' "$@" > '${join(folder, 'installed')}'\nmkdir -p '${cli}' && cp ` +
      `'${join(folder, 'fake-cli.mjs')}' '${cli}/ipcbench.mjs'\n`,
  );
  chmodSync(join(folder, 'bin/npm'), 0o755);
  return {
    installed: () => readFileSync(join(folder, 'installed'), 'utf8').trimEnd().split('\n'),
    given: () => JSON.parse(readFileSync(join(folder, 'given'), 'utf8')) as readonly string[],
  };
}

const { version } = JSON.parse(readFileSync(join(actionPath, '../package.json'), 'utf8')) as { version: string };

run('without inputs install this release beside the workspace, and gate with the defaults', async ({ folder }) => {
  const npm = fakeNpm(folder);
  const { exitCode, outputs, uploaded, workspace } = await runAction(folder, {});
  assert.is(exitCode, 0);
  assert.equal(npm.installed(), [
    'install',
    '--no-audit',
    '--no-fund',
    '--prefix',
    join(folder, 'temp/ipcbench'),
    '--',
    `ipcbench@${version}`,
  ]);
  assert.equal(npm.given(), ['gate', '--out=ipcbench-gate']);
  assert.equal(outputs['gate'], { 'exit-code': '0', path: join(workspace, 'ipcbench-gate'), verdict: 'regressed' });
  assert.is(uploaded, join(workspace, 'ipcbench-gate'));
});

run('hand on every input as one word, a line each where there may be several', async ({ folder }) => {
  const npm = fakeNpm(folder);
  await runAction(folder, {
    base: 'git=main\n  build=npm ci && npm run build  \n\ntransport=dist/mine.js\r\n',
    head: 'transport=dist/mine.js',
    transports: 'mine\n unix-stream  pipe\n',
    budget: '5%\nunix-*#cpu=3%',
    'fail-on': 'inconclusive,improved',
    'time-budget': '5m',
    update: 'true',
    package: './ipcbench.tgz',
  });
  assert.is(npm.installed().at(-1), './ipcbench.tgz');
  assert.equal(npm.given(), [
    'gate',
    '--base=git=main',
    '--base=build=npm ci && npm run build',
    '--base=transport=dist/mine.js',
    '--head=transport=dist/mine.js',
    '--budget=5%',
    '--budget=unix-*#cpu=3%',
    '--time-budget=5m',
    '--fail-on=inconclusive,improved',
    '--out=ipcbench-gate',
    '--update',
    '--',
    'mine',
    'unix-stream',
    'pipe',
  ]);
});

run('take no input for a command, a pattern or an option', async ({ folder }) => {
  const npm = fakeNpm(folder);
  const hostile = '$(touch pwned) `touch pwned` ; touch pwned #"\'\\ ${HOME} * --help';
  const { workspace } = await runAction(folder, {
    base: hostile,
    transports: `--out=/tmp * ${hostile}`,
    effort: hostile,
    package: '--prefix=/tmp',
    out: 'a b',
  });
  assert.equal(readdirSync(workspace), ['a b']);
  assert.is(npm.installed().at(-2), '--');
  const given = npm.given();
  assert.is(given[1], `--base=${hostile}`);
  assert.equal(given.slice(given.indexOf('--')), ['--', '--out=/tmp', '*', ...hostile.split(' ')]);
});

run('keep the report of a gate that is closed, and then fail with its exit code', async ({ folder }) => {
  for (const code of [1, 3, 4, 5, 6]) {
    fakeNpm(folder);
    const { exitCode, uploaded } = await runAction(folder, {}, { FAKE_EXIT: String(code) });
    assert.is(exitCode, code);
    assert.ok(uploaded !== null && existsSync(join(uploaded, 'gate.json')));
  }
});

run('after wrong usage upload nothing, not even what another run left', async ({ folder }) => {
  fakeNpm(folder);
  mkdirSync(join(folder, 'workspace/ipcbench-gate'), { recursive: true });
  writeFileSync(join(folder, 'workspace/ipcbench-gate/gate.json'), '{}');
  const { exitCode, uploaded } = await runAction(folder, {}, { FAKE_EXIT: '2' });
  assert.equal([exitCode, uploaded], [2, null]);
  const unclear = await runAction(folder, { update: 'yes' });
  assert.is(unclear.exitCode, 2);
  assert.match(unclear.stdout, /^::error title=ipcbench::The input update takes true or false\./m);
});

run('upload nothing where no artifact is named, and run where they are told to', async ({ folder }) => {
  fakeNpm(folder);
  mkdirSync(join(folder, 'workspace/packages/a'), { recursive: true });
  const { uploaded, outputs } = await runAction(folder, { artifact: '', 'working-directory': 'packages/a' });
  assert.is(uploaded, null);
  assert.is(outputs['gate']?.['path'], join(folder, 'workspace/packages/a/ipcbench-gate'));
});

run('stop where ipcbench cannot be installed', async ({ folder }) => {
  fakeNpm(folder);
  writeFileSync(join(folder, 'bin/npm'), '#!/bin/sh\nexit 7\n');
  const { exitCode, outputs } = await runAction(folder, {});
  assert.is(exitCode, 7);
  assert.is(outputs['gate'], undefined);
});

run('make a real gate of it: gate.json, annotations, and the summary of the job', async ({ folder }) => {
  // npm is the one part that is not real: the command it would install is this repository's own.
  fakeNpm(folder);
  writeFileSync(join(folder, 'fake-cli.mjs'), `await import(${JSON.stringify(realCli)});\n`);
  const summary = join(folder, 'summary.md');
  const { uploaded, outputs, stdout } = await runAction(
    folder,
    {
      transports: 'pipe',
      workload: 'ping-pong',
      effort: 'quick',
      checks: 'none',
      'time-budget': '4s',
      head: 'env.IPCBENCH_ACTION_TEST=1',
    },
    { GITHUB_STEP_SUMMARY: summary, HOME: folder },
  );
  const gate = parseGate(readFileSync(join(uploaded ?? '', 'gate.json'), 'utf8'));
  assert.equal(gate.head.settings, ['env.IPCBENCH_ACTION_TEST=1']);
  assert.is(outputs['gate']?.['verdict'], gate.verdict, stdout);
  assert.ok(readFileSync(summary, 'utf8').startsWith('### '));
  assert.ok(readdirSync(uploaded ?? '').includes('gate.html'));
});

run.run();
