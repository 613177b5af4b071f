import type { DeliveryCheck, Driver } from '../model/index.js';
import type { PairContext } from '../pair/pair.js';
import type { LoadedTransport } from '../suites/load-transports.js';
import { checkTransport } from './run-checks.js';

export interface Untouched {
  readonly loaded: LoadedTransport;
  readonly driver: Driver;
  readonly messages: number;
  readonly seed: number;
  readonly stallMs: number;
}

/**
 * What a transport does wrong with nothing planted into it, as a sentence; null when it keeps its promises. Of one that breaks a
 * promise by itself, a planted fault shows nothing: neither that a check noticed it, nor that a check missed it.
 */
export async function ownFault({ loaded, driver, messages, seed, stallMs }: Untouched, checks: readonly DeliveryCheck[], context: PairContext): Promise<string | null> {
  const free = { initiator: null, responder: null, relation: 'unpinned' } as const;
  const { verdicts } = await checkTransport(loaded, checks, { messages, drivers: [driver], seed, stallMs, cpus: free }, context);
  const { name } = loaded.transport;
  const kept = verdicts.find(({ verdict }) => verdict === 'fail' || verdict === 'deviation');
  if (kept !== undefined) return `With no fault planted, ${name} (${driver}) breaks ${kept.checkId}: ${kept.evidence}`;
  const undecided = verdicts.find(({ verdict }) => verdict === 'broken');
  if (undecided !== undefined) return `With no fault planted, ${name} (${driver}) leaves ${undecided.checkId} undecided: ${undecided.evidence}`;
  // Here its system has no such thing, or it promises nothing that a check could hold it to.
  const hasPassed = verdicts.some(({ verdict }) => verdict === 'pass');
  return hasPassed ? null : `With no fault planted, no check of ${name} (${driver}) came to a verdict: ${verdicts[0]?.evidence ?? 'none applies'}`;
}
