import type { Report } from '../../harness/model/index.js';
import { headlineSize } from '../findings/answers.js';
import { comparableGroups, type ComparableGroup, type TransportRow } from '../findings/comparable-groups.js';
import { headlineEstimate, rankGroup, type Ranked } from '../findings/ranking.js';
import { describePlace } from '../findings/wording.js';
import { printable } from '../printable.js';
import { formatSize } from '../units/bytes.js';
import type { ByTransportChart, BySizeChart, PercentilesChart, Point, ReportChart, Series } from './chart-data.js';
import { percentileCurve } from './percentile-curve.js';

export interface GroupCharts {
  readonly group: ComparableGroup;
  /** null with fewer than two sizes: a line needs two points. */
  readonly bySize: BySizeChart | null;
  /** One for each size, ascending; empty where nothing was measured. */
  readonly byTransport: readonly ByTransportChart[];
  /** Latency only; one for each size that has a histogram worth drawing. */
  readonly percentiles: readonly PercentilesChart[];
}

/** Every chart of a report, group by group. */
export function drawReport(report: Report): readonly GroupCharts[] {
  const styles = new Map(stylesOf(report).map((transport, style) => [transport, style]));
  return comparableGroups(report).map((group) => ({
    group,
    bySize: drawBySize(group, styles),
    byTransport: group.sizes.flatMap((size) => drawByTransport(group, size, styles)),
    percentiles: group.figure === 'latency' ? group.sizes.flatMap((size) => drawPercentiles(group, size, styles)) : [],
  }));
}

/**
 * The charts worth a file of their own: each group's rows and percentiles at the headline size. A group of one
 * transport has none beside groups that compare some: it stands in the page.
 */
export function headlineCharts(charts: readonly GroupCharts[]): readonly ReportChart[] {
  const compared = charts.filter(({ group }) => group.rows.length > 1);
  return (compared.length === 0 ? charts : compared).flatMap(({ group, byTransport, percentiles }) => {
    const size = headlineSize(group);
    const here = <Chart extends ByTransportChart | PercentilesChart>(all: readonly Chart[]): readonly Chart[] =>
      all.filter((chart) => chart.sizeBytes === size);
    return [...here(byTransport), ...here(percentiles)];
  });
}

type Styles = ReadonlyMap<string, number>;

// References after the others, so that adding one does not change a transport's colour.
function stylesOf(report: Report): readonly string[] {
  const references = new Set(
    report.transports.filter((transport) => transport.reference !== null).map((transport) => transport.name),
  );
  const names = [
    ...new Set([
      ...report.transports.map((transport) => transport.name),
      ...report.results.map((result) => result.case.transport),
    ]),
  ];
  return [...names.filter((name) => !references.has(name)), ...names.filter((name) => references.has(name))];
}

function drawBySize(group: ComparableGroup, styles: Styles): BySizeChart | null {
  const sizes = group.sizes.filter((size) => size > 0 && group.rows.some((row) => pointAt(row, size) !== null));
  if (sizes.length < 2) return null;
  const series = group.rows
    .map((row) => ({
      ...describe(row.transport, row.reference, styles),
      points: sizes.map((size) => pointAt(row, size)),
    }))
    .filter((row) => row.points.some((point) => point !== null));
  const title = group.figure === 'latency' ? 'Round trip by message size' : 'Throughput by message size';
  return {
    kind: 'by-size',
    id: chartId(group, 'by-size'),
    title,
    place: printable(describePlace(group)),
    figure: group.figure,
    sizes,
    series,
  };
}

function pointAt(row: TransportRow, sizeBytes: number): Point | null {
  const result = row.results.get(sizeBytes);
  const estimate = result === undefined ? null : headlineEstimate(result);
  // Nothing can be placed at zero on a logarithmic axis.
  return estimate === null || estimate.value <= 0
    ? null
    : { value: estimate.value, low: estimate.low, high: estimate.high };
}

function drawByTransport(group: ComparableGroup, sizeBytes: number, styles: Styles): readonly ByTransportChart[] {
  const { leader, tied, behind, undecided, references } = rankGroup(group, sizeBytes);
  const better = (a: Ranked, b: Ranked): number =>
    (a.estimate.value - b.estimate.value) * (group.figure === 'latency' ? 1 : -1);
  const ranked = [
    ...(leader === null ? [] : [leader]),
    ...[...tied, ...behind, ...undecided].sort(better),
    ...references,
  ];
  if (ranked.length === 0) return [];
  return [
    {
      kind: 'by-transport',
      id: chartId(group, 'by-transport', sizeBytes),
      title:
        group.figure === 'latency'
          ? `Round trip at ${formatSize(sizeBytes)}`
          : `Throughput at ${formatSize(sizeBytes)}`,
      place: printable(describePlace(group)),
      figure: group.figure,
      sizeBytes,
      rows: ranked.map(({ transport, reference, estimate: { value, low, high } }) => ({
        ...describe(transport, reference, styles),
        point: { value, low, high },
      })),
    },
  ];
}

function drawPercentiles(group: ComparableGroup, sizeBytes: number, styles: Styles): readonly PercentilesChart[] {
  const series = group.rows
    .map((row) => {
      const latency = row.results.get(sizeBytes)?.latency ?? null;
      return {
        ...describe(row.transport, row.reference, styles),
        points: latency === null ? [] : percentileCurve(latency),
      };
    })
    .filter((row) => row.points.length > 0);
  if (series.length === 0) return [];
  return [
    {
      kind: 'percentiles',
      id: chartId(group, 'percentiles', sizeBytes),
      title: `Percentiles of the ${formatSize(sizeBytes)} round trip`,
      place: printable(describePlace(group)),
      figure: 'latency',
      sizeBytes,
      series,
    },
  ];
}

function describe(transport: string, reference: string | null, styles: Styles): Series {
  return { transport: printable(transport), reference: reference !== null, style: styles.get(transport) ?? 0 };
}

// Becomes a file name: nothing but letters, digits and hyphens survives.
function chartId(group: ComparableGroup, kind: ReportChart['kind'], sizeBytes?: number): string {
  const size = sizeBytes === undefined ? [] : [formatSize(sizeBytes).replace(' ', '')];
  return [group.id, kind, ...size]
    .join('-')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .slice(0, 120);
}
