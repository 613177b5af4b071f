import { Argument, type Command } from 'commander';
import { driversOf } from '../../plan/plan.js';
import { loadConformance } from '../../suites/load-conformance.js';
import { loadTransports } from '../../suites/load-transports.js';
import { loadWorkloads } from '../../suites/load-workloads.js';
import { printableLines } from '../../../reports/printable.js';
import type { Invocation } from '../invocation.js';
import { namesFrom } from '../parse-options.js';

const KINDS = ['transports', 'workloads', 'checks'] as const;
type Kind = (typeof KINDS)[number];

export function addList(program: Command, invocation: Invocation): void {
  program
    .command('list')
    .description('list transports, workloads and checks')
    .addArgument(new Argument('[kind]', KINDS.join(', ')).argParser((text) => namesFrom(text, KINDS, 'list', `ipcbench list takes ${KINDS.join(', ')}`)[0]))
    .action(async (kind: Kind | undefined) => {
      const parts = await Promise.all(KINDS.filter((one) => kind === undefined || one === kind).map(async (one) => `${one}\n${table(await LISTS[one]())}`));
      invocation.stdout.write(`${printableLines(parts.join('\n\n'))}\n`);
    });
}

const LISTS: Readonly<Record<Kind, () => Promise<readonly (readonly [string, string])[]>>> = {
  transports: async () => (await loadTransports({ modules: [] })).transports.map(({ transport }) => [
    transport.name,
    `${transport.summary} (${driversOf(transport).join(', ')})${transport.reference === undefined ? '' : ` Reference: ${transport.reference}`}`,
  ]),
  workloads: async () => (await loadWorkloads()).map((workload) => [workload.name, workload.summary]),
  checks: async () => {
    const { checks, procedures } = await loadConformance();
    const all = [...checks.map((check) => ({ check, on: 'every transport it applies to' })), ...procedures.map(({ check }) => ({ check, on: check.subjects.join(', ') }))];
    return all.sort((a, b) => (a.check.id < b.check.id ? -1 : 1)).map(({ check, on }) => [check.id, `${check.level}: ${check.promise} (${on})`] as const);
  },
};

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`).join('\n');
}
