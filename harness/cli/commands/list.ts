import { fileURLToPath } from 'node:url';
import { Argument, type Command } from 'commander';
import { platformProblem } from '../../plan/platform.js';
import { driversOf } from '../../plan/plan.js';
import { loadConformance } from '../../discovery/load-conformance.js';
import { isTransportModule, loadTransports, type LoadedTransport } from '../../discovery/load-transports.js';
import { loadWorkloads } from '../../discovery/load-workloads.js';
import { printableLines } from '../../../reports/printable.js';
import { UserError } from '../../user-error.js';
import type { Invocation } from '../invocation.js';
import { namesFrom } from '../parse-options.js';
import { collect } from '../shared-options.js';

const KINDS = ['transports', 'workloads', 'checks'] as const;
type Kind = (typeof KINDS)[number];

export function addList(program: Command, invocation: Invocation): void {
  program
    .command('list')
    .description('list transports, workloads and checks')
    .addArgument(
      new Argument('[kind]', KINDS.join(', ')).argParser(
        (text) => namesFrom(text, KINDS, 'list', `ipcbench list takes ${KINDS.join(', ')}`)[0],
      ),
    )
    .option(
      '--transport <module>',
      'also load this module and show its transport: ./mine.js, or an installed ipcbench-transport-* ' +
        'package; repeats',
      collect,
    )
    .addHelpText('after', '\nExamples: ipcbench list checks\n          ipcbench list transports --transport ./mine.js')
    .action(async (kind: Kind | undefined, { transport: modules = [] }: { readonly transport?: readonly string[] }) => {
      refuseIdleModules(kind, modules);
      const parts = await Promise.all(
        KINDS.filter((one) => kind === undefined || one === kind).map(
          async (one) => `${one}\n${table(await LISTS[one](modules))}`,
        ),
      );
      invocation.stdout.write(`${printableLines(parts.join('\n\n'))}\n`);
    });
}

/** Throws UserError for what is no module, and for a list that has none. */
function refuseIdleModules(kind: Kind | undefined, modules: readonly string[]): void {
  const name = modules.find((text) => !isTransportModule(text));
  if (name !== undefined)
    throw new UserError(
      `--transport takes a module here, such as ./${name}.js; built-in names like '${name}' are always listed.`,
    );
  if (modules.length > 0 && kind !== undefined && kind !== 'transports')
    throw new UserError(
      `--transport applies to the list of transports, not to ${kind}. Run 'ipcbench list transports ` +
        `--transport ${modules[0] ?? ''}'.`,
    );
}

const LISTS: Readonly<Record<Kind, (modules: readonly string[]) => Promise<readonly (readonly [string, string])[]>>> = {
  transports: async (modules) => {
    const { transports, failures } = await loadTransports({ modules });
    if (failures.length > 0) throw new UserError(failures.map(({ message }) => message).join('\n'), 2);
    return transports.map((loaded) => [loaded.transport.name, describeTransport(loaded)]);
  },
  workloads: async () => (await loadWorkloads()).map((workload) => [workload.name, workload.summary]),
  checks: async () => {
    const { checks, procedures } = await loadConformance();
    const all = [
      ...checks.map((check) => ({ check, on: 'every transport it applies to' })),
      ...procedures.map(({ check }) => ({ check, on: check.subjects.join(', ') })),
    ];
    return all
      .sort((a, b) => (a.check.id < b.check.id ? -1 : 1))
      .map(({ check, on }) => [check.id, `${check.level}: ${check.guarantee} (${on})`] as const);
  },
};

function describeTransport({ transport, module, origin }: LoadedTransport): string {
  const elsewhere = platformProblem(transport, process.platform);
  return [
    `${transport.summary} (${driversOf(transport).join(', ')})`,
    ...(transport.reference === undefined ? [] : [`Reference: ${transport.reference}`]),
    ...(origin === 'user' ? [`Loaded from ${module.startsWith('file:') ? fileURLToPath(module) : module}`] : []),
    ...(elsewhere === null ? [] : [elsewhere.reason]),
  ].join(' ');
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`).join('\n');
}
