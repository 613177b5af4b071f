import type { DifferencesChart, ForestChart, ReportChart } from '../charts/chart-data.js';

/** What the script of a gate's page draws. */
export interface PageData {
  readonly gate: PageGate;
}

export interface PageGate {
  readonly forests: readonly ForestChart[];
  readonly differences: readonly DifferencesChart[];
}

/** A chart of a report's page; the one of its kind that is drawn is chosen by the filter. */
export interface PageChart {
  /** The block it belongs to; null: it compares blocks. */
  readonly block: string | null;
  readonly chart: ReportChart;
}
