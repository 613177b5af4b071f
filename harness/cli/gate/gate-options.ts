import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { parseConfig, parseShare, UnknownKey, type GateConfig } from '../../../ci/gate/config.js';
import { DEFAULT_BUDGET, type Rule } from '../../../ci/gate/rules.js';
import { SCHEDULES } from '../../../ci/gate/schedule.js';
import type { Driver, Placement, Setting, Workload } from '../../model/index.js';
import { UserError } from '../../user-error.js';
import { unknownName } from '../../discovery/nearest.js';
import {
  listOf,
  namesFrom,
  parseDrivers,
  parseDuration,
  parsePlacements,
  parsePositiveDuration,
  parseSizes,
} from '../parse-options.js';
import { addSettings, chosenSettings } from '../setting-options.js';
import { addSharedOptions, addTimeBudget, type SharedOptions } from '../shared-options.js';
import { sizesHelp, workloadNamesHelp } from '../workload-help.js';
import { systemReason } from '../../saving/system-reason.js';
import type { Checks, Effort, FailOn } from '../../comparison/choices.js';
import { VARIANT_KEYS } from '../../comparison/sides/parse-variant.js';
import { GATE_TIMING, type CaseOptions } from '../../comparison/cases/gate-cases.js';

/** What commander hands over for the options that `gate` and `compare` share. */
export interface ComparingOptions extends SharedOptions {
  readonly workload?: string;
  readonly size?: readonly number[];
  readonly placement?: readonly Placement[];
  readonly driver?: readonly Driver[];
  readonly duration?: number;
  readonly warmup?: number;
  readonly effort?: Effort;
  readonly timeBudget?: number;
  readonly budget?: readonly Rule[];
  readonly checks?: Checks;
}

const EFFORTS: readonly Effort[] = ['quick', 'default', 'thorough'];
const CHECKS: readonly Checks[] = ['none', 'delivery', 'quick'];
const FAIL_ON: readonly FailOn[] = ['inconclusive', 'improved'];
export const DEFAULT_GATE_OUT = 'ipcbench-gate';
export const CONFIG_FILE = 'ipcbench.config.json';

const collectRule = (value: string, before: readonly Rule[] | undefined): readonly Rule[] => [
  ...(before ?? []),
  parseBudgetRule(value),
];

export const variantHelp = (): string =>
  ['Keys of a variant:', ...Object.entries(VARIANT_KEYS).map(([key, use]) => `  ${`${key}=`.padEnd(11)} ${use}`)].join(
    '\n',
  );

/** `15ms native, 60ms addon, 60ms js` */
const timingHelp = (part: 'warmupMs' | 'windowMs'): string =>
  Object.entries(GATE_TIMING)
    .map(([driver, timing]) => `${timing[part]}ms ${driver}`)
    .join(', ');

/** `quick 40, default 100, thorough 250` */
const effortHelp = (): string =>
  EFFORTS.map((effort) => `${effort} ${SCHEDULES[effort].at(-1)?.pairs ?? 0}`).join(', ');

/** What the options are made of. */
interface Dimensions {
  readonly workloads: readonly Workload[];
  readonly settings: readonly Setting[];
}

export function addComparingOptions(command: Command, { workloads, settings }: Dimensions): Command {
  command
    .option('--workload <list>', workloadNamesHelp(workloads))
    .option(
      '--size <list>',
      `bytes of one write (default: ${sizesHelp(workloads, ({ gate }) => [gate.sizeBytes])})`,
      parseSizes,
    )
    .option('--placement <list>', 'same-cpu, cross-cpu, free (default: same-cpu, which varies least)', parsePlacements)
    .option(
      '--driver <list>',
      'native, addon, js (default: what the variants change: js and addon for runtime=, the drivers of a module, ' +
        'else native)',
      parseDrivers,
    )
    .option('--duration <duration>', `measured time of one launch (default: ${timingHelp('windowMs')})`, (text) =>
      parsePositiveDuration(text, 'ms'),
    )
    .option('--warmup <duration>', `warm-up before the window (default: ${timingHelp('warmupMs')})`, (text) =>
      parseDuration(text, 'ms'),
    )
    .option(
      '--budget <share>',
      "largest worsening that passes: 5%, or 'unix-*#cpu=3%' for some comparisons; repeats, later ones win " +
        `(default: ${100 * DEFAULT_BUDGET}%)`,
      collectRule,
    )
    .option(
      '--effort <name>',
      `maximum number of pairs of launches per case: ${effortHelp()}`,
      (text) => namesFrom(text, EFFORTS, 'effort', '--effort takes quick, default, thorough')[0],
    )
    .option(
      '--checks <what>',
      'checks to run on both sides: none, delivery (ordering, loss, corruption), or quick (delivery plus the ' +
        'quick checks) (default: delivery)',
      (text) => namesFrom(text, CHECKS, 'set of checks', '--checks takes none, delivery, quick')[0],
    );
  addSettings(command, settings);
  return addTimeBudget(
    addSharedOptions(command, {
      out: { default: DEFAULT_GATE_OUT, holds: 'gate.json, gate.html, gate.md and the other renderings go' },
    }),
    'by running fewer pairs, which the report states; the build of a git= side is not counted',
  );
}

