import type { Comparison, GateReport } from '../../harness/model/index.js';
import {
  formatChange,
  formatChangeInterval,
  formatCountPerMessage,
  formatIncrease,
  formatIncreaseInterval,
} from '../units/change.js';
import { formatNs } from '../units/duration.js';
import { formatShare } from '../units/digits.js';
import { gateVerdictOrder, gateVerdictSigns, metricWords } from './gate-wording.js';

/** The figures of one case, in the gate's order. */
export interface ComparedCase {
  readonly caseId: string;
  readonly comparisons: readonly Comparison[];
}

export interface Sections {
  readonly gated: readonly ComparedCase[];
  readonly advisory: readonly ComparedCase[];
}

/**
 * Gated and advisory apart, by case; cases that a reader must look at before the others, worst first. Two reports have
 * their order: what differs, first.
 */
export function comparisonSections(gate: GateReport): Sections {
  const order = gate.method === 'reports' ? () => 0 : (a: ComparedCase, b: ComparedCase) => worst(a) - worst(b);
  return {
    gated: byCase(
      gate.comparisons.filter((found) => found.isGated),
      order,
    ),
    advisory: byCase(
      gate.comparisons.filter((found) => !found.isGated),
      order,
    ),
  };
}

/**
 * What needs its reason told, worst first: all that is gated and did not pass. Where nothing is gated, as between two
 * reports, it is what differs beyond chance and what one side lacks.
 */
export function toExplain({ comparisons }: GateReport): readonly Comparison[] {
  const gated = comparisons.filter((found) => found.isGated);
  const told =
    gated.length > 0
      ? gated.filter((found) => found.verdict !== 'pass')
      : comparisons.filter((found) => found.verdict !== 'pass' && found.verdict !== 'inconclusive');
  return told.toSorted((a, b) => gateVerdictOrder.indexOf(a.verdict) - gateVerdictOrder.indexOf(b.verdict));
}

/** A comparison as every rendering spells it. */
export interface ComparisonText {
  readonly metric: string;
  readonly base: string;
  readonly head: string;
  /** `~` where no direction can be told: the interval holds zero, or there is none. */
  readonly change: string;
  /** The median itself, also where its direction cannot be told. */
  readonly median: string;
  readonly interval: string;
  readonly visible: string;
  readonly budget: string;
  /** `✗ regressed`. */
  readonly verdict: string;
}

export function spellComparison(found: Comparison): ComparisonText {
  const { change, budget, smallestVisible, verdict } = found;
  const scale = increaseScale(found);
  const spell =
    scale === null ? formatChange : (value: number | null) => formatIncrease(value === null ? null : value * scale);
  const figure = found.unit === 'ns' ? formatNs : formatCountPerMessage;
  const median = spell(change?.median ?? null);
  return {
    metric: metricWords[found.metric],
    base: figure(found.base),
    head: figure(found.head),
    change: change === null ? '–' : isDirectionTold(found) ? median : '~',
    median,
    interval:
      scale === null
        ? formatChangeInterval(change?.low ?? null, change?.high ?? null)
        : formatIncreaseInterval(times(change?.low, scale), times(change?.high, scale)),
    visible:
      scale === null
        ? smallestVisible === null
          ? '–'
          : formatShare(smallestVisible)
        : formatIncrease(times(smallestVisible, scale)),
    budget: scale === null ? formatShare(budget) : formatIncrease(budget * scale),
    verdict: `${gateVerdictSigns[verdict]} ${verdict}`,
  };
}

/** Whether head can be told from base at all: an interval that leaves out zero, or counts that never moved. */
export function isDirectionTold({ change }: Comparison): boolean {
  if (change === null || change.low === null || change.high === null) return false;
  return change.low > 0 || change.high < 0 || (change.low === 0 && change.high === 0);
}

/**
 * What a count's change is multiplied by to read as calls per message. A share of a base near zero says nothing, so
 * where the allowance is absolute the change is told in calls; null where it is told as a share.
 */
export function increaseScale({ allowedIncrease, budget, base }: Comparison): number | null {
  if (allowedIncrease === null || budget <= 0) return null;
  return allowedIncrease > budget * (base ?? 0) * 1.0001 ? allowedIncrease / budget : null;
}

function byCase(
  comparisons: readonly Comparison[],
  order: (a: ComparedCase, b: ComparedCase) => number,
): readonly ComparedCase[] {
  const cases = new Map<string, Comparison[]>();
  for (const found of comparisons) {
    const before = cases.get(found.caseId);
    if (before === undefined) cases.set(found.caseId, [found]);
    else before.push(found);
  }
  return [...cases].map(([caseId, members]) => ({ caseId, comparisons: members })).sort(order);
}

function worst({ comparisons }: ComparedCase): number {
  return Math.min(...comparisons.map((found) => gateVerdictOrder.indexOf(found.verdict)));
}

function times(value: number | null | undefined, scale: number): number | null {
  return value === null || value === undefined ? null : value * scale;
}
