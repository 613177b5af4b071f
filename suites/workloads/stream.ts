import { defineWorkload } from '../../harness/define.js';

export const stream = defineWorkload({
  name: 'stream',
  summary:
    'The initiator sends as fast as the transport accepts. The responder stops the clock at the last ' +
    'byte, so bytes still buffered in the kernel do not count.',
  figure: 'throughput',
  timekeeper: 'responder',
  methodRevision: 1,
});
