import { defineWorkload } from '../../harness/define.js';

export const pingPong = defineWorkload({
  name: 'ping-pong',
  summary:
    'The initiator sends a message and waits for the answer of the same size, one at a time: the whole round ' +
    'trip is reported.',
  brief: 'whole round trip',
  figure: { name: 'round trip', kind: 'latency', unit: 'ns', better: 'less', clock: 'initiator' },
  methodRevision: 1,
  // Starting two Node processes takes longer than their window: they are measured where it says most.
  sizesBytes: { native: [64, 4096, 65_536], js: [64, 65_536], addon: [64] },
  // Small enough that system calls are what it costs.
  headlineBytes: 64,
  gate: {
    // Where a round trip costs most beside its bytes.
    sizeBytes: 64,
    // From an experiment with real spins of 5 % on a shared machine (ci/README.md, "Why these defaults").
    advisory: [
      {
        placement: 'cross-cpu',
        metrics: ['round-trip', 'cpu'],
        reason:
          'across CPUs, the wake-up of a sleeping CPU dominates a round trip: a real 5 % change was not detectable',
      },
    ],
  },
  method: (_, size) =>
    `The initiator sends ${size}, the responder answers with as many; one ` +
    'CLOCK_MONOTONIC reading a round trip; the whole round trip is reported, never half of it. The headline is ' +
    `the median over launches of each launch's p50; p50 to max describe all round trips together.`,
});
