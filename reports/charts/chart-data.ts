import type { GateVerdict } from '../../harness/model/index.js';
import type { Figure } from '../units/estimate.js';

/**
 * What a chart shows, as plain data: drawn from a report once, it travels to the page as JSON and to the process that
 * makes images, and chart-config.ts turns it into the same chart in both places.
 */
export type ChartData = ReportChart | GateChart;

export type ReportChart = ByTransportChart | RangesChart | RatiosChart;

export type GateChart = ForestChart | DifferencesChart;

interface AnyChart {
  /** Unique in a report; a file name too. */
  readonly id: string;
  readonly title: string;
  /** What the figures hold for: workload, driver, placement. */
  readonly place: string;
}

interface CommonChart extends AnyChart {
  readonly figure: Figure;
}

/** Several figures of each transport on one row: its placements, or its quantiles. */
export interface RangesChart extends CommonChart {
  readonly kind: 'ranges';
  /** What the marks of a row are called, from the first to the last. */
  readonly names: readonly string[];
  readonly rows: readonly RangeRow[];
}

export interface RangeRow extends Series {
  readonly points: readonly (Point | null)[];
}

/** How many times the best's figure, over sizes; null where a case did not run or failed. */
export interface RatiosChart extends CommonChart {
  readonly kind: 'ratios';
  readonly sizes: readonly number[];
  readonly series: readonly (Series & { readonly points: readonly (number | null)[] })[];
}

/** Figures at one size, one row a transport, best first, references last. */
export interface ByTransportChart extends CommonChart {
  readonly kind: 'by-transport';
  readonly sizeBytes: number;
  readonly rows: readonly (Series & { readonly point: Point })[];
}

/** Changes with their intervals, a row a comparison, against zero and the budget. */
export interface ForestChart extends AnyChart {
  readonly kind: 'forest';
  readonly rows: readonly ForestRow[];
}

export interface ForestRow {
  readonly label: string;
  readonly verdict: GateVerdict;
  /** As a share: 0.05 is 5 % worse. */
  readonly change: Point;
  readonly budget: number;
  /** `+6.0 [+4.7, +7.0] %`. */
  readonly text: string;
}

/**
 * The change of each pair of one comparison in the order of time: first measurement, then the one that was made to
 * believe a failure.
 */
export interface DifferencesChart extends AnyChart {
  readonly kind: 'differences';
  readonly verdict: GateVerdict;
  readonly budget: number;
  readonly measurements: readonly { readonly points: readonly PairPoint[]; readonly median: number | null }[];
}

/** Seconds since the gate began, and the change as a share. */
export type PairPoint = readonly [atS: number, change: number];

export interface Series {
  readonly transport: string;
  readonly reference: boolean;
  /** The same number, and so the same colour, mark and dash, for a transport in every chart of a report. */
  readonly style: number;
}

export interface Point {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}
