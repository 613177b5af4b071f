import { isSameAnswer, isWorseThan } from '../../../ci/gate/verdict-changes.js';
import type { DeliveryCheck, Verdict, VerdictChange, Warning } from '../../model/index.js';
import { severityOf } from '../../outcome/severity.js';
import { runConformance } from '../../runner/run-conformance.js';
import type { PlannedCheckRun } from '../../runner/perform-check-runs.js';
import type { RecordedDeviation } from '../../discovery/deviations.js';
import type { BothSides, PreparedVariant } from '../sides/prepare-variant.js';

/** Enough to bound the rate of loss at 3 in 10,000, in a quarter of a second a transport: a gate is run often. */
const CHECKED_MESSAGES = 10_000;

export interface CheckComparison {
  /** Names of transports; one that a side lacks is left out there. */
  readonly transports: readonly string[];
  readonly checks: readonly DeliveryCheck[];
  readonly checkRuns: readonly PlannedCheckRun[];
  readonly seed: number;
  readonly stallMs: number;
  readonly deviations: readonly RecordedDeviation[];
}

export interface ComparedChecks {
  readonly changes: readonly VerdictChange[];
  /** Ids of checks that fail on both sides alike. */
  readonly redOnBoth: readonly string[];
  /** Promises that head was held to. */
  readonly compared: number;
}

/**
 * Holds head to every promise, and base to those alone that head did not keep: what head keeps cannot have got worse.
 * No statistics: one verdict against the other. Rejects only with an interruption.
 */
export async function compareChecks(
  request: CheckComparison,
  sides: BothSides,
  before: (doing: string) => void,
): Promise<ComparedChecks> {
  const ofHead = await verdictsOf(request, sides.head, before);
  const doubtful = ofHead.filter(
    (verdict) => severityOf(verdict.verdict) > 0 && !isSilentOnBoth(verdict, request.checks, sides),
  );
  const names = new Set(doubtful.map((verdict) => `${verdict.transport}/${verdict.checkId}`));
  const ofBase = await verdictsOf(
    {
      ...request,
      transports: request.transports.filter((name) => request.checks.some(({ id }) => names.has(`${name}/${id}`))),
      checkRuns: request.checkRuns.filter(({ check, subject }) => names.has(`${subject}/${check.id}`)),
    },
    sides.base,
    before,
  );
  const changes = doubtful.map((verdict): VerdictChange => {
    const sameDriver = ofBase.find((one) => one.driver === verdict.driver && isOfOnePromise(one, verdict));
    const was = sameDriver ?? ofBase.find((one) => one.id === verdict.id) ?? null;
    return {
      id: verdict.id,
      base: was?.verdict ?? null,
      head: verdict.verdict,
      isWorse: was !== null && isWorseThan(was.verdict, verdict.verdict),
      promise: verdict.promise,
      evidence: verdict.evidence,
    };
  });
  const isSame = ({ base: was, head: is }: VerdictChange): boolean => isSameAnswer(was, is);
  return {
    changes: changes.filter((change) => !isSame(change)),
    redOnBoth: changes.filter(isSame).flatMap(({ id, head: is }) => (is === 'fail' ? [id] : [])),
    compared: ofHead.filter((verdict) => verdict.verdict !== 'skip').length,
  };
}

/**
 * What is red on both sides is no change, and closes nothing: said, so that nobody takes an open gate for a kept
 * promise.
 */
export function redOnBothWarnings(ids: readonly string[]): Warning[] {
  if (ids.length === 0) return [];
  return [
    {
      code: 'red-on-both',
      message:
        `${ids.length === 1 ? 'One check fails or is undecided' : `${ids.length} checks fail or are undecided`} ` +
        `on both base and head, so the gate cannot judge ${ids.length === 1 ? 'it' : 'them'}: ` +
        `${ids.join(', ')}.`,
      hint: "'ipcbench check' shows the evidence of each.",
    },
  ];
}

/** The id of one driver's verdict depends on what other drivers its module has, and base may have others than head. */
function isOfOnePromise(a: Verdict, b: Verdict): boolean {
  return a.transport === b.transport && a.checkId === b.checkId;
}

/** A promise that neither side makes. */
function isSilentOnBoth(verdict: Verdict, checks: readonly DeliveryCheck[], { base, head }: BothSides): boolean {
  const check = checks.find((one) => one.id === verdict.checkId);
  if (verdict.verdict !== 'skip' || check === undefined) return false;
  return [base, head].every((side) => {
    const loaded = side.context.transports.get(verdict.transport);
    return loaded !== undefined && !check.appliesTo(loaded.transport.guarantees);
  });
}

/** Holds one side to its promises. Rejects only with an interruption. */
export async function verdictsOf(
  { checks, seed, stallMs, deviations, transports, checkRuns }: CheckComparison,
  side: PreparedVariant,
  before: (doing: string) => void,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  await runConformance(
    {
      transports: transports.flatMap((name) => side.context.transports.get(name) ?? []),
      checks,
      delivery: { messages: CHECKED_MESSAGES, seed, stallMs },
      checkRuns,
      procedures: { seed, scale: 'quick' },
    },
    { context: side.context, deviations, environment: side.environment },
    {
      before: ({ name }) => before(`checking ${side.spec.side} · ${name}`),
      take: (verdict) => void verdicts.push(verdict),
    },
  );
  return verdicts;
}
