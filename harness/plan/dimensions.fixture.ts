import type { Setting, Workload, WorkloadFigure } from '../model/index.js';

export const ROUND_TRIP: WorkloadFigure = {
  name: 'round trip',
  kind: 'latency',
  unit: 'ns',
  better: 'less',
  clock: 'initiator',
};
export const RATE: WorkloadFigure = {
  name: 'throughput',
  kind: 'throughput',
  unit: 'B/s',
  better: 'more',
  clock: 'responder',
};

/** A workload for tests: a latency unless told otherwise. */
export function madeUpWorkload(name: string, more: Partial<Workload> = {}): Workload {
  return {
    name,
    summary: name,
    brief: name,
    figure: ROUND_TRIP,
    methodRevision: 1,
    sizesBytes: { native: [64, 4096], addon: [64], js: [64] },
    headlineBytes: 64,
    gate: { sizeBytes: 64, advisory: [] },
    method: (_, size) => `Made up, of ${size}.`,
    ...more,
  };
}

/** A setting for tests, which only the core can have. */
export const MADE_UP_WAIT: Setting = {
  name: 'wait',
  values: ['block', 'spin'],
  default: 'block',
  help: 'block: sleeps; spin: looks again and again',
  appliesTo: ({ driver }) => driver !== 'js',
  notApplicable: "Node's own API waits as it likes. Ask for --driver native.",
  argv: (value) => (value === 'block' ? [] : ['--wait', value]),
  method: (value) => (value === 'spin' ? 'Both peers looked again and again.' : null),
};
