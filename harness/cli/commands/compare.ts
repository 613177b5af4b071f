import type { Command } from 'commander';
import { packageVersion } from '../../package-root.js';
import { UserError } from '../../user-error.js';
import { compareRecorded } from '../../comparison/recorded/compare-recorded.js';
import { finishGate } from '../gate/finish-gate.js';
import {
  addComparingOptions,
  caseOptions,
  refuseMeasuringOptions,
  variantHelp,
  type ComparingOptions,
} from '../gate/gate-options.js';
import { runComparison } from '../../comparison/live/run-comparison.js';
import type { Invocation } from '../invocation.js';
import { makeProgress } from '../progress.js';
import { namesWithModules } from '../../discovery/select.js';
import { openSession } from '../../session/session.js';
import { collect, rigOptions, seedOf, splitTransports } from '../shared-options.js';
import { parseVariant } from '../../comparison/sides/parse-variant.js';

interface CompareOptions extends ComparingOptions {
  readonly a?: readonly string[];
  readonly b?: readonly string[];
}

const isReport = (text: string): boolean => text.endsWith('.json');

export function addCompare(program: Command, invocation: Invocation): void {
  const command = program
    .command('compare [transport|report.json...]')
    .description('show the difference between two variants, run interleaved, or between two saved reports; never fails')
    .option(
      '--a <key=value>',
      'what to change in the first variant; repeats (default: this installation, unchanged)',
      collect,
    )
    .option(
      '--b <key=value>',
      'what to change in the second variant; repeats (default: this installation, unchanged)',
      collect,
    );
  addComparingOptions(command, invocation)
    .addHelpText(
      'after',
      `\n${variantHelp()}\n\nExamples: ipcbench compare node-net --b runtime=/opt/node-24/bin/node\n          ` +
        'ipcbench compare monday/report.json tuesday/report.json',
    )
    .action(async (named: string[], options: CompareOptions) => {
      const [a, b] = [parseVariant('a', options.a ?? []), parseVariant('b', options.b ?? [])];
      const reports = inOrder(named.filter(isReport), a.report, b.report);
      const rules = options.budget ?? [];
      if (reports.length > 0) {
        const [basePath, headPath] = twoReports(reports, named);
        for (const side of [a, b]) {
          if (side.report === null && side.settings.length > 0)
            throw new UserError(
              `--${side.side} ${side.settings.join(' ')} changes what is run, but recorded reports are ` +
                'compared without running anything. Leave it out.',
            );
        }
        refuseMeasuringOptions(command);
        const gate = compareRecorded({
          kind: 'compare',
          command: invocation.argv,
          basePath,
          headPath,
          rules,
          failOn: [],
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
      const { names, modules } = splitTransports(named, options);
      const session = await openSession(rigOptions(options, modules));
      try {
        const cases = caseOptions(options, namesWithModules(names, session.transports), session.settings, {});
        const outcome = await runComparison(
          {
            kind: 'compare',
            command: invocation.argv,
            base: a,
            head: b,
            cases,
            rules,
            effort: options.effort ?? 'default',
            budgetMs: options.timeBudget ?? null,
            seed: seedOf(options),
            checks: options.checks ?? 'delivery',
            failOn: [],
            out: options.out,
          },
          session,
          makeProgress(invocation.stderr),
        );
        await finishGate(outcome, { out: options.out, wantsJson: options.json === true }, invocation);
      } finally {
        session.close();
      }
    });
}

/** Those of --a and --b have their places; files that are named take the free ones, in their order. */
function inOrder(named: readonly string[], a: string | null, b: string | null): string[] {
  const free = [...named];
  const first = a ?? free.shift();
  const second = b ?? free.shift();
  return [...(first === undefined ? [] : [first]), ...(second === undefined ? [] : [second]), ...free];
}

/** Throws UserError unless two reports are all there is. */
export function twoReports(reports: readonly string[], named: readonly string[]): [string, string] {
  const [base, head, ...more] = reports;
  const others = named.filter((text) => !isReport(text));
  if (base === undefined || head === undefined || more.length > 0)
    throw new UserError(
      `${reports.length} ${reports.length === 1 ? 'report was' : 'reports were'} given, but a ` +
        'comparison takes two. A report cannot be compared with a variant that runs now, because they ' +
        "were measured at different times. Record the other one with 'ipcbench bench', or keep a " +
        'baseline (ipcbench gate --baseline).',
    );
  if (others.length > 0)
    throw new UserError(`Two reports are compared completely; '${others[0]}' cannot be selected from them.`);
  return [base, head];
}
