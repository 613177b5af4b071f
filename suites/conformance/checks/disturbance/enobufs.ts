import { defineProcedure, type Judgement } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { outcome, receives, sent } from '../../support/outcomes.js';
import { UNIX } from '../../support/subjects.js';

interface NoBuffers {
  /** Bytes of ancillary data in the first message that was refused. */
  readonly controlBytes: number;
  readonly refusedWith: string;
  /** What the sends before and after it took, and what then arrived. */
  readonly accepted: readonly (number | string)[];
  readonly received: string;
}

/**
 * A refusal for want of memory that harms nobody: every socket may have so much for what goes beside its messages, and
 * no more.
 */
export const enobufs = defineProcedure<NoBuffers>({
  id: 'disturbance/enobufs',
  guarantee:
    'A message whose ancillary data exceeds the memory limit of the socket is refused; messages ' +
    'before and after it arrive.',
  level: 'MUST',
  source: () => ({
    document: 'socket(7), /proc interfaces, optmem_max',
    quote: 'Maximum length of ancillary data and user control data like the iovecs per socket.',
  }),
  subjects: UNIX,
  expected:
    'Linux: ENOBUFS from net.core.optmem_max on (131072 bytes; 20480 before 6.7), of a socket that blocks too. ' +
    'Before and after it the messages as they were sent, and nothing of the refused one.',
  procedure:
    "Send 'before'; send 'refused' with 4 KiB of ancillary data that means nothing, then with twice as much, " +
    "until it is refused; send 'after'. Receive until nothing is there.",
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = checkRun.pair();
    const { MSG_DONTWAIT, MSG_NOSIGNAL } = sys.constants;
    const received: string[] = [];
    // Received at once: what is accepted may not fill the socket.
    const drain = (): void =>
      void received.push(...receives(2, () => sys.recv(b.in, 64, MSG_DONTWAIT)).filter((text) => text !== 'EAGAIN'));
    const before = sent(() => sys.send(a.out, 'before', MSG_NOSIGNAL));
    drain();
    let controlBytes = LEAST_BYTES / 2;
    let refusedWith = 'ok';
    while (refusedWith === 'ok' && controlBytes < MOST_BYTES) {
      controlBytes *= 2;
      const control = [{ kind: 'raw', level: NO_LEVEL, type: 0, data: Buffer.alloc(controlBytes) }] as const;
      refusedWith = outcome(() => sys.sendmsg(a.out, { data: 'refused', control }, MSG_NOSIGNAL));
      if (refusedWith === 'ok') sys.recv(b.in, 64, MSG_DONTWAIT);
    }
    const after = sent(() => sys.send(a.out, 'after', MSG_NOSIGNAL));
    drain();
    return { controlBytes, refusedWith, accepted: [before, after], received: received.join(' ') };
  },
  judge: ({ controlBytes, refusedWith, accepted, received }): Judgement =>
    judgeExpected(
      {
        [`With ${controlBytes} bytes of ancillary data`]: [refusedWith, 'ENOBUFS'],
        'the sends around it': [accepted, ['before'.length, 'after'.length]],
        arrived: [received, 'before after'],
      },
      'fail',
      { 'Any was refused': [refusedWith !== 'ok', true] },
    ),
  proofs: [
    {
      name: 'refused alone',
      observation: { controlBytes: 131_072, refusedWith: 'ENOBUFS', accepted: [6, 5], received: 'before after' },
      verdict: 'pass',
    },
    {
      name: 'another error',
      observation: { controlBytes: 131_072, refusedWith: 'EINVAL', accepted: [6, 5], received: 'before after' },
      verdict: 'fail',
    },
    {
      name: 'refused, and arrived',
      observation: {
        controlBytes: 131_072,
        refusedWith: 'ENOBUFS',
        accepted: [6, 5],
        received: 'before refused after',
      },
      verdict: 'fail',
    },
    {
      name: 'what was accepted is lost',
      observation: { controlBytes: 131_072, refusedWith: 'ENOBUFS', accepted: [6, 5], received: 'after' },
      verdict: 'fail',
    },
    {
      name: 'refused for good',
      observation: { controlBytes: 131_072, refusedWith: 'ENOBUFS', accepted: [6, 'ENOBUFS'], received: 'before' },
      verdict: 'fail',
    },
    {
      name: 'never refused',
      observation: { controlBytes: 16_777_216, refusedWith: 'ok', accepted: [6, 5], received: 'before after' },
      verdict: 'broken',
    },
  ],
});

const LEAST_BYTES = 4096;
const MOST_BYTES = 2 ** 24;
/** Unix sockets look at ancillary data of SOL_SOCKET alone. */
const NO_LEVEL = 0;
