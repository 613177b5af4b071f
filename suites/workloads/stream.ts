import { defineWorkload } from '../../harness/define.js';

export const stream = defineWorkload({
  name: 'stream',
  summary:
    'The initiator sends as fast as the transport accepts. The responder stops the clock at the last ' +
    'byte, so bytes still buffered in the kernel do not count.',
  brief: 'one way, the receiver stops the clock',
  figure: { name: 'throughput', kind: 'throughput', unit: 'B/s', better: 'more', clock: 'responder' },
  methodRevision: 1,
  // Starting two Node processes takes longer than their window: they are measured where it says most.
  sizesBytes: { native: [64, 4096, 65_536], js: [65_536], addon: [64] },
  // Large enough that copying is what it costs.
  headlineBytes: 65_536,
  gate: {
    // Where bytes cost most.
    sizeBytes: 65_536,
    advisory: [],
  },
  method: (_, size) =>
    `One way, as fast as the transport accepts, ${size} a write. The receiver's clock runs from the first message of ` +
    'the window to the last, so bytes still buffered in the kernel do not count. The figure is the median over launches.',
});
