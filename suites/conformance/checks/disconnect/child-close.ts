import { defineProcedure } from '../../../../harness/define.js';
import type { Lonely } from '../../children/lonely-parent.js';
import { outputOf } from '../../support/process-state.js';

interface Ends {
  readonly version: string;
  readonly children: readonly Lonely[];
}

const WHO = ['nobody', 'child', 'parent'] as const;

/** nodejs/node #19433, #65646: `await once(child, 'close')` waits for ever. */
export const closeAfterDisconnect = defineProcedure<Ends>({
  id: 'disconnect/close-after-parent-disconnect',
  guarantee:
    "'close' comes after a child has ended and its stdio is closed, also when the parent has called disconnect().",
  level: 'SHOULD',
  source: () => ({
    document: "Node.js 20, child_process, Event: 'close'",
    quote:
      "The 'close' event is emitted after a process has ended and the stdio streams of a child process have " +
      'been closed.',
  }),
  subjects: ['node-child'],
  expected:
    "'close' in all three cases. Node 20: never when the parent disconnected; the end of its channel is waited " +
    'for, and is not noticed.',
  procedure:
    'A parent in a process of its own starts shells with a channel, which exit: with the channel open, after ' +
    "closing it, and after the parent's disconnect(). When the parent's event loop is empty, it says which " +
    'events came.',
  quick: true,
  observe: async (checkRun) => {
    const parent = checkRun.child(new URL('../../children/lonely-parent.js', import.meta.url), {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return { version: process.version, children: JSON.parse(await outputOf(parent)) as readonly Lonely[] };
  },
  judge: ({ version, children }) => {
    const ended = children.filter(({ events }) => events.includes('exit') && events.includes('end of stdout')).length;
    if (ended < WHO.length)
      return { verdict: 'broken', evidence: `Only ${ended} of ${WHO.length} children ended and closed their stdout.` };
    // Sorted: 'exit' and the ends of stdout and channel come in any order.
    const words = children
      .map(({ disconnects, events }) => {
        const by = disconnects === 'nobody' ? 'no disconnect' : `disconnect by the ${disconnects}`;
        return `${by}: ${[...events].sort().join(', ')}`;
      })
      .join('; ');
    return {
      verdict: children.every(({ events }) => events.includes('close')) ? 'pass' : 'deviation',
      evidence: `Node ${version}, all events that ever came: ${words}.`,
    };
  },
  proofs: [
    { name: 'always', observation: lastChild({}), verdict: 'pass' },
    {
      name: "not after the parent's disconnect",
      observation: lastChild({ events: ['disconnect', 'exit', 'end of stdout'] }),
      verdict: 'deviation',
    },
    {
      name: 'a child that did not end',
      observation: lastChild({ events: ['disconnect', 'end of stdout'] }),
      verdict: 'broken',
    },
    {
      name: 'a stdout that was not closed',
      observation: lastChild({ events: ['disconnect', 'exit'] }),
      verdict: 'broken',
    },
    {
      name: 'two cases',
      observation: { ...lastChild({}), children: lastChild({}).children.slice(1) },
      verdict: 'broken',
    },
  ],
});

function lastChild(last: Partial<Lonely>): Ends {
  return {
    version: 'v20.20.2',
    children: WHO.map((disconnects) => ({
      disconnects,
      events: ['disconnect', 'exit', 'end of stdout', 'close'],
      ...(disconnects === 'parent' ? last : {}),
    })),
  };
}
