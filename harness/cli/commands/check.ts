import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import type { Driver } from '../../model/index.js';
import { driversOf } from '../../plan/plan.js';
import { judgeAgain, parseSavedObservation } from '../../runner/saved-observation.js';
import { checkedDrivers, defaultMessages } from '../../runner/run-checks.js';
import type { LoadedTransport } from '../../discovery/load-transports.js';
import { loadConformance } from '../../discovery/load-conformance.js';
import { STALL_MS } from '../../runner/check-costs.js';
import { UserError } from '../../user-error.js';
import { finish } from '../finish.js';
import { printableLines } from '../../../reports/printable.js';
import type { Invocation } from '../invocation.js';
import { parseCheckedSizes, parseCount, parseDrivers } from '../parse-options.js';
import { makeProgress } from '../progress.js';
import { run } from '../run.js';
import { systemReason } from '../../saving/system-reason.js';
import { namesWithModules, selectChecks, fits, checkRunsAt, type SelectedChecks } from '../../discovery/select.js';
import { openSession } from '../../session/session.js';
import { addSharedOptions, seedOf, rigOptions, splitTransports, type SharedOptions } from '../shared-options.js';

/** Longest time without a message. A machine so busy that a living exchange pauses longer is what --timeout is for. */
export const stallMsOf = (options: SharedOptions): number => Math.max(STALL_MS, options.timeout);

interface CheckOptions extends SharedOptions {
  readonly check?: readonly string[];
  readonly driver?: readonly Driver[];
  readonly messages?: number;
  readonly size?: readonly number[];
  readonly dryRun?: true;
  readonly quick?: true;
  readonly thorough?: true;
  readonly strict?: true;
  readonly repeat: number;
  readonly judge?: string;
}

/** Of an option that repeats, and takes a list each time. */
const collectLists = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  ...value.split(','),
];

export function addCheck(program: Command, invocation: Invocation): void {
  const command = program
    .command('check [transport...]')
    .description(
      'check what each transport guarantees: delivery in both directions (ordering, loss, corruption, …), and ' +
        "specific checks ('ipcbench list checks' lists them)",
    )
    .option(
      '--check <id>',
      'run only this check: an id or the beginning of one, like loss or ordering/single-writer; repeats',
      collectLists,
    )
    .option(
      '--driver <list>',
      'run only the delivery checks, with these drivers: native, addon, js (default: all checks; every driver of ' +
        'a module, the first driver of a built-in transport)',
      parseDrivers,
    )
    .option(
      '--messages <n>',
      'messages of one exchange; a delivery check needs at least 100 (default: ' +
        `${defaultMessages('native')}; ${defaultMessages('js')} with Node's own transports and with --quick)`,
      (text) => parseCount(text, '--messages', 1, 1_000_000_000),
    )
    .option(
      '--size <list>',
      'also send messages of these sizes, like 300k,4MiB; 64 KiB, 1 MiB and the declared maximum are always ' +
        'tried; sizes above the maximum of a transport are left out',
      parseCheckedSizes,
    )
    .option('--quick', 'run only the checks that `ipcbench all` runs')
    .option('--thorough', 'larger message counts (takes minutes); includes an out-of-memory kill')
    .option('--strict', 'also fail on deviations that are not recorded as known')
    .option(
      '--repeat <n>',
      'run everything n times; a verdict that changes between runs is reported',
      (text) => parseCount(text, '--repeat', 1, 1000),
      1,
    )
    .option('--judge <file>', 'judge a saved observation again (histories/*.json); runs nothing')
    .option('--dry-run', 'list what would be checked; runs nothing')
    .addHelpText(
      'after',
      '\nExample: ipcbench check fifo --check loss --messages 1000000\nTo test the checks themselves: ' +
        "'ipcbench self-test'.",
    );
  addSharedOptions(command).action(async (named: string[], options: CheckOptions) => {
    if (options.judge !== undefined) {
      if (named.length > 0 || options.check !== undefined)
        throw new UserError(
          `--judge judges the one observation stored in ${options.judge}: '` +
            `${named[0] ?? options.check?.[0] ?? ''}' cannot be selected. Leave it out.`,
        );
      return judgeFile(options.judge, invocation);
    }
    if (options.quick === true && options.thorough === true)
      throw new UserError('--quick and --thorough exclude each other. Leave one out.');
    const { names, modules } = splitTransports(named, options);
    const session = await openSession(rigOptions(options, modules));
    try {
      const all = { transports: session.transports, ...(await session.conformance()) };
      const chosen = namesWithModules(names, session.transports);
      const selected = selectChecks(chosen, options.check ?? [], all);
      const { delivery, checkRuns } =
        options.driver === undefined ? selected : throughDrivers(selected, options.driver, chosen);
      const scale = options.thorough === true ? 'thorough' : options.quick === true ? 'quick' : 'default';
      const chosenCheckRuns = checkRunsAt(scale, checkRuns);
      if (delivery.checks.length + chosenCheckRuns.length === 0) throw new UserError(nothingSelected(checkRuns));
      refuseLeftOut(options, delivery, checkRuns, chosenCheckRuns);
      if (options.dryRun === true) {
        invocation.stdout.write(
          `${printableLines(dryRun(delivery, chosenCheckRuns, options.driver ?? null).join('\n'))}\n`,
        );
        return;
      }
      const through = options.driver === undefined ? {} : { drivers: options.driver };
      const repeated = Array.from({ length: options.repeat }, () => chosenCheckRuns).flat();
      const outcome = await run(
        {
          command: invocation.argv,
          seed: seedOf(options),
          selections: [],
          checked: {
            ...through,
            transports: Array.from({ length: options.repeat }, () => delivery.transports).flat(),
            checks: delivery.checks,
            messages: options.messages ?? { quick: 10_000, default: null, thorough: 1_000_000 }[scale],
            sizesBytes: options.size ?? [],
            stallMs: stallMsOf(options),
            checkRuns: repeated,
            scale,
          },
          goal: { kind: 'planned' },
          time: { budgetMs: null, moreUntilMs: null, moreShare: null },
          out: options.out,
        },
        session,
        makeProgress(invocation.stderr),
      );
      await finish(
        outcome,
        {
          out: options.out,
          wantsJson: options.json === true,
          strictness: options.strict === true ? 'strict' : 'usual',
        },
        invocation,
      );
    } finally {
      session.close();
    }
  });
}

