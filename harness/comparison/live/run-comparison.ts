import type { OneSided } from '../../../ci/gate/assemble-gate.js';
import { runGate, type GateProgress, type GatedCase } from '../../../ci/gate/run-gate.js';
import { SCHEDULES } from '../../../ci/gate/schedule.js';
import type { Case, GateReport, Warning } from '../../model/index.js';
import { Interruption } from '../../session/interruption.js';
import type { Progress } from '../../session/progress.js';
import type { Session } from '../../session/session.js';
import { CHECK_MS, STALL_MS, TRIAL_MS } from '../../runner/check-costs.js';
import { holdOutput } from '../../saving/hold-output.js';
import { checkOutput } from '../../saving/save-file.js';
import { checkRunsOf } from '../../discovery/select.js';
import { prepareVariant, type BothSides, type PreparedVariant } from '../sides/prepare-variant.js';
import { compareChecks, redOnBothWarnings, type CheckComparison, type ComparedChecks } from './compare-checks.js';
import { drawPairs } from './draw-pairs.js';
import { gateCases, withTerms, type GateCases } from '../cases/gate-cases.js';
import type { ComparisonOutcome, ComparisonRequest } from '../request.js';
import { idsOf, refuseIdleRules } from '../cases/apply-rules.js';
import { saveGate } from './save-gate.js';
import { likelyPairMs, livePairs } from './live-ports.js';

/**
 * Runs two variants against each other, now and in turns, and keeps gate.json up to date after each look. An
 * interruption is an outcome: what was measured until then is in it. Throws UserError when a side cannot be had.
 */
export async function runComparison(
  request: ComparisonRequest,
  session: Session,
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
      sides.push(await prepareVariant(spec, session));
    }
    const [base, head] = sides as [PreparedVariant, PreparedVariant];
    return await compareSides(request, { base, head }, session, progress);
  } finally {
    progress.done();
    for (const side of sides) await side.dispose();
  }
}

async function compareSides(
  request: ComparisonRequest,
  sides: BothSides,
  session: Session,
  progress: Progress,
): Promise<ComparisonOutcome> {
  const { base, head } = sides;
  const keep = saveGate(request, session.version);
  const found = gateCases(sides, session.workloads, request.cases, (placement) => session.place(placement));
  const asked = (cases: readonly Case[]): GatedCase[] => withTerms(cases, session.workloads, request.rules);
  const gated = asked(found.common);
  const oneSided = oneSidedOf(found, asked);
  refuseIdleRules(request.rules, idsOf([...gated, ...oneSided.flatMap((one) => one.cases)]));
  holdOutput(request.out, session.context.addon);

  let done: GateProgress = { comparisons: [], skipped: [], breaks: [], wasCutOff: false };
  let checks: ComparedChecks = { changes: [], redOnBoth: [], compared: 0 };
  let interruption: Interruption | null = null;
  const save = (status: GateReport['status']): GateReport =>
    keep({
      method: 'interleaved',
      status,
      environment: session.environment,
      base: base.variant,
      head: head.variant,
      progress: done,
      oneSided,
      verdictChanges: checks.changes,
      checksCompared: checks.compared,
      warnings: [
        ...session.warnings,
        ...found.warnings,
        ...skippedWarnings(found),
        ...redOnBothWarnings(checks.redOnBoth),
      ],
      endedBy: interruption,
      recorded: null,
    });
  const checking = await checksOf(request, found, session);
  const measureMs = request.budgetMs === null ? null : Math.max(0, request.budgetMs - checking.expectedMs);
  const draw = drawPairs(progress, {
    likelyMs: likelyPairMs(found.common, request.cases),
    untilMs: measureMs,
    thenMs: checking.expectedMs,
  });
  const { workloads } = session;
  const runPair = livePairs({ base: base.context, head: head.context, workloads, options: request.cases });
  const afterLook = (now: GateProgress): void => {
    done = now;
    save('running');
  };
  try {
    done = await runGate(
      { cases: gated, schedule: SCHEDULES[request.effort], seed: request.seed, budgetMs: measureMs },
      { runPair, nowMs: () => performance.now(), beforePair: (one, left) => draw(one.id, left), afterLook },
    );
    checks = await compareChecks(checking.request, sides, (doing) => progress.step(doing, null));
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    interruption = error;
  } finally {
    progress.done();
  }
  return { gate: save(interruption === null ? 'complete' : 'interrupted'), interruption };
}

/** The checks that were asked for, of the transports that head is to have, and what they are likely to take. */
async function checksOf(
  { checks: asked, seed }: ComparisonRequest,
  found: GateCases,
  session: Session,
): Promise<{ readonly request: CheckComparison; readonly expectedMs: number }> {
  const names = [...new Set([...found.common, ...found.lackedByHead].map((one) => one.transport))];
  const { checks, procedures } = asked === 'none' ? { checks: [], procedures: [] } : await session.conformance();
  const checkRuns =
    asked === 'quick' ? checkRunsOf(procedures, names, names).filter(({ check }) => check.quick === true) : [];
  const transports = asked === 'none' ? [] : names;
  return {
    request: { transports, checks, checkRuns, seed, stallMs: STALL_MS, deviations: session.deviations },
    expectedMs: transports.length * CHECK_MS.gate.core + checkRuns.length * TRIAL_MS.default,
  };
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
