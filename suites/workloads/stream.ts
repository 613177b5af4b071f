import { defineWorkload } from '../../harness/define.js';

export const stream = defineWorkload({
  name: 'stream',
  summary:
    'The initiator sends as fast as the transport takes it. The responder stops the clock with the last byte: ' +
    'what is still in the kernel is not delivered.',
  figure: 'throughput',
  timekeeper: 'responder',
  methodRevision: 1,
});
