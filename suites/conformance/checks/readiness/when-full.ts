import { defineProcedure } from '../../../../harness/define.js';
import { EVERY_CHANNEL, openChannel } from '../../support/channel.js';
import { judgeExpected } from '../../support/expectations.js';
import { outcome } from '../../support/outcomes.js';

const MESSAGE_BYTES = 1000;
const LOOKS = 200;
/** 50 MB: no buffer of any of them grows so far. */
const MOST_MESSAGES = 50_000;

interface Looks {
  /** How the channel answered when it was full for the first time. */
  readonly refusal: string;
  readonly looks: number;
  /** Looks in which poll said that it could be written to, and what the next send was answered. */
  readonly saidWritable: number;
  readonly saidAndRefused: number;
  /** Whether poll said so once all had been read. */
  readonly writableAfterwards: boolean;
}

export const fullNotWritable = defineProcedure<Looks>({
  id: 'readiness/full-not-writable',
  guarantee: 'poll(2) does not report a full channel as writable, so a sender that waits for POLLOUT is not refused.',
  level: 'MUST',
  source: () => ({
    document: 'poll(2), DESCRIPTION, POLLOUT',
    quote:
      'Writing is now possible, though a write larger than the available space in a socket or pipe will still ' +
      'block (unless O_NONBLOCK is set).',
  }),
  subjects: EVERY_CHANNEL,
  expected:
    'No send is refused of which poll said that it was possible; once all was read, it is possible. An ' +
    'unconnected sender of datagrams is another matter: see readiness/unconnected-pollout-lies.',
  procedure:
    `Send ${MESSAGE_BYTES} bytes at a time into a nonblocking channel that nobody reads, until a send ` +
    `fails. Then ask poll(2) for POLLOUT ${LOOKS} times, and where it says yes send once more. Read everything ` +
    'and ask again.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { POLLIN, POLLOUT } = sys.constants;
    const channel = openChannel(checkRun, { nonblocking: true });
    const message = Buffer.alloc(MESSAGE_BYTES, 0x6d);
    const isWritable = (waitMs: number): boolean =>
      ((sys.poll([{ fd: channel.out, events: POLLOUT }], waitMs)[0] ?? 0) & POLLOUT) !== 0;
    const send = (): string => outcome(() => channel.put(message));
    let refusal = send();
    for (let sent = 1; refusal === 'ok' && sent < MOST_MESSAGES; sent += 1) refusal = send();
    let [saidWritable, saidAndRefused] = [0, 0];
    for (let look = 0; look < LOOKS; look += 1) {
      if (!isWritable(0)) continue;
      saidWritable += 1;
      // TCP moves on to the receiver for a while what it has taken: then there is room again, and poll is right.
      if (send() !== 'ok') saidAndRefused += 1;
    }
    while (
      (sys.poll([{ fd: channel.in, events: POLLIN }], channel.in === channel.out ? 0 : 20)[0] ?? 0) !== 0 &&
      outcome(() => channel.take(65_536)) === 'ok'
    );
    return { refusal, looks: LOOKS, saidWritable, saidAndRefused, writableAfterwards: isWritable(2000) };
  },
  judge: ({ refusal, looks, saidWritable, saidAndRefused, writableAfterwards }) =>
    judgeExpected(
      {
        [`Of ${looks} looks at the full channel poll called it writable in ${saidWritable}, and the send was ` +
        'refused in']: [saidAndRefused, 0],
        'writable when all was read': [writableAfterwards, true],
      },
      'fail',
      { 'The channel was full': [refusal, 'EAGAIN'], 'Somebody looked': [looks > 0, true] },
    ),
  proofs: [
    { name: 'never called writable', observation: lookedWith({}), verdict: 'pass' },
    { name: 'called writable when it was', observation: lookedWith({ saidWritable: 3 }), verdict: 'pass' },
    {
      name: 'one promise that did not hold',
      observation: lookedWith({ saidWritable: 1, saidAndRefused: 1 }),
      verdict: 'fail',
    },
    { name: 'never again', observation: lookedWith({ writableAfterwards: false }), verdict: 'fail' },
    { name: 'it never was full', observation: lookedWith({ refusal: 'ok' }), verdict: 'broken' },
    { name: 'nobody looked', observation: lookedWith({ looks: 0 }), verdict: 'broken' },
  ],
});

function lookedWith(change: Partial<Looks>): Looks {
  return { refusal: 'EAGAIN', looks: LOOKS, saidWritable: 0, saidAndRefused: 0, writableAfterwards: true, ...change };
}
