import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { validateWorkflow } from '@action-validator/core';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { CONFIG_KEYS, parseConfig } from './gate/config.js';
import { plausibleGate } from '../reports/golden/gate-fixture.js';
import { renderGate } from '../reports/render-gate.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(join(root, 'ci/README.md'), 'utf8');
const cli = join(root, 'harness/cli/ipcbench.mjs');

function blocks(language: string): readonly string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, text]) => text ?? '',
  );
}

test('every option that the page gives to a gate or a comparison is one that it takes', async () => {
  const commands = [...readme.replaceAll('\\\n', ' ').matchAll(/\bipcbench (gate|compare|report) ([^\n`]*)/g)].map(
    ([, command = '', rest = '']) => ({
      command,
      options: [...rest.replace(/'[^']*'/g, "''").matchAll(/(?<= )--[a-z-]+/g)].map(([option]) => option),
    }),
  );
  assert.ok(commands.length >= 6);
  for (const command of new Set(commands.map((one) => one.command))) {
    const { stdout: help } = await execa(process.execPath, [cli, command, '--help']);
    for (const option of commands.filter((one) => one.command === command).flatMap((one) => one.options))
      assert.match(help, new RegExp(`^  ${option}\\b`, 'm'), `${command} ${option}`);
  }
});

test('every workflow on the page is one, and names inputs that the action has', () => {
  const action = parse(readFileSync(join(root, 'ci/action.yml'), 'utf8')) as {
    readonly inputs: Readonly<Record<string, unknown>>;
  };
  const workflows = blocks('yaml').filter((text) => text.includes('OWNER/ipcbench'));
  assert.is(workflows.length, 2);
  for (const text of workflows) {
    // The second shows its steps alone.
    const whole = `on: pull_request\n${text.startsWith('jobs:') ? text : `jobs:\n  ipc:\n    runs-on: ubuntu-latest\n    steps:\n${text}`}`;
    assert.equal(validateWorkflow(whole).errors, []);
    const { jobs } = parse(whole) as {
      readonly jobs: {
        readonly ipc: { readonly steps: readonly { readonly uses?: string; readonly with?: object }[] };
      };
    };
    const ours = jobs.ipc.steps.filter((step) => step.uses?.startsWith('OWNER/') === true);
    assert.is(ours.length, 1);
    for (const input of Object.keys(ours[0]?.with ?? {})) assert.ok(input in action.inputs, input);
  }
});

test('the pipeline for GitLab is YAML and reads files that a gate writes', () => {
  const [pipeline] = blocks('yaml').filter((text) => text.startsWith('ipc-gate:'));
  const { 'ipc-gate': job } = parse(pipeline ?? '') as {
    readonly 'ipc-gate': { readonly artifacts: { readonly reports: Readonly<Record<string, string>> } };
  };
  const written = renderGate(plausibleGate()).map((file) => `ipcbench-gate/${file.name}`);
  for (const path of Object.values(job.artifacts.reports)) assert.ok(written.includes(path), path);
});

test('Otava is told of columns that a gate writes, and that less is better', () => {
  const [config] = blocks('yaml').filter((text) => text.startsWith('tests:'));
  const { ipc } = (
    parse(config ?? '') as {
      readonly tests: {
        readonly ipc: {
          readonly time_column: string;
          readonly attributes: readonly string[];
          readonly metrics: Readonly<Record<string, { readonly column: string; readonly direction: number }>>;
        };
      };
    }
  ).tests;
  const header =
    renderGate(plausibleGate())
      .find((file) => file.name === 'gate.otava.csv')
      ?.content.split('\n')[0]
      ?.split(',') ?? [];
  for (const column of [
    ipc.time_column,
    ...ipc.attributes,
    ...Object.values(ipc.metrics).map((metric) => metric.column),
  ])
    assert.ok(header.includes(column), column);
  assert.ok(Object.values(ipc.metrics).every((metric) => metric.direction === -1));
});

test('the configuration on the page is one', () => {
  const [config] = blocks('json');
  assert.equal(parseConfig(config ?? '').rules?.length, 3);
  for (const key of CONFIG_KEYS) assert.ok(config?.includes(`"${key}"`) === true || readme.includes(`\`${key}\``), key);
});

test('every file that a gate writes is on the page', () => {
  for (const { name } of renderGate(plausibleGate())) assert.ok(readme.includes(`\`${name}\``), name);
});

test('the script on the page is shell', async () => {
  const [script] = blocks('sh');
  await execa('sh', ['-n'], { input: script ?? 'missing' });
  assert.ok((script ?? '').trimEnd().split('\n').length <= 11);
});

test.run();
