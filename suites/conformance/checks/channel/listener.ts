import { defineProcedure } from '../../../../harness/define.js';
import type { Phase } from '../../children/lingering.js';
import { judgeExpected } from '../../support/expectations.js';
import { NODE_IPC, serializationOf } from '../../support/node-ipc-channel.js';
import { outputOf } from '../../support/process-state.js';

const PHASES = [
  'no listener',
  'a listener of message',
  'no listener any more',
  'a listener of disconnect',
  'a listener of message, channel.unref()',
  'no listener, channel.ref()',
];

const OUTCOMES: readonly Phase['outcome'][] = ['ends', 'stays', 'ends', 'stays', 'ends', 'stays'];

export const listenerKeepsAlive = defineProcedure<readonly Phase[]>({
  id: 'channel/listener-keeps-alive',
  guarantee:
    "The channel keeps a child alive while it listens for 'message' or 'disconnect', and not otherwise; " +
    'channel.ref() and channel.unref() overrule that.',
  level: 'MUST',
  source: () => ({
    document: 'Node.js 20, child_process, options.stdio',
    quote:
      'the child is launched with the IPC channel unreferenced (using unref()) until the child registers an ' +
      "event handler for the 'disconnect' event or the 'message' event. This allows the child to exit normally " +
      'without the process being held open by the open IPC channel.',
  }),
  subjects: NODE_IPC,
  expected:
    'It stays with a listener and with channel.ref(); it ends without, when the listener is removed, and after ' +
    'channel.unref().',
  procedure:
    "In a child with a channel: change one thing, then see whether the event loop runs empty ('beforeExit') or " +
    'an unreferenced timer goes on firing.',
  quick: true,
  observe: async (checkRun) => {
    const child = checkRun.child(new URL('../../children/lingering.js', import.meta.url), {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      serialization: serializationOf(checkRun.subject),
    });
    return JSON.parse(await outputOf(child)) as readonly Phase[];
  },
  judge: (seen) =>
    judgeExpected(
      Object.fromEntries(seen.map(({ name, outcome }, at) => [name, [outcome, OUTCOMES[at] ?? 'ends']])),
      'fail',
      { Phases: [seen.map(({ name }) => name), PHASES] },
    ),
  proofs: [
    { name: 'as documented', observation: phases(), verdict: 'pass' },
    ...PHASES.map((name, at) => ({
      name: `the contrary with ${name}`,
      observation: phases(at),
      verdict: 'fail' as const,
    })),
    { name: 'a phase is missing', observation: phases().slice(0, 5), verdict: 'broken' },
  ],
});

function phases(contrary = -1): readonly Phase[] {
  return PHASES.map((name, at) => ({
    name,
    outcome: (OUTCOMES[at] === 'stays') === (at === contrary) ? 'ends' : 'stays',
  }));
}
