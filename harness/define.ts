import type { DeliveryCheck, Transport, Workload } from './model/index.js';

export type * from './model/index.js';

/** Declares a transport. The whole of its type checking; the loader validates it again at run time. */
export const defineTransport = (transport: Transport): Transport => transport;
export const defineWorkload = (workload: Workload): Workload => workload;
export const defineCheck = (check: DeliveryCheck): DeliveryCheck => check;