/** What two recorded reports are still asked: where they are, what may be worse, and where to say so. */
const ASKED_OF_REPORTS: readonly string[] = [
  'base',
  'head',
  'a',
  'b',
  'budget',
  'gated',
  'advisory',
  'failOn',
  'config',
  'out',
  'json',
];

/**
 * Throws UserError for an option that says how to measure, where nothing is measured: left unsaid, its user would
 * believe it.
 */
export function refuseMeasuringOptions(command: Command): void {
  const idle = command.options.find(
    (option) =>
      command.getOptionValueSource(option.attributeName()) === 'cli' &&
      !ASKED_OF_REPORTS.includes(option.attributeName()),
  );
  if (idle !== undefined)
    throw new UserError(
      `${idle.long ?? idle.flags} changes how to measure, but recorded reports are compared without ` +
        'measuring. Leave it out.',
    );
}

/** `5%` for all, or `unix-stream/*#cpu=3%` for what the selector matches. */
function parseBudgetRule(text: string): Rule {
  const at = text.lastIndexOf('=');
  try {
    return at === -1
      ? { select: '*', budget: parseShare(text) }
      : { select: text.slice(0, at), budget: parseShare(text.slice(at + 1)) };
  } catch (cause) {
    throw new UserError(`--budget ${text}: ${(cause as Error).message}.`, 2, { cause });
  }
}

export function parseFailOn(text: string): FailOn[] {
  return namesFrom(text, FAIL_ON, 'reason to fail', '--fail-on takes inconclusive, improved');
}

/** The config named, or the one that lies here; without one, nothing. Throws UserError for a file that is no config. */
export function readConfig(path: string | undefined, settings: readonly Setting[]): GateConfig {
  if (path === undefined && !existsSync(CONFIG_FILE)) return {};
  const file = path ?? CONFIG_FILE;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UserError(
      `${file} cannot be read (${systemReason(cause) ?? String(cause)}). Name an existing file with --config.`,
      2,
      { cause },
    );
  }
  try {
    return parseConfig(
      text,
      settings.map(({ name }) => name),
    );
  } catch (cause) {
    if (cause instanceof UnknownKey)
      throw unknownName(
        `key of ${cause.where === 'It' ? file : `${cause.where.replace(/^A /, 'a ')} in ${file}`}`,
        cause.key,
        cause.known,
        `keys: ${cause.known.join(', ')}`,
      );
    throw new UserError(`${file} ${(cause as Error).message}. See "ipcbench.config.json" in ci/README.md.`, 2, {
      cause,
    });
  }
}

/** The command line wins over the config; what neither says is the default. */
export function caseOptions(
  options: ComparingOptions,
  names: readonly string[],
  settings: readonly Setting[],
  config: GateConfig,
): CaseOptions {
  const workload = options.workload ?? config.workload;
  return {
    transports: names.length > 0 ? names : (config.transports ?? []),
    workloads: workload === undefined ? null : listOf(workload),
    sizesBytes: options.size ?? (config.size === undefined ? null : parseSizes(config.size)),
    placements: options.placement ?? (config.placement === undefined ? null : parsePlacements(config.placement)),
    drivers: options.driver ?? (config.driver === undefined ? null : parseDrivers(config.driver)),
    timing: {
      ...(options.duration === undefined ? {} : { windowMs: options.duration }),
      ...(options.warmup === undefined ? {} : { warmupMs: options.warmup }),
    },
    settings: chosenSettings(options, settings, config.settings),
  };
}
