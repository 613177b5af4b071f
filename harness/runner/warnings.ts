import type { Environment, LaunchFailure, Plan, Sample, Verdict, Warning } from '../model/index.js';

export interface WarningInput {
  readonly environment: Environment;
  readonly plan: Plan;
  readonly samples: readonly Sample[];
  readonly failures: readonly LaunchFailure[];
  readonly roundsCompleted: number;
  readonly budgetMs: number | null;
  /** Load average before this run added to it. */
  readonly loadAtStart: number | null;
  readonly isInterrupted: boolean;
  readonly verdicts: readonly Pick<Verdict, 'id' | 'verdict'>[];
}

/** What a reader should know before trusting the figures, each with a way out. Pure. */
export function warningsOf(input: WarningInput): Warning[] {
  const { plan, environment } = input;
  const warnings: Warning[] = [];
  if (input.isInterrupted) {
    warnings.push({ code: 'interrupted', message: `The run was interrupted after ${input.roundsCompleted} of ${plan.rounds} rounds; what was measured until then is here.`, hint: 'Run it again for the rest.' });
  } else if (input.roundsCompleted < plan.rounds) {
    const seconds = Math.round((input.budgetMs ?? 0) / 1000);
    warnings.push({ code: 'time-budget', message: `The time budget of ${seconds} s ended the run after ${input.roundsCompleted} of ${plan.rounds} rounds: intervals are wider than they would be.`, hint: 'Raise --time-budget, or select fewer cases.' });
  }
  if (input.failures.length > 0) {
    warnings.push({ code: 'launches-failed', message: `${input.failures.length} of ${input.samples.length + input.failures.length} ${input.samples.length + input.failures.length === 1 ? 'launch' : 'launches'} broke. The first: ${input.failures[0]?.message ?? ''}`, hint: 'Each broken launch stands with its case.' });
  }
  const moved = movedVerdicts(input.verdicts);
  if (moved.length > 0) {
    warnings.push({ code: 'verdict-moved', message: `${moved.length === 1 ? 'A verdict' : `${moved.length} verdicts`} did not come out the same each time: ${moved.join('; ')}.`, hint: 'A verdict that moves is a defect of the check, or a promise kept by chance. Repeat it alone with --check and --repeat.' });
  }
  const cpus = environment.cpu.allowed.length;
  if (input.loadAtStart !== null && input.loadAtStart > cpus / 2) {
    warnings.push({ code: 'busy-machine', message: `The load average was ${input.loadAtStart} on ${cpus} CPUs when the run began: something else was running.`, hint: 'Compare only figures of one run, or wait until the machine is idle.' });
  }
  const steal = stealShare(input.samples);
  if (steal !== null && steal > 0.01) {
    warnings.push({ code: 'steal', message: `The hypervisor took ${(steal * 100).toFixed(1)} % of the CPU time while launches ran.`, hint: 'Figures of this machine vary with its neighbours; compare interleaved, never with a stored figure.' });
  }
  if (environment.cpu.quota !== null && environment.cpu.quota < 2) {
    warnings.push({ code: 'cpu-quota', message: `The cgroup grants ${environment.cpu.quota} CPUs' worth of time: peers may have been throttled inside a window.`, hint: "Raise the container's CPU quota, or read the intervals with that in mind." });
  }
  if (environment.cpu.governor !== null && environment.cpu.governor !== 'performance') {
    warnings.push({ code: 'governor', message: `The CPU frequency governor is '${environment.cpu.governor}': the clock speed follows the load.`, hint: "Set it to 'performance' for steadier figures (cpupower frequency-set -g performance)." });
  }
  return warnings;
}

/** Verdicts of one id that differ: `pipe/loss/tail: 9 pass, 1 fail`. Flakiness is never a verdict, so it is told here. */
function movedVerdicts(verdicts: WarningInput['verdicts']): string[] {
  const byId = new Map<string, Map<string, number>>();
  for (const { id, verdict } of verdicts) {
    const counts = byId.get(id) ?? new Map<string, number>();
    byId.set(id, counts.set(verdict, (counts.get(verdict) ?? 0) + 1));
  }
  return [...byId].filter(([, counts]) => counts.size > 1).map(([id, counts]) => `${id}: ${[...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ')}`);
}

/** USER_HZ is 100 on every Linux that Node runs on. */
const TICK_NS = 1e7;

function stealShare(samples: readonly Sample[]): number | null {
  const told = samples.filter((sample) => sample.noise.stealTicks !== null);
  const wallNs = told.reduce((sum, sample) => sum + sample.wallNs, 0);
  if (wallNs === 0) return null;
  return (told.reduce((sum, sample) => sum + (sample.noise.stealTicks ?? 0), 0) * TICK_NS) / wallNs;
}
