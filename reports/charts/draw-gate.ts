import type { Case, Comparison, GateReport } from '../../harness/model/index.js';
import { caseSettings } from '../findings/case-settings.js';
import { comparisonSections, spellComparison } from '../findings/comparisons.js';
import { gateVerdictOrder, metricWords } from '../findings/gate-wording.js';
import { pairChanges } from '../findings/pair-changes.js';
import { printable } from '../printable.js';
import { formatSize } from '../units/bytes.js';
import type { DifferencesChart, ForestChart, GateChart } from './chart-data.js';

export interface GateCharts {
  /** null where nothing of that kind was measured. */
  readonly gated: ForestChart | null;
  readonly advisory: ForestChart | null;
  /** One for each comparison that has pairs, those that must be looked at first. */
  readonly differences: readonly DifferencesChart[];
}

/** Every chart of a gate. */
export function drawGate(gate: GateReport): GateCharts {
  const { gated, advisory } = comparisonSections(gate);
  const name = namer(gate.cases);
  return {
    gated: drawForest(
      'gated',
      'Change of what is gated',
      gated.flatMap(({ comparisons }) => comparisons),
      name,
    ),
    advisory: drawForest(
      'advisory',
      'Change of what is advisory',
      advisory.flatMap(({ comparisons }) => comparisons),
      name,
    ),
    differences: gate.comparisons
      .flatMap((found, index) => drawDifferences(gate.method, found, index, name))
      .sort((a, b) => gateVerdictOrder.indexOf(a.verdict) - gateVerdictOrder.indexOf(b.verdict)),
  };
}

/** The charts worth a file of their own: both forests, and the pairs of what did not pass. */
export function headlineGateCharts({ gated, advisory, differences }: GateCharts): readonly GateChart[] {
  const forests = [gated, advisory].filter((chart) => chart !== null);
  return [...forests, ...differences.filter((chart) => chart.verdict !== 'pass').slice(0, mostDifferences)];
}

const mostDifferences = 12;

interface Named {
  readonly label: (found: Comparison) => string;
  /** What all cases share, and so is in no label. */
  readonly shared: string;
}

// Forty labels are read only if they are short: what all cases have in common is said once.
function namer(cases: readonly Case[]): Named {
  const parts = (one: Case): readonly string[] => [
    one.transport,
    one.driver,
    one.workload,
    formatSize(one.sizeBytes),
    one.placement,
    ...caseSettings(one.id),
  ];
  const all = new Map(cases.map((one) => [one.id, parts(one)]));
  const width = Math.max(...[...all.values()].map((words) => words.length), 0);
  const varies = Array.from(
    { length: width },
    (_, at) => at === 0 || new Set([...all.values()].map((words) => words[at])).size > 1,
  );
  const first = [...all.values()][0] ?? [];
  return {
    label: (found) => {
      const words = all.get(found.caseId) ?? [found.caseId];
      return printable(
        [...words.filter((_, at) => varies[at] ?? true), metricWords[found.metric]].map(shorten).join(' · '),
      );
    },
    shared: printable(first.filter((_, at) => varies[at] === false).join(', ')),
  };
}

function shorten(word: string): string {
  return word.length <= 28 ? word : `${word.slice(0, 16)}…${word.slice(-11)}`;
}

function drawForest(
  id: string,
  title: string,
  comparisons: readonly Comparison[],
  { label, shared }: Named,
): ForestChart | null {
  const rows = comparisons.flatMap((found) => {
    if (found.change === null) return [];
    const { median, interval } = spellComparison(found);
    const { median: value, low, high } = found.change;
    return [
      {
        label: label(found),
        verdict: found.verdict,
        change: { value, low, high },
        budget: found.budget,
        text: interval.endsWith(' %') ? `${median.replace(/ %$/, '')} ${interval}` : `${median} ${interval}`,
      },
    ];
  });
  return rows.length === 0 ? null : { kind: 'forest', id: `gate-${id}`, title, place: shared, rows };
}

function drawDifferences(
  method: GateReport['method'],
  found: Comparison,
  index: number,
  { label, shared }: Named,
): readonly DifferencesChart[] {
  const measurements = found.measurements
    .map((measurement) => ({
      points: pairChanges(method, found, measurement).map(
        ({ atMs, change }) => [round(atMs / 1000), round(change)] as const,
      ),
      median: measurement.looks.at(-1)?.change.median ?? null,
    }))
    .filter((measurement) => measurement.points.length > 0);
  if (measurements.length === 0) return [];
  const place = [shared, found.isGated ? found.verdict : `${found.verdict}, advisory`]
    .filter((part) => part !== '')
    .join(', ');
  return [
    {
      kind: 'differences',
      id: `gate-pairs-${index + 1}`,
      title: label(found),
      place,
      verdict: found.verdict,
      budget: found.budget,
      measurements,
    },
  ];
}

// Four digits are more than a pixel.
function round(value: number): number {
  return Number(value.toPrecision(4));
}
