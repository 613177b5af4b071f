import type { Command } from 'commander';
import { finish } from '../finish.js';
import type { Invocation } from '../invocation.js';
import { PROFILES, selectionsOfAll } from '../profiles.js';
import { makeProgress } from '../progress.js';
import { run } from '../run.js';
import { namesWithModules, selectTransports, checkRunsAt, checkRunsOf } from '../../discovery/select.js';
import { openSession } from '../../session/session.js';
import {
  addPrecision,
  addSharedOptions,
  addTimeBudget,
  seedOf,
  rigOptions,
  splitTransports,
  type SharedOptions,
} from '../shared-options.js';
import { stallMsOf } from './check.js';

interface AllOptions extends SharedOptions {
  readonly timeBudget?: number;
  readonly precision?: number;
}

/** Until then further blocks decide what the planned ones left open; the planned ones run to their end in any case. */
const MORE_UNTIL_MS = 80_000;

export function addAll(program: Command, invocation: Invocation): void {
  const command = program
    .command('all [transport...]')
    .description('measure and check every transport on this machine and write a report: start with this command')
    .addHelpText(
      'after',
      '\nExample: ipcbench all --time-budget 45s --out /tmp/look\nTakes about 90 s on two cores. Without names it ' +
        'measures and checks every transport.',
    );
  addPrecision(addTimeBudget(addSharedOptions(command))).action(async (given: string[], options: AllOptions) => {
    const { names, modules } = splitTransports(given, options);
    const session = await openSession(rigOptions(options, modules));
    try {
      const { checks, procedures } = await session.conformance();
      const named = namesWithModules(names, session.transports);
      const chosen = selectTransports(named, session.transports);
      const outcome = await run(
        {
          command: invocation.argv,
          seed: seedOf(options),
          selections: selectionsOfAll(
            chosen.map((one) => one.transport),
            session.workloads,
            PROFILES.default,
          ),
          checked: {
            transports: chosen,
            checks,
            messages: 10_000,
            stallMs: stallMsOf(options),
            checkRuns: checkRunsAt('quick', checkRunsOf(procedures, named, [])),
            scale: 'quick',
          },
          goal: options.precision === undefined ? { kind: 'order' } : { kind: 'precision', share: options.precision },
          time: {
            budgetMs: options.timeBudget ?? null,
            moreUntilMs: options.precision === undefined ? MORE_UNTIL_MS : null,
            moreShare: null,
          },
          out: options.out,
        },
        session,
        makeProgress(invocation.stderr),
      );
      await finish(outcome, { out: options.out, wantsJson: options.json === true }, invocation);
    } finally {
      session.close();
    }
  });
}
