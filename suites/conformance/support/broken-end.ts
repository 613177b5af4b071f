import type { Trial } from '../../../harness/define.js';
import { connectedEnds } from './connected.js';

/** The writing end of a connection whose other end is closed. */
export function brokenEnd(trial: Trial): number {
  const { sys } = trial;
  const { a, b } = connectedEnds(trial);
  for (const descriptor of new Set([b.in, b.out])) sys.close(descriptor);
  return a.out;
}
