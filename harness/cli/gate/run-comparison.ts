import type { OneSided } from '../../../ci/gate/assemble-gate.js';
import type { Rule } from '../../../ci/gate/rules.js';
import { runGate, type GateProgress, type GatedCase } from '../../../ci/gate/run-gate.js';
import { SCHEDULES } from '../../../ci/gate/schedule.js';
import type { Case, GateReport, VerdictChange, Warning } from '../../model/index.js';
import { Interruption } from '../interruption.js';
import type { Progress } from '../progress.js';
import type { Rig } from '../rig.js';
import { holdOutput } from '../hold-output.js';
import { checkOutput } from '../save-file.js';
import { trialsOf } from '../select.js';
import { prepareVariant, type PreparedVariant } from '../variant/prepare-variant.js';
import type { VariantSpec } from '../variant/parse-variant.js';
import { compareChecks, redOnBothWarnings } from './compare-checks.js';
import { gateCases, withTerms, type CaseOptions, type GateCases } from './gate-cases.js';
import type { Checks, Effort, FailOn } from './gate-options.js';
import { idsOf, refuseIdleRules } from './held-to-rules.js';
import { keepGate } from './keep-gate.js';
import { likelyPairMs, livePairs } from './live-world.js';

export interface ComparisonRequest {
  readonly kind: 'gate' | 'compare';
  readonly command: readonly string[];
  readonly base: VariantSpec;
  readonly head: VariantSpec;
  readonly cases: CaseOptions;
  readonly rules: readonly Rule[];
  readonly effort: Effort;
  readonly budgetMs: number | null;
  readonly seed: number;
  readonly checks: Checks;
  readonly failOn: readonly FailOn[];
  /** Directory for gate.json. */
  readonly out: string;
}

export interface ComparisonOutcome {
  readonly gate: GateReport;
  /** Set when a signal ended it. */
  readonly interruption: Interruption | null;
}

/** What one exchange each way takes, until it has been seen. */
const CHECK_MS = 2000;

/**
 * Runs two variants against each other, now and in turns, and keeps gate.json up to date after each look. An
 * interruption is an outcome: what was measured until then is in it. Throws UserError when a side cannot be had.
 */
export async function runComparison(
  request: ComparisonRequest,
  rig: Rig,
  progress: Progress,
): Promise<ComparisonOutcome> {
  // Before minutes of building for it.
  checkOutput(request.out);
  const sides: PreparedVariant[] = [];
  try {
    for (const spec of [request.base, request.head]) {
      if (spec.git !== null)
        progress.step(
          `checking out ${spec.git.ref}${spec.git.build === null ? '' : ` and running ${spec.git.build}`}`,
          null,
        );
      sides.push(await prepareVariant(spec, rig));
    }
    const [base, head] = sides as [PreparedVariant, PreparedVariant];
    return await compareSides(request, base, head, rig, progress);
  } finally {
    progress.done();
    for (const side of sides) await side.dispose();
  }
}

async function compareSides(
  request: ComparisonRequest,
  base: PreparedVariant,
  head: PreparedVariant,
  rig: Rig,
  progress: Progress,
): Promise<ComparisonOutcome> {
  const keep = keepGate(request, rig.version);
  const found = gateCases(base, head, rig.workloads, request.cases, (placement) => rig.place(placement));
  const asked = (cases: readonly Case[]): GatedCase[] => withTerms(cases, rig.workloads, request.rules);
  const gated = asked(found.common);
  const oneSided = oneSidedOf(found, asked);
  refuseIdleRules(request.rules, idsOf([...gated, ...oneSided.flatMap((one) => one.cases)]));
  holdOutput(request.out, rig.context.addon);

  let done: GateProgress = { comparisons: [], skipped: [], breaks: [], wasCutOff: false };
  let changes: readonly VerdictChange[] = [];
  let checksCompared = 0;
  let redOnBoth: readonly string[] = [];
  let interruption: Interruption | null = null;
  const save = (status: GateReport['status']): GateReport =>
    keep({
      method: 'interleaved',
      status,
      environment: rig.environment,
      base: base.variant,
      head: head.variant,
      progress: done,
      oneSided,
      verdictChanges: changes,
      checksCompared,
      warnings: [...rig.warnings, ...found.warnings, ...skippedWarnings(found), ...redOnBothWarnings(redOnBoth)],
      endedBy: interruption,
      recorded: null,
    });

  const names = [...new Set([...found.common, ...found.lackedByHead].map((one) => one.transport))];
  const { checks, procedures } = request.checks === 'none' ? { checks: [], procedures: [] } : await rig.conformance();
  const trials =
    request.checks === 'quick' ? trialsOf(procedures, names, names).filter(({ check }) => check.quick === true) : [];
  const checked = { transports: request.checks === 'none' ? [] : names, checks };
  const checksMs = checked.transports.length * CHECK_MS + trials.length * 60;
  try {
    const measureMs = request.budgetMs === null ? null : Math.max(0, request.budgetMs - checksMs);
    const runPair = livePairs({
      base: base.context,
      head: head.context,
      workloads: rig.workloads,
      options: request.cases,
    });
    const measuringSinceMs = performance.now();
    let pairs = 0;
    await runGate(
      { cases: gated, schedule: SCHEDULES[request.effort], seed: request.seed, budgetMs: measureMs },
      {
        runPair,
        nowMs: () => performance.now(),
        beforePair: (one, left) => {
          const eachMs =
            pairs === 0 ? likelyPairMs(found.common, request.cases) : (performance.now() - measuringSinceMs) / pairs;
          const leftMs = left * eachMs;
          progress.step(
            `${one.id} · at most ${left} pairs`,
            (measureMs === null ? leftMs : Math.min(leftMs, measureMs - (performance.now() - measuringSinceMs))) +
              checksMs,
          );
          pairs += 1;
        },
        afterLook: (now) => {
          done = now;
          save('running');
        },
      },
    ).then((end) => (done = end));
    const compared = await compareChecks(
      { ...checked, trials, seed: request.seed, stallMs: 30_000, deviations: rig.deviations },
      base,
      head,
      (doing) => progress.step(doing, null),
    );
    changes = compared.changes;
    checksCompared = compared.compared;
    redOnBoth = compared.redOnBoth;
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    interruption = error;
  } finally {
    progress.done();
  }
  return { gate: save(interruption === null ? 'complete' : 'interrupted'), interruption };
}

function oneSidedOf(found: GateCases, asked: (cases: readonly Case[]) => GatedCase[]): OneSided[] {
  const lacked = (lackedBy: 'base' | 'head', cases: readonly Case[], reason: string): OneSided[] =>
    cases.length === 0 ? [] : [{ lackedBy, cases: asked(cases), reason }];
  return [
    ...lacked(
      'head',
      found.lackedByHead,
      'Base has it and head does not, so it cannot be compared. Restore it in head, or leave it out of ' +
        'the selection.',
    ),
    ...lacked('base', found.lackedByBase, 'It is new in head: base has nothing to compare it with.'),
  ];
}

function skippedWarnings({ skipped }: GateCases): Warning[] {
  return skipped.map(({ caseId, reason }) => ({
    code: 'case-skipped',
    message: `${caseId} cannot run here: ${reason}`,
    hint: null,
  }));
}
