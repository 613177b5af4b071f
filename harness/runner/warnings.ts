import type { Environment, Plan, Verdict, Warning } from '../model/index.js';
import type { RaceGoal } from './race.js';
import type { PlanEnd } from './run-plan.js';
import type { RunTotals } from './run-records.js';

export interface WarningInput {
  readonly environment: Environment;
  readonly plan: Plan;
  readonly totals: RunTotals;
  /** null: the plan was interrupted, or holds nothing. */
  readonly ended: PlanEnd | null;
  readonly roundsCompleted: number;
  readonly budgetMs: number | null;
  /** Transports and procedures that the budget left unchecked. */
  readonly checksLeftOut: number;
  /** Load average before this run added to it. */
  readonly loadAtStart: number | null;
  readonly isInterrupted: boolean;
  readonly verdicts: readonly Pick<Verdict, 'id' | 'verdict'>[];
  readonly goal: RaceGoal;
  /** Of goal precision: columns whose intervals are wider than was asked for. */
  readonly missed: readonly { readonly columnId: string; readonly share: number | null }[];
}

/** What a reader should know before trusting the figures, each with a way out. Pure. */
export function warningsOf(input: WarningInput): Warning[] {
  const { plan, environment } = input;
  const warnings: Warning[] = [];
  if (input.isInterrupted) {
    warnings.push({
      code: 'interrupted',
      message:
        `The run was interrupted after ${input.roundsCompleted} of ${plan.rounds} rounds; the results ` +
        'until then are included.',
      hint: 'Run it again for complete results.',
    });
  } else if (input.ended !== null && input.ended.blocksLeftOut > 0) {
    warnings.push(cutByBudget(input, input.ended.blocksLeftOut));
  }
  if (input.checksLeftOut > 0) {
    const seconds = Math.round((input.budgetMs ?? 0) / 1000);
    warnings.push({
      code: 'checks-left-out',
      message:
        `The time budget of ${seconds} s ended before ${input.checksLeftOut} of the checks began; these ` +
        'have no verdict.',
      hint: "Raise --time-budget, or run 'ipcbench check'.",
    });
  }
  const { launches, failures } = input.totals;
  if (failures.length > 0) {
    const all = launches + failures.length;
    warnings.push({
      code: 'launches-failed',
      message:
        `${failures.length} of ${all} ${all === 1 ? 'launch' : 'launches'} failed. The first: ` +
        `${failures[0]?.message ?? ''}`,
      hint: 'Each failed launch is listed with its case.',
    });
  }
  if (input.goal.kind === 'precision' && input.missed.length > 0)
    warnings.push(missedPrecision(input.goal.share, input.missed));
  const moved = movedVerdicts(input.verdicts);
  if (moved.length > 0) {
    warnings.push({
      code: 'verdict-moved',
      message:
        `${moved.length === 1 ? 'A verdict' : `${moved.length} verdicts`} changed between runs: ` +
        `${moved.join('; ')}.`,
      hint:
        'A check whose verdict changes between runs is flaky, or the guarantee holds only sometimes. ' +
        'Repeat it alone with --check and --repeat.',
    });
  }
  const cpus = environment.cpu.allowed.length;
  if (input.loadAtStart !== null && input.loadAtStart > cpus / 2) {
    warnings.push({
      code: 'busy-machine',
      message:
        `The load average was ${input.loadAtStart} on ${cpus} CPUs when the run began: other programs ` +
        'were running.',
      hint: 'Compare only figures of the same run, or wait until the machine is idle.',
    });
  }
  const steal = stealShare(input.totals);
  if (steal !== null && steal > 0.01) {
    warnings.push({
      code: 'steal',
      message: `The hypervisor took ${(steal * 100).toFixed(1)} % of the CPU time while launches ran.`,
      hint:
        'Other virtual machines on the same host affect the figures; compare interleaved runs, not ' +
        'stored figures.',
    });
  }
  if (environment.cpu.quota !== null && environment.cpu.quota < 2) {
    warnings.push({
      code: 'cpu-quota',
      message:
        `The cgroup limits CPU time to ${environment.cpu.quota} CPUs: peers may have been throttled ` +
        'during a measurement.',
      hint: "Raise the container's CPU quota, or expect wider intervals.",
    });
  }
  if (environment.cpu.governor !== null && environment.cpu.governor !== 'performance') {
    warnings.push({
      code: 'governor',
      message: `The CPU frequency governor is '${environment.cpu.governor}': the clock speed changes with the load.`,
      hint: "Set it to 'performance' for steadier figures (cpupower frequency-set -g performance).",
    });
  }
  return warnings;
}

/**
 * Verdicts of one id that differ: `pipe/loss/tail: 9 pass, 1 fail`. Flakiness is never a verdict, so it is told here.
 */
function movedVerdicts(verdicts: WarningInput['verdicts']): string[] {
  const byId = new Map<string, Map<string, number>>();
  for (const { id, verdict } of verdicts) {
    const counts = byId.get(id) ?? new Map<string, number>();
    byId.set(id, counts.set(verdict, (counts.get(verdict) ?? 0) + 1));
  }
  return [...byId]
    .filter(([, counts]) => counts.size > 1)
    .map(([id, counts]) => `${id}: ${[...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ')}`);
}

/** USER_HZ is 100 on every Linux that Node runs on. */
const TICK_NS = 1e7;

function stealShare({ stealKnownNs, stealTicks }: RunTotals): number | null {
  return stealKnownNs === 0 ? null : (stealTicks * TICK_NS) / stealKnownNs;
}

function cutByBudget({ budgetMs, plan }: WarningInput, leftOut: number): Warning {
  const planned = plan.columns.reduce((sum, column) => sum + column.blocks, 0);
  const seconds = Math.round((budgetMs ?? 0) / 1000);
  return {
    code: 'time-budget',
    message:
      `The time budget of ${seconds} s ended before ${leftOut} of ${planned} planned blocks of ` +
      'launches. Each figure shows how many launches it has.',
    hint: 'Raise --time-budget, or select fewer cases.',
  };
}

function missedPrecision(asked: number, missed: WarningInput['missed']): Warning {
  const percent = (share: number): string => `±${(share * 100).toFixed(1)} %`;
  const each = missed.map(
    ({ columnId, share }) => `${columnId} (${share === null ? 'no interval yet' : percent(share)})`,
  );
  return {
    code: 'precision-missed',
    message:
      `${missed.length === 1 ? 'One column' : `${missed.length} columns`} did not reach the ` +
      `${percent(asked)} requested with --precision: ${each.join(', ')}.`,
    hint: 'Raise --time-budget, select fewer cases, or run on a quieter machine.',
  };
}
