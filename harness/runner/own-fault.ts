import type { DeliveryCheck, Driver } from '../model/index.js';
import type { PairContext } from '../pair/pair.js';
import type { LoadedTransport } from '../discovery/load-transports.js';
import { checkTransport } from './run-checks.js';
import { UNPINNED } from '../placement/place.js';

export interface Untouched {
  readonly loaded: LoadedTransport;
  readonly driver: Driver;
  readonly messages: number;
  readonly seed: number;
  readonly stallMs: number;
}

/**
 * What a transport does wrong with nothing injected into it, as a sentence; null when it keeps its promises. Of one
 * that breaks a promise by itself, an injected fault shows nothing: neither that a check noticed it, nor that it missed
 * it.
 */
export async function ownFault(
  one: Untouched,
  checks: readonly DeliveryCheck[],
  context: PairContext,
): Promise<string | null> {
  const { loaded, driver, ...settings } = one;
  const { verdicts } = await checkTransport(
    loaded,
    checks,
    { ...settings, drivers: [driver], cpus: UNPINNED },
    context,
  );
  const name = `With no fault injected, ${loaded.transport.name} (${driver})`;
  const lapse = verdicts.find(({ verdict }) => verdict === 'fail' || verdict === 'deviation');
  if (lapse !== undefined) return `${name} fails ${lapse.checkId}: ${lapse.evidence}`;
  const undecided = verdicts.find(({ verdict }) => verdict === 'broken');
  if (undecided !== undefined) return `${name} leaves ${undecided.checkId} undecided: ${undecided.evidence}`;
  // Here its system has no such thing, or it promises nothing that a check could hold it to.
  const hasPassed = verdicts.some(({ verdict }) => verdict === 'pass');
  return hasPassed ? null : `${name} has no verdict from any check: ${verdicts[0]?.evidence ?? 'none applies'}`;
}
