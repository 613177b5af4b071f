import type { Command } from 'commander';
import { finish } from '../finish.js';
import type { Invocation } from '../invocation.js';
import { PROFILES, selectionsOfAll } from '../profiles.js';
import { makeProgress } from '../progress.js';
import { run } from '../run.js';
import { namesWithModules, selectTransports, trialsAt, trialsOf } from '../../discovery/select.js';
import { openRig } from '../../session/rig.js';
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
    const rig = await openRig(rigOptions(options, modules));
    try {
      const { checks, procedures } = await rig.conformance();
      const named = namesWithModules(names, rig.transports);
      const chosen = selectTransports(named, rig.transports);
      const outcome = await run(
        {
          command: invocation.argv,
          seed: seedOf(options),
          selections: selectionsOfAll(
            chosen.map((one) => one.transport),
            rig.workloads,
            PROFILES.default,
          ),
          checked: {
            transports: chosen,
            checks,
            messages: 10_000,
            stallMs: stallMsOf(options),
            trials: trialsAt('quick', trialsOf(procedures, named, [])),
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
        rig,
        makeProgress(invocation.stderr),
      );
      await finish(outcome, { out: options.out, wantsJson: options.json === true }, invocation);
    } finally {
      rig.close();
    }
  });
}
