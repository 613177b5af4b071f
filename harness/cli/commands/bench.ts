import type { Command } from 'commander';
import type { ChosenSetting, Driver, Placement, Transport, Workload } from '../../model/index.js';
import { driversOf, type Selection } from '../../plan/plan.js';
import { UserError } from '../../user-error.js';
import { finish } from '../finish.js';
import type { Invocation } from '../invocation.js';
import {
  namesFrom,
  parseCount,
  parseDrivers,
  parsePlacements,
  parsePositiveDuration,
  parseDuration,
  parseSizes,
} from '../parse-options.js';
import type { RaceGoal } from '../../runner/race.js';
import { DEFAULT_PLACEMENTS, launchesOf, PROFILES, WARMUP_MS, type ProfileName } from '../profiles.js';
import { makeProgress } from '../progress.js';
import { NOTHING_CHECKED } from '../check-pass.js';
import { run, type RunTime } from '../run.js';
import { namesWithModules, refuseDriverless, selectTransports, selectNames } from '../../discovery/select.js';
import { openSession } from '../../session/session.js';
import { addSettings, chosenSettings } from '../setting-options.js';
import {
  addPrecision,
  addSharedOptions,
  addTimeBudget,
  seedOf,
  rigOptions,
  splitTransports,
  type SharedOptions,
} from '../shared-options.js';
import { sizesHelp, workloadHelp } from '../workload-help.js';

interface BenchOptions extends SharedOptions {
  readonly workload?: string;
  readonly size?: readonly number[];
  readonly placement?: readonly Placement[];
  readonly driver?: readonly Driver[];
  readonly launches?: number;
  readonly duration?: number;
  readonly warmup?: number;
  readonly profile: ProfileName;
  readonly timeBudget?: number;
  readonly precision?: number;
}

/** Beyond the planned blocks, as a share of what they take, for what they left undecided. */
const MORE_SHARE = 0.5;

const PROFILE_NAMES = Object.keys(PROFILES) as ProfileName[];

const profilesHelp = (): string => PROFILE_NAMES.map((name) => `${name} (${PROFILES[name].summary})`).join(', ');

export function addBench(program: Command, invocation: Invocation): void {
  const command = program
    .command('bench [transport...]')
    .description('measure round trips and throughput of the named transports, or of all')
    .option('--workload <list>', workloadHelp(invocation.workloads))
    .option(
      '--size <list>',
      'bytes of one write, including the 32-byte header, like 64, 4k, 64KiB or 1MiB ' +
        `(default: ${sizesHelp(invocation.workloads, ({ sizesBytes }) => sizesBytes.native)})`,
      parseSizes,
    )
    .option(
      '--placement <list>',
      'same-cpu, cross-cpu, free (default: same-cpu and cross-cpu; free for Node-hosted peers)',
      parsePlacements,
    )
    .option(
      '--driver <list>',
      "native (the C++ peer), addon (the same loops inside Node), js (Node's own API) (default: native and js)",
      parseDrivers,
    )
    .option('--launches <n>', 'fresh pairs of processes per case (default: by profile)', (text) =>
      parseCount(text, '--launches', 1, 10_000),
    )
    .option('--duration <duration>', 'measured time of one launch, like 20ms (default: by profile)', (text) =>
      parsePositiveDuration(text, 'ms'),
    )
    .option(
      '--warmup <duration>',
      `warm-up before the window (default: ${Object.entries(WARMUP_MS)
        .map(([driver, ms]) => `${ms}ms ${driver}`)
        .join(', ')})`,
      (text) => parseDuration(text, 'ms'),
    )
    .option(
      '--profile <name>',
      `how many launches, and how long each one is: ${profilesHelp()}`,
      (text) => namesFrom(text, PROFILE_NAMES, 'profile', `--profile takes ${PROFILE_NAMES.join(', ')}`)[0],
      'default',
    )
    .addHelpText(
      'after',
      '\nExample: ipcbench bench pipe unix-stream --size 64,64k --placement same-cpu --launches 20',
    );
  addSettings(command, invocation.settings);
  addPrecision(addTimeBudget(addSharedOptions(command))).action((named: string[], options: BenchOptions) =>
    bench(named, options, invocation),
  );
}

