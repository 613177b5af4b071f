import { countUntilError, defineProcedure } from '../../../../harness/define.js';
import { endsOf } from '../../support/two-ends.js';
import { EVERY_TRANSPORT } from '../../support/subjects.js';

interface Capacity {
  readonly size: number;
  readonly messages: number;
  readonly bytes: number;
  readonly refusal: string;
}

const SIZES = [1, 16, 256, 4096, 65_536];

/** A TCP connection takes four million messages of one byte: seconds, to learn that only bytes count there. */
const SIZES_TCP = [256, 4096, 65_536];

export const capacityByMessageSize = defineProcedure<readonly Capacity[]>({
  id: 'backpressure/capacity-by-message-size',
  guarantee: 'How many bytes a channel without a reader accepts, by message size.',
  level: 'INFO',
  source: () => ({
    document: 'socket(7), SO_SNDBUF (says no more than that it is the maximum in bytes)',
    quote: 'Unspecified: how many bytes fit, when each message has an overhead that counts too.',
  }),
  subjects: EVERY_TRANSPORT,
  expected:
    'Linux: the kernel’s memory is counted, not the bytes: 212992 bytes of SO_SNDBUF are 278 messages of 1 ' +
    'byte, 167 of 256 bytes (42752 bytes), 44 of 4 KiB on a stream (180224 bytes) and 26 on a datagram socket ' +
    '(106496).',
  procedure:
    'For messages of 1, 16, 256, 4096 and 65536 bytes (over TCP from 256): fill a fresh nonblocking channel ' +
    'until EAGAIN and count.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    return (checkRun.subject === 'tcp-loopback' ? SIZES_TCP : SIZES).map((size, index) => {
      const { a } = endsOf(checkRun, { nonblocking: true, index });
      const data = Buffer.alloc(size);
      const { calls, total, errno } = countUntilError(() => sys.write(a.out, data));
      return { size, messages: calls, bytes: total, refusal: errno };
    });
  },
  judge: (seen) => {
    const words = seen
      .map(
        ({ size, messages, bytes, refusal }) =>
          `${messages} of ${size} (${bytes} bytes)${refusal === 'EAGAIN' ? '' : `, then ${refusal}`}`,
      )
      .join(', ');
    if (!seen.some(({ refusal, bytes }) => refusal === 'EAGAIN' && bytes > 0))
      return { verdict: 'broken', evidence: `It was never full: ${words}.` };
    return { verdict: 'info', evidence: `It takes ${words}.` };
  },
  proofs: [
    {
      name: 'a stream',
      observation: [
        { size: 1, messages: 278, bytes: 278, refusal: 'EAGAIN' },
        { size: 4096, messages: 44, bytes: 180_224, refusal: 'EAGAIN' },
      ],
      verdict: 'info',
    },
    {
      name: 'some too large for a message',
      observation: [
        { size: 1, messages: 1, bytes: 1, refusal: 'EAGAIN' },
        { size: 65_536, messages: 0, bytes: 0, refusal: 'EMSGSIZE' },
      ],
      verdict: 'info',
    },
    { name: 'never full', observation: [{ size: 1, messages: 1, bytes: 1, refusal: 'ENOBUFS' }], verdict: 'broken' },
    {
      name: 'nothing went in',
      observation: [{ size: 1, messages: 0, bytes: 0, refusal: 'EAGAIN' }],
      verdict: 'broken',
    },
    { name: 'nothing tried', observation: [], verdict: 'broken' },
  ],
});
