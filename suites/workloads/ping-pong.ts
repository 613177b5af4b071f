import { defineWorkload } from '../../harness/define.js';

export const pingPong = defineWorkload({
  name: 'ping-pong',
  summary:
    'The initiator sends a message and waits for the answer of the same size, one at a time: the whole round ' +
    'trip is reported.',
  figure: 'latency',
  timekeeper: 'initiator',
  methodRevision: 1,
});