function nothingSelected(checkRuns: SelectedChecks['checkRuns']): string {
  const [left] = checkRuns;
  if (left === undefined) return "No check is selected. ('ipcbench list checks')";
  return (
    `No check is selected: '${left.check.id}' is ` +
    `${left.check.thoroughOnly === true ? 'run only with --thorough' : 'not part of --quick'}.`
  );
}

/** Throws UserError for a check or a count that was asked for by name and that nothing of this run would use. */
function refuseLeftOut(
  options: CheckOptions,
  delivery: SelectedChecks['delivery'],
  checkRuns: SelectedChecks['checkRuns'],
  chosen: SelectedChecks['checkRuns'],
): void {
  for (const pattern of options.check ?? []) {
    const isAbout = ({ check, subject }: SelectedChecks['checkRuns'][number]): boolean =>
      fits(pattern, check.id) || fits(pattern, `${subject}/${check.id}`);
    const left = checkRuns.filter(isAbout);
    if (left.length > 0 && !chosen.some(isAbout) && !delivery.checks.some(({ id }) => fits(pattern, id)))
      throw new UserError(nothingSelected(left));
  }
  if (options.messages !== undefined && delivery.checks.length === 0)
    throw new UserError(
      '--messages applies to delivery checks only, and none is selected. Leave it out, or add one, ' +
        'like --check loss.',
    );
}

/** The verdict of a kept observation: the same judge on the same facts, so the same answer. */
async function judgeFile(path: string, invocation: Invocation): Promise<void> {
  const { checks, procedures } = await loadConformance();
  let kept;
  let judgement;
  try {
    kept = parseSavedObservation(readFileSync(path, 'utf8'));
    judgement = judgeAgain(kept, checks, procedures);
  } catch (cause) {
    throw new UserError(
      `${path} cannot be judged${systemReason(cause) === null ? `. ${(cause as Error).message}` : ` (${systemReason(cause)}). Name a file of histories/ that 'ipcbench check' kept.`}`,
      2,
      { cause },
    );
  }
  invocation.stdout.write(
    `${printableLines(`${judgement.verdict}  ${kept.subject}/${kept.checkId}\n${judgement.evidence}`)}\n`,
  );
  invocation.exit(judgement.verdict === 'fail' ? 1 : judgement.verdict === 'broken' ? 5 : 0);
}

/** A transport that was named and lacks a driver that was asked for is an error; one that was not named is left out. */
function throughDrivers(
  { delivery }: SelectedChecks,
  drivers: readonly Driver[],
  named: readonly string[],
): SelectedChecks {
  const isNamed = ({ origin, transport: { name } }: LoadedTransport): boolean =>
    origin === 'user' || named.some((pattern) => name === pattern || name.startsWith(`${pattern}-`));
  for (const { transport } of delivery.transports.filter(isNamed)) {
    const lacked = drivers.filter((driver) => !driversOf(transport).includes(driver));
    if (lacked.length === 0) continue;
    const has =
      `${transport.name} has no driver ${lacked.join(' and no driver ')}; it ` +
      `has ${driversOf(transport).join(', ')}.`;
    throw new UserError(`${has} Change --driver, or name other transports.`);
  }
  const transports = delivery.transports.filter((one) => checkedDrivers(one, drivers).length > 0);
  if (transports.length === 0) {
    const nothing = `No selected transport has the driver ${drivers.join(' or ')}, or no delivery check is selected`;
    throw new UserError(
      `${nothing}: --driver applies to delivery checks only. ('ipcbench list transports' shows the ` +
        'drivers of each)',
    );
  }
  return { delivery: { ...delivery, transports }, checkRuns: [] };
}

function dryRun(
  delivery: SelectedChecks['delivery'],
  checkRuns: SelectedChecks['checkRuns'],
  drivers: readonly Driver[] | null,
): string[] {
  const through = (one: LoadedTransport): string => checkedDrivers(one, drivers).join(', ');
  return [
    ...delivery.transports.flatMap((one) =>
      delivery.checks.map((check) => {
        const promise = check.appliesTo(one.transport.guarantees)
          ? check.guarantee
          : `(not applicable: ${check.notApplicable})`;
        return `${one.transport.name}/${check.id}  (${through(one)}) ${promise}`;
      }),
    ),
    ...checkRuns.map(({ check, subject }) => `${subject}/${check.id}  ${check.guarantee}`),
  ];
}
