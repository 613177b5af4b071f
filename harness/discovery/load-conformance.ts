import type { DeliveryCheck } from '../model/index.js';
import { loadChecks } from './load-checks.js';
import { loadProcedures, type LoadedProcedure } from './load-procedures.js';

/** All that suites/conformance has: judges of exchanges' histories, and checks with procedures of their own. */
export interface Conformance {
  readonly checks: readonly DeliveryCheck[];
  readonly procedures: readonly LoadedProcedure[];
}

export async function loadConformance(): Promise<Conformance> {
  const [checks, procedures] = await Promise.all([loadChecks(), loadProcedures()]);
  return { checks, procedures };
}
