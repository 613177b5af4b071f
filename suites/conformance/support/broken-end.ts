import type { CheckRun } from '../../../harness/define.js';
import { connectedEnds } from './connected.js';

/** The writing end of a connection whose other end is closed. */
export function brokenEnd(checkRun: CheckRun): number {
  const { sys } = checkRun;
  const { a, b } = connectedEnds(checkRun);
  for (const descriptor of new Set([b.in, b.out])) sys.close(descriptor);
  return a.out;
}
