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
      'select this transport, like the named ones: a name, ./mine.js, or an installed ipcbench-transport-* ' +
        'package; repeats',
      collect,
    )
    .option(
      '--cpus <list>',
      'CPUs that the peers may be pinned to, like 2,3 (default: all CPUs of this process)',
      parseCpus,
    )
    .option(
      '--timeout <duration>',
      'timeout for connecting and for each phase, on top of warm-up and window, like 5s; above 30s it also ' +
        'raises the stall timeout of checks',
      (text) => parsePositiveDuration(text, 'ms'),
      timeoutMs,
    )
    .option(
      '--seed <n>',
      'seed for the order of launches and for the payloads; the report contains it (default: random)',
      parseSeed,
    )
    .option('--out <directory>', `where ${out.holds}`, out.default)
    .option('--full', 'print every table and deviation, not only a summary of 45 lines')
    .option('--json', 'print the report as JSON instead of the summary');
}

export function addTimeBudget(
  command: Command,
  how = 'with fewer launches if necessary, which the report states',
): Command {
  return command.option('--time-budget <duration>', `finish within this time, ${how}; like 60s or 2m`, (text) =>
    parsePositiveDuration(text, 's'),
  );
}

export function addPrecision(command: Command): Command {
  return command.option(
    '--precision <percent>',
    'measure until the interval of each ratio to the fastest transport is at most this far from the ratio, ' +
      'like 3%; at most 10 minutes without --time-budget',
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
