import { randomInt } from 'node:crypto';
import type { Command } from 'commander';
import { isTransportModule } from '../discovery/load-transports.js';
import { parseCpus, parsePercent, parsePositiveDuration, parseSeed } from './parse-options.js';
import type { SessionOptions } from '../session/session.js';

/** What commander hands over for the options every running command has. */
export interface SharedOptions {
  readonly transport?: readonly string[];
  readonly cpus?: readonly number[];
  readonly timeout: number;
  readonly seed?: number;
  readonly out: string;
  readonly json?: true;
}

export const DEFAULT_OUT = 'ipcbench-report';

/** Of an option that repeats: everything it was given, in order. */
export const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

/** Where a command's defaults differ from those of the others. */
export interface SharedDefaults {
  /** undefined keeps nothing unless asked to. */
  readonly out?: { readonly default: string | undefined; readonly holds: string };
  readonly timeoutMs?: number;
}

const REPORT_OUT = { default: DEFAULT_OUT, holds: 'report.json, report.html, report.md and the charts go' };

export function addSharedOptions(
  command: Command,
  { out = REPORT_OUT, timeoutMs = 5000 }: SharedDefaults = {},
): Command {
  return command
    .option(
      '--transport <name|module>',
      'select this transport, like those named before: a name, ./mine.js, or an installed ipcbench-transport-* ' +
        'package; repeats',
      collect,
    )
    .option('--cpus <list>', 'CPUs the peers may be pinned to, like 2,3 (default: all this process may use)', parseCpus)
    .option(
      '--timeout <duration>',
      'longest time for connecting, for anything beyond warm-up and window, and, from 30s on, without a message ' +
        'in a check',
      (text) => parsePositiveDuration(text, 'ms'),
      timeoutMs,
    )
    .option('--seed <n>', 'orders the launches and keys the payloads; the report names it (default: drawn)', parseSeed)
    .option('--out <directory>', `where ${out.holds}`, out.default)
    .option('--full', 'print every table and deviation, not only a summary of 45 lines')
    .option('--json', 'print the report as JSON instead of the summary');
}

export function addTimeBudget(command: Command, how = 'with fewer launches where it is short, and say so'): Command {
  return command.option('--time-budget <duration>', `end by then, ${how}; like 60s or 2m`, (text) =>
    parsePositiveDuration(text, 's'),
  );
}

export function addPrecision(command: Command): Command {
  return command.option(
    '--precision <percent>',
    'measure until the interval of every ratio to the fastest transport reaches no farther than this from it, ' +
      'like 3%; without --time-budget for 10 minutes at most',
    parsePercent,
  );
}

/** Names and modules may both be given as arguments and by --transport. */
export function splitTransports(
  named: readonly string[],
  options: Pick<SharedOptions, 'transport'>,
): { readonly names: readonly string[]; readonly modules: readonly string[] } {
  const all = [...named, ...(options.transport ?? [])];
  return { names: all.filter((text) => !isTransportModule(text)), modules: all.filter(isTransportModule) };
}

export function rigOptions(
  options: Pick<SharedOptions, 'cpus' | 'timeout'>,
  modules: readonly string[],
): SessionOptions {
  return { cpus: options.cpus ?? null, timeoutMs: options.timeout, transportModules: modules };
}

export function seedOf(options: Pick<SharedOptions, 'seed'>): number {
  return options.seed ?? randomInt(2 ** 32);
}
