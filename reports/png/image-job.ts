import type { ChartData } from '../charts/chart-data.js';

/** What the child process is given on stdin, and what it answers on descriptor 3. */
export interface ImageJob {
  readonly charts: readonly ChartData[];
  readonly directory: string;
  /** Whose figures these are: images are passed on without their report. */
  readonly machine: string;
  /** WOFF2 files of one family, a weight each. */
  readonly fonts: readonly string[];
}

export type ImageAnswer =
  | { readonly state: 'rendered'; readonly files: readonly string[] }
  /** The canvas, an optional dependency, is not installed or does not load here. */
  | { readonly state: 'no-canvas'; readonly reason: string };
