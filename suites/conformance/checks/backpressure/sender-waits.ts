import { defineCheck } from '../../../../harness/define.js';
import { judgeSenderWaits } from '../../judges/sender-waits.js';

export const senderWaits = defineCheck({
  id: 'backpressure/sender-waits',
  guarantee: 'A sender that is faster than its receiver is asked to wait before its process buffers megabytes.',
  source: () => ({
    document: 'ipcbench, suites/README.md, "Your own, without touching ipcbench"',
    quote: '`send` returns nothing when more may be sent at once, and a promise when the sender should wait.',
  }),
  level: 'SHOULD',
  // A relay takes what a receiver does not.
  relayable: false,
  appliesTo: (guarantees) => guarantees.reliable,
  notApplicable:
    'This transport does not guarantee delivery, so buffered messages cannot be distinguished from lost ones.',
  judge: judgeSenderWaits,
});
