import type {
  ByTransportChart,
  BySizeChart,
  DifferencesChart,
  ForestChart,
  PercentilesChart,
} from '../charts/chart-data.js';

/** What the page's script is given: the charts, and nothing that the page already says in words. */
export interface PageData {
  readonly groups: readonly PageGroup[];
  /** Of a gate's page alone. */
  readonly gate?: PageGate;
}

export interface PageGate {
  readonly forests: readonly ForestChart[];
  readonly differences: readonly DifferencesChart[];
}

export interface PageGroup {
  readonly id: string;
  /** The size that is shown first. */
  readonly headlineSize: number;
  readonly bySize: BySizeChart | null;
  readonly byTransport: readonly ByTransportChart[];
  readonly percentiles: readonly PercentilesChart[];
}
