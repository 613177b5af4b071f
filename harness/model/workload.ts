import type { Case, Placement, WorkloadName } from './case.js';
import type { Metric } from './gate.js';
import type { Driver, Role } from './transport.js';

/** What one number of a workload means. */
export type WorkloadFigure = {
  /** In words, as a label: `round trip`. */
  readonly name: string;
  /** The role whose clock opens and closes the window. */
  readonly clock: Role;
} & (
  | { readonly kind: 'latency'; readonly unit: 'ns'; readonly better: 'less' }
  | { readonly kind: 'throughput'; readonly unit: 'B/s'; readonly better: 'more' }
);

/** Figures that close no gate unless they are asked to. */
export interface Advisory {
  readonly placement: Placement;
  readonly metrics: readonly Metric[];
  /** Why, as the end of a sentence. */
  readonly reason: string;
}

/** Who sends what, how much, and when it ends. Knows no transport. */
export interface Workload {
  readonly name: WorkloadName;
  readonly summary: string;
  /** A few words for the help of `--workload`. */
  readonly brief: string;
  readonly figure: WorkloadFigure;
  /** Raised when what is measured changes. */
  readonly methodRevision: number;
  /** Bytes of one write that are measured unless others are asked for; `bench` takes those of `native` for all. */
  readonly sizesBytes: Readonly<Record<Driver, readonly number[]>>;
  /** The size at which a reader looks first. */
  readonly headlineBytes: number;
  readonly gate: {
    /** The one size that is compared unless others are asked for. */
    readonly sizeBytes: number;
    readonly advisory: readonly Advisory[];
  };
  /** How the figure of this case comes about, in sentences. `size` is its size in words. */
  method(one: Case, size: string): string;
}
