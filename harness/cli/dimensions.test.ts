import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { parseConfig } from '../../ci/gate/config.js';
import { termsOf } from '../../ci/gate/rules.js';
import { matchesSelector } from '../../ci/gate/selectors.js';
import { caseIdentity } from '../../reports/schema/shared-parts.js';
import type { Setting, Transport, Workload } from '../model/index.js';
import { makePlan } from '../plan/plan.js';
import { settingArguments } from '../plan/settings.js';
import { methodOf } from '../stats/method.js';
import { loadSettings } from '../discovery/load-settings.js';
import { loadWorkloads } from '../discovery/load-workloads.js';
import { addBench } from './commands/bench.js';
import { addGate } from './commands/gate.js';
import type { Invocation } from './invocation.js';
import { chosenSettings } from './setting-options.js';

/** What somebody adds: one file each. */
const WORKLOAD = `
export const burst = {
  name: 'burst',
  summary: 'Silence, then many at once.',
  brief: 'silence, then many at once',
  figure: { name: 'burst', kind: 'latency', unit: 'ns', better: 'less', clock: 'initiator' },
  methodRevision: 2,
  sizesBytes: { native: [128], addon: [128], js: [128] },
  headlineBytes: 128,
  gate: { sizeBytes: 256, advisory: [{ placement: 'same-cpu', metrics: ['cpu'], reason: 'it sleeps between' }] },
  method: (one, size) => 'Bursts of ' + size + '.',
};`;
const SETTING = `
export const wait = {
  name: 'wait-for',
  values: ['block', 'spin'],
  default: 'block',
  help: 'block: sleeps; spin: looks again and again',
  appliesTo: ({ driver }) => driver === 'native',
  notApplicable: 'Only the core spins. Ask for --driver native.',
  argv: (value) => (value === 'block' ? [] : ['--wait-for', value]),
  method: (value) => (value === 'spin' ? 'Both peers looked again and again.' : null),
};`;

interface Added {
  root: string;
  workloads: readonly Workload[];
  settings: readonly Setting[];
}

const added = suite<Added>('one file adds a workload, and one a setting');
added.before(async (context) => {
  context.root = mkdtempSync(join(tmpdir(), 'ipcbench-added-'));
  for (const [folder, text] of [
    ['workloads', WORKLOAD],
    ['settings', SETTING],
  ] as const) {
    mkdirSync(join(context.root, folder));
    writeFileSync(join(context.root, folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(context.root, folder, 'added.js'), text);
  }
  const url = pathToFileURL(`${context.root}/`);
  context.workloads = await loadWorkloads(url);
  context.settings = await loadSettings(url);
});
added.after(({ root }) => rmSync(root, { recursive: true }));

function commandOf(add: (program: Command, invocation: Invocation) => void, { workloads, settings }: Added): Command {
  const program = new Command().exitOverride();
  const { stdout, stderr } = process;
  add(program, { argv: [], stdout, stderr, workloads, settings, exit: () => undefined });
  const [command] = program.commands;
  if (command === undefined) throw new Error('No command was added.');
  return command;
}

const guarantees = {
  framing: 'stream',
  ordered: true,
  reliable: true,
  eof: true,
  duplex: true,
  atomicWriteBytes: null,
  maxMessageBytes: null,
  backpressure: 'blocks',
} as const;
const pipe: Transport = { name: 'pipe', summary: '', platforms: ['linux'], guarantees, coreDrivers: ['native'] };

function planOf({ workloads, settings }: Added, values: readonly string[]): ReturnType<typeof makePlan> {
  return makePlan({
    selections: [
      {
        transports: [pipe],
        drivers: ['native'],
        workloads,
        sizesBytes: workloads[0]?.sizesBytes.native ?? [],
        placements: ['same-cpu'],
        settings: settings.map((setting) => ({ setting, values })),
        timing: { warmupMs: 1, windowMs: 5 },
        launches: 1,
      },
    ],
    seed: 1,
    platform: 'linux',
    placementProblem: () => null,
  });
}

added('bench, compare and gate have the option, and help that names both', (context) => {
  for (const add of [addBench, addGate]) {
    const command = commandOf(add, context);
    const help = command.helpInformation().replace(/\s+/g, ' ');
    assert.match(help, /--wait-for <list> block: sleeps; spin: looks again and again \(default: block\)/);
    assert.match(help, /--workload <list> burst/);
    command.parseOptions(['--wait-for', 'block,spin']);
    assert.equal(
      chosenSettings(command.opts(), context.settings).map(({ values }) => values),
      [['block', 'spin']],
    );
    assert.throws(() => command.parseOptions(['--wait-for', 'spinn']), /'spinn'.*Did you mean 'spin'\?.*block, spin/);
  }
  assert.match(commandOf(addGate, context).helpInformation().replace(/\s+/g, ' '), /--size <list> [^-]*256B/);
});

added('ids, peer arguments and the method follow', (context) => {
  const { cases } = planOf(context, ['block', 'spin']);
  assert.equal(
    cases.map(({ id }) => id),
    ['pipe/native/burst/128B/same-cpu', 'pipe/native/burst/128B/same-cpu/wait-for=spin'],
  );
  assert.equal(
    cases.map((one) => settingArguments(one, context.settings)),
    [[], ['--wait-for', 'spin']],
  );
  const [workload] = context.workloads;
  if (workload === undefined) return assert.unreachable();
  const about = {
    workload,
    settings: context.settings,
    timing: { warmupMs: 1, windowMs: 5 },
    launches: 1,
    cpus: { initiator: null, responder: null, relation: 'unpinned' },
  } as const;
  const methods = cases.map((one) => methodOf({ ...about, case: one }));
  assert.match(methods[0] ?? '', /Bursts of 128B\. Method revision 2\.$/);
  assert.match(methods[1] ?? '', /Bursts of 128B\. Both peers looked again and again\. Method revision 2\.$/);
});

added('a report keeps the case as it is, and one from before has no settings', (context) => {
  for (const one of planOf(context, ['block', 'spin']).cases) {
    const read: unknown = JSON.parse(JSON.stringify(one));
    assert.equal(v.parse(caseIdentity(), read), one);
  }
  const [usual] = planOf(context, ['block']).cases;
  assert.equal(Object.keys(usual ?? {}).sort(), [
    'driver',
    'id',
    'methodRevision',
    'placement',
    'sizeBytes',
    'transport',
    'verify',
    'workload',
  ]);
});

added("a gate's config, rules and selectors know both", (context) => {
  const names = context.settings.map(({ name }) => name);
  const text = JSON.stringify({ gate: { 'wait-for': 'spin', workload: 'burst' } });
  const config = parseConfig(text, names);
  assert.equal(config, { workload: 'burst', settings: { 'wait-for': 'spin' } });
  assert.equal(
    chosenSettings({}, context.settings, config.settings).map(({ values }) => values),
    [['spin']],
  );
  assert.throws(() => parseConfig(text, []), /no key 'wait-for'/);
  const [, spinning] = planOf(context, ['block', 'spin']).cases;
  if (spinning === undefined) return assert.unreachable();
  assert.ok(matchesSelector('pipe/*/wait-for=spin', `${spinning.id}#cpu`));
  assert.is(termsOf(spinning, 'cpu', [], context.workloads).advisoryReason, 'it sleeps between');
  assert.is(termsOf(spinning, 'round-trip', [], context.workloads).isGated, true);
});

added.run();
