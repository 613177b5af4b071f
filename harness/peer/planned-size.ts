import type { NativeAddon } from '../../native/addon.js';
import type { PeerArguments } from './arguments.js';

type Plan = Pick<PeerArguments, 'seed' | 'sizeBytes' | 'maxSizeBytes' | 'messages' | 'largeBytes' | 'beyondBytes'>;

/**
 * The size of message `seq` of a checked exchange, for both ends: what plannedBytes() of native/src/payload.cc gives.
 */
export function plannedSizes(plan: Plan, addon: Pick<NativeAddon, 'messageSize'>): (seq: number) => number {
  const { seed, sizeBytes, maxSizeBytes, messages, largeBytes, beyondBytes } = plan;
  const own = new Map<number, number>();
  for (const [index, bytes] of largeBytes.entries()) {
    const seq = Math.floor(((index + 1) * messages) / (largeBytes.length + 1));
    if (!own.has(seq)) own.set(seq, bytes);
  }
  if (beyondBytes !== null) own.set(messages, beyondBytes);
  return (seq) => own.get(seq) ?? addon.messageSize(seed, seq, sizeBytes, maxSizeBytes);
}

/** The size of the largest message there can be. */
export function largestSize({
  maxSizeBytes,
  largeBytes,
  beyondBytes,
}: Pick<Plan, 'maxSizeBytes' | 'largeBytes' | 'beyondBytes'>): number {
  return Math.max(maxSizeBytes, beyondBytes ?? 0, ...largeBytes);
}
