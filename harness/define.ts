import type { DeliveryCheck, Setting, Transport, Workload } from './model/index.js';
import type { ProcedureCheck } from './check-run/check-run.js';

export type * from './model/index.js';
export type * from './check-run/check-run.js';
export { isProvenBy, isUnusual } from './check-run/check-run.js';
// What procedures are written with.
export { countUntilError, errnoOf, unixAddress } from '../native/syscalls.js';
export type * from '../native/syscalls.js';

/** Declares a transport. The whole of its type checking; the loader validates it again at run time. */
export const defineTransport = (transport: Transport): Transport => transport;
export const defineWorkload = (workload: Workload): Workload => workload;
/** Declares one more dimension of a case. */
export const defineSetting = (setting: Setting): Setting => setting;
/** Declares a check that judges the history of an exchange. */
export const defineCheck = (check: DeliveryCheck): DeliveryCheck => check;
/** Declares a check with a procedure of its own. The observation's type goes from `observe` to `judge` and `proofs`. */
export const defineProcedure = <Observation>(
  check: Omit<ProcedureCheck<Observation>, 'kind'>,
): ProcedureCheck<Observation> => ({ kind: 'procedure', ...check });
