import type { Command } from 'commander';
import type { Rule } from '../../../ci/gate/rules.js';
import { packageVersion } from '../../package-root.js';
import type { FailOn } from '../../comparison/choices.js';
import { compareRecorded } from '../../comparison/recorded/compare-recorded.js';
import { UserError } from '../../user-error.js';
import { finishGate } from '../gate/finish-gate.js';
import {
  addComparingOptions,
  caseOptions,
  parseFailOn,
  readConfig,
  refuseMeasuringOptions,
  variantHelp,
  type ComparingOptions,
} from '../gate/gate-options.js';
import { runAgainstBaseline } from '../../comparison/baseline/run-against-baseline.js';
import { runComparison } from '../../comparison/live/run-comparison.js';
import type { Invocation } from '../invocation.js';
import { parsePositiveDuration } from '../parse-options.js';
import { makeProgress } from '../progress.js';
import { namesWithModules } from '../../discovery/select.js';
import { openSession } from '../../session/session.js';
import { collect, rigOptions, seedOf, splitTransports } from '../shared-options.js';
import { twoReports } from './compare.js';
import { parseVariant } from '../../comparison/sides/parse-variant.js';

interface GateOptions extends ComparingOptions {
  readonly base?: readonly string[];
  readonly head?: readonly string[];
  readonly gated?: readonly string[];
  readonly advisory?: readonly string[];
  readonly failOn?: readonly FailOn[];
  readonly config?: string;
  readonly baseline?: string;
  readonly update?: true;
  readonly accept?: readonly string[];
  readonly otherMachine?: true;
  readonly control?: string;
}

export function addGate(program: Command, invocation: Invocation): void {
  const command = program
    .command('gate [transport...]')
    .description(
      'run base and head interleaved, and fail if head is worse than the budget allows, statistically significantly',
    )
    .option('--base <key=value>', 'what to change in base; repeats (default: this installation, unchanged)', collect)
    .option('--head <key=value>', 'what to change in head; repeats (default: this installation, unchanged)', collect)
    .option('--gated <selector>', "let these comparisons fail the gate too, like 'node-net/*'; repeats", collect)
    .option(
      '--advisory <selector>',
      "show these comparisons, but do not let them fail the gate, like '*#cpu'; repeats",
      collect,
    )
    .option(
      '--fail-on <list>',
      'also fail when a comparison is inconclusive (exit 4) or improved beyond two thirds of the budget (exit 6)',
      parseFailOn,
    )
    .option(
      '--baseline <directory>',
      'compare head with the baseline recorded on this machine, instead of running a base (minimum budget 10%); ' +
        'a control transport takes out the drift of the machine',
    )
    .option('--update', 'record this run in the baseline, unless it fails; prints what that changes')
    .option(
      '--accept <selector>',
      "with --update: also record what looks worse but is undecided, like 'mine/*#cpu'; repeats",
      collect,
    )
    .option(
      '--control <transport>',
      'built-in transport to run interleaved with head (default: the same mechanism with the native driver, else ' +
        'unix-stream)',
    )
    .option('--other-machine', 'use the newest baseline of another machine if this one has none; cannot fail the gate')
    .option(
      '--config <file>',
      'file with defaults for these options and rules (default: ipcbench.config.json, if it exists)',
    );
  addComparingOptions(command, invocation)
    .addHelpText(
      'after',
      `\n${variantHelp()}\n\nExit status: 0 passed · 1 failed: something got worse · 2 wrong usage · 3 nothing ` +
        `comparable · 4 inconclusive (--fail-on) · 5 a launch failed · 6 improved (--fail-on)\n\nExample: ipcbench ` +
        `gate --base git=main --base build='npm ci && npm run build' --base transport=dist/mine.js --head ` +
        'transport=dist/mine.js',
    )
    .action(async (named: string[], options: GateOptions) => {
      const config = readConfig(options.config, invocation.settings);
      const { names, modules } = splitTransports(named, options);
      const [base, head] = [parseVariant('base', options.base ?? []), parseVariant('head', options.head ?? [])];
      const reports = [base.report, head.report].flatMap((path) => path ?? []);
      const rules: Rule[] = [
        ...(config.budget === undefined ? [] : [{ select: '*', budget: config.budget }]),
        ...(config.rules ?? []),
        ...(options.budget ?? []),
        ...(options.gated ?? []).map((select) => ({ select, gated: true })),
        ...(options.advisory ?? []).map((select) => ({ select, gated: false })),
      ];
      const failOn = options.failOn ?? config.failOn ?? [];
      if (reports.length > 0) {
        refuseContradictions(options, null);
        const [basePath, headPath] = twoReports(reports, named);
        refuseMeasuringOptions(command);
        const gate = compareRecorded({
          kind: 'gate',
          command: invocation.argv,
          basePath,
          headPath,
          rules,
          failOn,
          workloads: invocation.workloads,
          version: packageVersion(),
          out: options.out,
        });
        return finishGate(
          { gate, interruption: null },
          { out: options.out, wantsJson: options.json === true },
          invocation,
        );
      }
      const directory = options.baseline ?? (options.base === undefined ? config.baseline : undefined) ?? null;
      refuseContradictions(options, directory);
      const session = await openSession(rigOptions(options, modules));
      try {
        const request = {
          kind: 'gate',
          command: invocation.argv,
          head,
          cases: caseOptions(options, namesWithModules(names, session.transports), session.settings, config),
          rules,
          effort: options.effort ?? config.effort ?? 'default',
          budgetMs:
            options.timeBudget ??
            (config.timeBudget === undefined ? null : parsePositiveDuration(config.timeBudget, 's')),
          seed: seedOf(options),
          checks: options.checks ?? config.checks ?? 'delivery',
          failOn,
          out: options.out,
        } as const;
        const progress = makeProgress(invocation.stderr);
        const finish = { out: options.out, wantsJson: options.json === true };
        if (directory !== null) {
          const beside = {
            directory,
            isUpdate: options.update === true,
            accepted: options.accept ?? [],
            isOtherMachineAllowed: options.otherMachine === true,
            control: options.control ?? null,
          };
          const outcome = await runAgainstBaseline({ ...request, ...beside }, session, progress);
          return await finishGate(outcome, { ...finish, notes: outcome.notes }, invocation);
        }
        await finishGate(await runComparison({ ...request, base }, session, progress), finish, invocation);
      } finally {
        session.close();
      }
    });
}

function refuseContradictions(options: GateOptions, directory: string | null): void {
  if (options.baseline !== undefined && directory === null)
    throw new UserError(
      '--baseline and report= were both given, but head is compared with only one recording. Leave one out.',
    );
  if (directory !== null && options.base !== undefined)
    throw new UserError(
      '--base and --baseline were both given, but head is compared with only one of them. Leave one out.',
    );
  if (options.accept !== undefined && options.update !== true)
    throw new UserError('--accept needs --update. Add --update, or leave --accept out.');
  if (directory !== null) return;
  const idle = [
    options.update === true && '--update',
    options.control !== undefined && '--control',
    options.otherMachine === true && '--other-machine',
  ].find((name) => name !== false);
  if (idle !== undefined) throw new UserError(`${idle} needs --baseline <directory>, which is not given.`);
}