async function bench(named: readonly string[], options: BenchOptions, invocation: Invocation): Promise<void> {
  const { names, modules } = splitTransports(named, options);
  const session = await openSession(rigOptions(options, modules));
  try {
    const chosen = namesWithModules(names, session.transports);
    if (options.driver !== undefined) refuseDriverless(chosen, session.transports, options.driver);
    const transports = selectTransports(chosen, session.transports).map((one) => one.transport);
    const workloadNames = selectNames(
      options.workload?.split(',') ?? [],
      session.workloads.map((one) => one.name),
      'workload',
      "'ipcbench list workloads'",
    );
    const workloads = session.workloads.filter((one) => workloadNames.includes(one.name));
    const outcome = await run(
      {
        command: invocation.argv,
        seed: seedOf(options),
        selections: selectionsOf(transports, workloads, chosenSettings(options, invocation.settings), options),
        checked: NOTHING_CHECKED,
        ...goalOf(options),
        out: options.out,
      },
      session,
      makeProgress(invocation.stderr),
    );
    await finish(outcome, { out: options.out, wantsJson: options.json === true }, invocation);
  } finally {
    session.close();
  }
}

/** Whoever names a number of launches, or wants a quick look, gets just the planned ones. */
function goalOf({ precision, launches, profile, timeBudget }: BenchOptions): {
  readonly goal: RaceGoal;
  readonly time: RunTime;
} {
  const budgetMs = timeBudget ?? null;
  if (precision !== undefined)
    return { goal: { kind: 'precision', share: precision }, time: { budgetMs, moreUntilMs: null, moreShare: null } };
  if (launches !== undefined || profile === 'quick')
    return { goal: { kind: 'planned' }, time: { budgetMs, moreUntilMs: null, moreShare: null } };
  return {
    goal: { kind: 'order' },
    time: { budgetMs, moreUntilMs: null, moreShare: budgetMs === null ? MORE_SHARE : null },
  };
}

/**
 * One selection a driver and workload, because drivers differ in what a launch costs and where their peers can sensibly
 * run.
 */
function selectionsOf(
  transports: readonly Transport[],
  workloads: readonly Workload[],
  settings: readonly ChosenSetting[],
  options: BenchOptions,
): Selection[] {
  const profile = PROFILES[options.profile];
  const usual: readonly Driver[] = options.driver ?? ['native', 'js'];
  // One that has none of the usual drivers is measured by what it has.
  const driversFor = (transport: Transport): readonly Driver[] =>
    options.driver === undefined && !driversOf(transport).some((driver) => usual.includes(driver))
      ? driversOf(transport)
      : usual;
  const drivers = [...new Set(transports.flatMap(driversFor))];
  const selections = drivers.flatMap((driver) =>
    workloads.map((workload): Selection => ({
      transports: transports.filter(
        (transport) => driversOf(transport).includes(driver) && driversFor(transport).includes(driver),
      ),
      drivers: [driver],
      workloads: [workload],
      sizesBytes: options.size ?? workload.sizesBytes.native,
      placements: options.placement ?? DEFAULT_PLACEMENTS[driver],
      settings,
      timing: { warmupMs: options.warmup ?? WARMUP_MS[driver], windowMs: options.duration ?? profile.windowMs[driver] },
      launches: options.launches ?? launchesOf(profile, driver, workload),
    })),
  );
  if (selections.every((selection) => selection.transports.length === 0)) {
    throw new UserError(
      `None of ${transports.map((one) => one.name).join(', ')} has the driver ${drivers.join(' or ')}. ` +
        "('ipcbench list transports' shows the drivers of each)",
    );
  }
  return selections;
}
