import type { DifferencesChart, ForestChart } from '../charts/chart-data.js';

/** What the script of a gate's page draws. */
export interface PageData {
  readonly gate: PageGate;
}

export interface PageGate {
  readonly forests: readonly ForestChart[];
  readonly differences: readonly DifferencesChart[];
}
