import type { Role } from './transport.js';

/** Who sends what, how much, and when it ends. Knows no transport. */
export interface Workload {
  readonly name: string;
  readonly summary: string;
  /** What the figure is: the distribution of a duration, or a rate. */
  readonly figure: 'latency' | 'throughput';
  /** The role whose clock opens and closes the window. */
  readonly timekeeper: Role;
  /** Raised when what is measured changes. */
  readonly methodRevision: number;
}
