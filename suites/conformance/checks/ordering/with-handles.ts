import { defineProcedure } from '../../../../harness/define.js';
import type { HandleKind } from '../../children/handle-receiver.js';
import { NODE_IPC } from '../../support/node-ipc-channel.js';
import { listenOn } from '../../support/net-servers.js';
import { startReceiver } from '../../support/receiver.js';
import { withRateBound } from '../../support/loss-rate-bound.js';

const SEND = 'Node.js 20, child_process, subprocess.send()';

const HANDLE = {
  document: SEND,
  quote:
    'The child will receive the object as the second argument passed to the callback function registered on the ' +
    "'message' event.",
};

interface Order {
  readonly sent: readonly (readonly [number, HandleKind])[];
  readonly received: readonly (readonly [number, HandleKind])[];
}

/**
 * A handle that has not been acknowledged holds back what is sent after it (nodejs/node `_handleQueue`): that must not
 * change the order.
 */
export const orderWithHandles = defineProcedure<Order>({
  id: 'ordering/with-handles',
  guarantee:
    'Messages with and without handles arrive in the order in which they were sent, each handle with its own message.',
  level: 'MUST',
  source: () => ({ ...HANDLE, document: `${SEND} — the nearest text: their order is not specified` }),
  subjects: NODE_IPC,
  expected: 'The order of sending; a server with every third message.',
  procedure:
    'In one turn of the event loop: send n numbers, a listening server with every third. The child writes down ' +
    'number and handle of each message.',
  quick: true,
  observe: async (checkRun) => {
    const { give, report } = startReceiver(checkRun);
    const { server } = await listenOn(checkRun, 'unix', 's');
    const messages = checkRun.count({ quick: 30, default: 60, thorough: 3000 });
    const sent = Array.from(
      { length: messages },
      (_, label) => [label, label % 3 === 1 ? 'net.Server' : null] as const,
    );
    for (const [label, kind] of sent) void give({ order: 'note', label }, kind === null ? undefined : server);
    return { sent, received: (await report()).notes };
  },
  judge: ({ sent, received }) => {
    const handles = sent.filter(([, kind]) => kind !== null).length;
    if (handles < 5) return { verdict: 'broken', evidence: `Only ${handles} handles were sent.` };
    const wrong = sent.findIndex(([label, kind], at) => received[at]?.[0] !== label || received[at]?.[1] !== kind);
    if (wrong !== -1)
      return {
        verdict: 'fail',
        evidence:
          `Message ${wrong} of ${sent.length} was sent with ${sent[wrong]?.[1] ?? 'no handle'}; ` +
          `number ${wrong} to arrive was ${received[wrong]?.[0] ?? 'nothing'} ` +
          `with ${received[wrong]?.[1] ?? 'no handle'}.`,
      };
    const verdict = received.length === sent.length ? 'pass' : 'fail';
    const inOrder = `${received.length} messages of ${sent.length} arrived in order`;
    return withRateBound(
      {
        verdict,
        evidence: `${inOrder}, ${handles} of them with their handles.`,
      },
      'loss or disorder',
      received.length,
    );
  },
  proofs: [
    { name: 'in order', observation: { sent: numbered(15), received: numbered(15) }, verdict: 'pass' },
    {
      name: 'the first one after a handle overtakes it',
      observation: {
        sent: numbered(15),
        received: [[0, null], [2, null], [1, 'net.Server'], ...numbered(15).slice(3)],
      },
      verdict: 'fail',
    },
    {
      name: 'a handle is not there',
      observation: {
        sent: numbered(15),
        received: numbered(15).map(([label, kind]) => [label, label === 13 ? null : kind]),
      },
      verdict: 'fail',
    },
    { name: 'the last one is lost', observation: { sent: numbered(15), received: numbered(14) }, verdict: 'fail' },
    {
      name: 'one comes twice',
      observation: { sent: numbered(15), received: [...numbered(15), [14, null]] },
      verdict: 'fail',
    },
    { name: 'too few handles', observation: { sent: numbered(12), received: numbered(12) }, verdict: 'broken' },
  ],
});

function numbered(messages: number): readonly (readonly [number, HandleKind])[] {
  return Array.from({ length: messages }, (_, label) => [label, label % 3 === 1 ? 'net.Server' : null] as const);
}
