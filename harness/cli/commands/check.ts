import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { judgeAgain, parseKept } from '../../runner/kept-observation.js';
import { loadConformance } from '../../suites/load-conformance.js';
import { UserError } from '../../user-error.js';
import { finish } from '../finish.js';
import type { Invocation } from '../invocation.js';
import { parseCheckedSizes, parseCount } from '../parse-options.js';
import { makeProgress } from '../progress.js';
import { run } from '../run.js';
import { selectChecks, trialsAt, type SelectedChecks } from '../select.js';
import { openRig } from '../rig.js';
import { addSharedOptions, seedOf, rigOptions, splitTransports, type SharedOptions } from '../shared-options.js';

/** Longest time without a message. A machine so busy that a living exchange pauses longer is what --timeout is for. */
export const stallMsOf = (options: SharedOptions): number => Math.max(30_000, options.timeout);

interface CheckOptions extends SharedOptions {
  readonly check?: readonly string[];
  readonly messages?: number;
  readonly size?: readonly number[];
  readonly dryRun?: true;
  readonly quick?: true;
  readonly thorough?: true;
  readonly strict?: true;
  readonly repeat: number;
  readonly judge?: string;
}

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), ...value.split(',')];

export function addCheck(program: Command, invocation: Invocation): void {
  const command = program
    .command('check [transport...]')
    .description('check what is promised: delivery by real exchanges in both directions, and some two hundred finer promises by procedures of their own')
    .option('--check <id>', 'only this check, by id or a beginning of it: loss, ordering/single-writer; repeats', collect)
    .option('--messages <n>', 'messages of one exchange, at least 100 to decide anything (default: 100000; 10000 over Node\'s own transports and with --quick)', (text) => parseCount(text, '--messages', 1, 1_000_000_000))
    .option('--size <list>', 'also send messages of these sizes, like 300k,4MiB, beside 64 KiB, 1 MiB and the declared maximum, which are always tried; a transport is sent none beyond its maximum', parseCheckedSizes)
    .option('--quick', 'the selection that `all` runs')
    .option('--thorough', 'large counts: minutes, for a promise that will be relied on; and a process that the kernel kills for want of memory')
    .option('--strict', 'a deviation that is not recorded as known fails too')
    .option('--repeat <n>', 'do it all n times: a verdict that moves is a defect of the check', (text) => parseCount(text, '--repeat', 1, 1000), 1)
    .option('--judge <file>', 'judge a kept observation again (histories/*.json) and do nothing else')
    .option('--dry-run', 'list what would be checked, and check nothing')
    .addHelpText('after', "\nExample: ipcbench check fifo --check loss --messages 1000000\nPlanted faults prove these checks: 'ipcbench self-test'.");
  addSharedOptions(command).action(async (named: string[], options: CheckOptions) => {
    if (options.judge !== undefined) return judgeFile(options.judge, invocation);
    const { names, modules } = splitTransports(named, options);
    const rig = await openRig(rigOptions(options, modules));
    try {
      const { delivery, trials } = selectChecks(names, options.check ?? [], { transports: rig.transports, ...(await rig.conformance()) });
      const scale = options.thorough === true ? 'thorough' : options.quick === true ? 'quick' : 'default';
      const chosenTrials = trialsAt(scale, trials);
      if (delivery.checks.length + chosenTrials.length === 0) throw new UserError(nothingSelected(trials));
      if (options.dryRun === true) {
        invocation.stdout.write(`${dryRun(delivery, chosenTrials).join('\n')}\n`);
        return;
      }
      const repeated = Array.from({ length: options.repeat }, () => chosenTrials).flat();
      const outcome = await run(
        {
          command: invocation.argv,
          seed: seedOf(options),
          selections: [],
          checked: { transports: Array.from({ length: options.repeat }, () => delivery.transports).flat(), checks: delivery.checks, messages: options.messages ?? { quick: 10_000, default: null, thorough: 1_000_000 }[scale], sizesBytes: options.size ?? [], stallMs: stallMsOf(options), trials: repeated, scale },
          budgetMs: null,
          out: options.out,
        },
        rig,
        makeProgress(invocation.stderr),
      );
      await finish(outcome, options.out, options.json === true, invocation, options.strict === true ? 'strict' : 'usual');
    } finally {
      rig.close();
    }
  });
}

function nothingSelected(trials: SelectedChecks['trials']): string {
  const [left] = trials;
  if (left === undefined) return "Nothing is selected to check. ('ipcbench list checks')";
  return `Nothing is selected to check: '${left.check.id}' is ${left.check.thoroughOnly === true ? 'run with --thorough alone' : 'left out with --quick'}.`;
}

/** The verdict of a kept observation: the same judge on the same facts, so the same answer. */
async function judgeFile(path: string, invocation: Invocation): Promise<void> {
  const { checks, procedures } = await loadConformance();
  let kept;
  let judgement;
  try {
    kept = parseKept(readFileSync(path, 'utf8'));
    judgement = judgeAgain(kept, checks, procedures);
  } catch (cause) {
    throw new UserError(`${path} cannot be judged. ${(cause as Error).message}`, 2, { cause });
  }
  invocation.stdout.write(`${judgement.verdict}  ${kept.subject}/${kept.checkId}\n${judgement.evidence}\n`);
  invocation.exit(judgement.verdict === 'fail' ? 1 : judgement.verdict === 'broken' ? 5 : 0);
}

function dryRun(delivery: SelectedChecks['delivery'], trials: SelectedChecks['trials']): string[] {
  return [
    ...delivery.transports.flatMap(({ transport }) => delivery.checks.map((check) => `${transport.name}/${check.id}  ${check.appliesTo(transport.guarantees) ? check.promise : `(not applicable: ${check.notApplicable})`}`)),
    ...trials.map(({ check, subject }) => `${subject}/${check.id}  ${check.promise}`),
  ];
}
