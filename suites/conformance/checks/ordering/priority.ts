import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { openChannel } from '../../support/channel.js';

/** Not messages in the order in which they were sent, by contract: for comparison with those that are. */
export const priority = defineProcedure<readonly (readonly [text: string, priority: number])[]>({
  id: 'ordering/priority',
  guarantee: 'A message queue gives the highest priority first, and the oldest of each: reordering is its contract.',
  level: 'MUST',
  source: () => ({
    document: 'mq_receive(3), DESCRIPTION',
    quote: 'mq_receive() removes the oldest message with the highest priority from the message queue',
  }),
  subjects: ['posix-mq'],
  expected: 'high 1, high 2, low 1, low 2, each with the priority it was sent with.',
  procedure: 'Send low 1, high 1, low 2, high 2 with priorities 1, 5, 1, 5; receive four times.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { out } = openChannel(checkRun, { nonblocking: true });
    for (const [text, at] of [
      ['low 1', 1],
      ['high 1', 5],
      ['low 2', 1],
      ['high 2', 5],
    ] as const)
      sys.mq_send(out, text, at);
    const { messages, messageBytes } = sys.mq_getattr(out);
    return Array.from({ length: messages }, () => {
      const { data, priority: at } = sys.mq_receive(out, messageBytes);
      return [data.toString(), at] as const;
    });
  },
  judge: (seen) =>
    judgeExpected(
      {
        'Received, each with its priority': [
          seen,
          [
            ['high 1', 5],
            ['high 2', 5],
            ['low 1', 1],
            ['low 2', 1],
          ],
        ],
      },
      'fail',
      { Messages: [seen.length, 4] },
    ),
  proofs: [
    {
      name: 'by priority',
      observation: [
        ['high 1', 5],
        ['high 2', 5],
        ['low 1', 1],
        ['low 2', 1],
      ],
      verdict: 'pass',
    },
    {
      name: 'first in, first out',
      observation: [
        ['low 1', 1],
        ['high 1', 5],
        ['low 2', 1],
        ['high 2', 5],
      ],
      verdict: 'fail',
    },
    {
      name: 'the newest first',
      observation: [
        ['high 2', 5],
        ['high 1', 5],
        ['low 2', 1],
        ['low 1', 1],
      ],
      verdict: 'fail',
    },
    {
      name: 'one is missing',
      observation: [
        ['high 1', 5],
        ['high 2', 5],
        ['low 1', 1],
      ],
      verdict: 'broken',
    },
  ],
});
