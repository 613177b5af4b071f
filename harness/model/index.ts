/** Types only: the nouns of ipcbench. This folder imports nothing but itself. */
export type * from './transport.js';
export type * from './case.js';
export type * from './workload.js';
export type * from './setting.js';
export type * from './sample.js';
export type * from './history.js';
export type * from './check.js';
export type * from './environment.js';
export type * from './fault.js';
export type * from './report.js';
export type * from './gate.js';
