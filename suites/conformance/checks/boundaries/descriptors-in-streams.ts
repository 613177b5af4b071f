import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { polled } from '../../support/outcomes.js';
import { passDescriptors, receiveDescriptors } from '../../support/passing.js';

/** What each receive gave: the bytes, and how many descriptors. */
type Receives = readonly (readonly [text: string, descriptors: number])[];

export const scmBarrier = defineProcedure<Receives>({
  id: 'boundaries/scm-barrier',
  guarantee: 'A receive from a stream returns the bytes before a descriptor and those sent with it, and stops there.',
  level: 'MUST',
  source: () => ({
    document: 'unix(7), Ancillary messages',
    quote:
      'The first call will receive five bytes of data, along with the ancillary data sent by the second ' +
      'sendmsg(2) call. The next call will receive the remaining four bytes of data.',
  }),
  subjects: ['socketpair-stream', 'unix-stream'],
  expected:
    'Linux: 5 bytes and the descriptor, then 4 bytes. Where a system stops before the descriptor’s byte the ' +
    'data are the same; portable readers take any cut.',
  procedure: 'Send four bytes, one byte with a descriptor, four bytes; receive twice with room for 20.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { a, b } = checkRun.pair({ nonblocking: true });
    sys.write(a.out, 'aaaa');
    passDescriptors(sys, a.out, [a.out], 'B');
    sys.write(a.out, 'cccc');
    return takeAll(checkRun, b.in, 20);
  },
  judge: (seen) =>
    judgeReceives(seen, [
      ['aaaaB', 1],
      ['cccc', 0],
    ]),
  proofs: [
    {
      name: 'a barrier behind it',
      observation: [
        ['aaaaB', 1],
        ['cccc', 0],
      ],
      verdict: 'pass',
    },
    { name: 'no barrier', observation: [['aaaaBcccc', 1]], verdict: 'fail' },
    {
      name: 'a descriptor too late',
      observation: [
        ['aaaaB', 0],
        ['cccc', 1],
      ],
      verdict: 'fail',
    },
    { name: 'nothing came', observation: [], verdict: 'broken' },
  ],
});

/**
 * Node's channel acknowledges each handle because older kernels merged two of them: nodejs/node-v0.x-archive issues
 * 4885 and 5192.
 */
export const twoFdMessages = defineProcedure<Receives>({
  id: 'boundaries/two-fd-messages',
  guarantee: 'Two sends that carry a descriptor each are two receives, also on a stream.',
  level: 'MUST',
  source: () => ({
    document: 'unix(7), Ancillary messages',
    quote: 'When receiving from a stream socket, ancillary data forms a kind of barrier for the received data.',
  }),
  subjects: ['socketpair-stream', 'unix-stream'],
  expected: 'Linux: one byte and one descriptor, twice.',
  procedure:
    'Send one byte with a descriptor, twice; receive with room for 20 bytes and four descriptors until nothing ' +
    'is there.',
  quick: false,
  observe: (checkRun) => {
    const { a, b } = checkRun.pair({ nonblocking: true });
    passDescriptors(checkRun.sys, a.out, [a.out], 'A');
    passDescriptors(checkRun.sys, a.out, [a.out], 'B');
    return takeAll(checkRun, b.in, 20);
  },
  judge: (seen) =>
    judgeReceives(seen, [
      ['A', 1],
      ['B', 1],
    ]),
  proofs: [
    {
      name: 'two',
      observation: [
        ['A', 1],
        ['B', 1],
      ],
      verdict: 'pass',
    },
    { name: 'merged', observation: [['AB', 2]], verdict: 'fail' },
    { name: 'the second one lost', observation: [['AB', 1]], verdict: 'fail' },
    { name: 'nothing came', observation: [], verdict: 'broken' },
  ],
});

/** Until there is no more. At most ten: a receive that gives nothing for ever must not go on for ever. */
function takeAll(checkRun: Parameters<typeof receiveDescriptors>[0], socket: number, size: number): Receives {
  const seen: [string, number][] = [];
  while (seen.length < 10 && polled(checkRun.sys, socket).includes('IN')) {
    const { data, fds } = receiveDescriptors(checkRun, socket, { size, descriptors: 4 });
    seen.push([data.toString(), fds.length]);
  }
  return seen;
}

const judgeReceives = (seen: Receives, wanted: Receives): ReturnType<typeof judgeExpected> =>
  judgeExpected({ 'Bytes and descriptors of each receive': [seen, wanted] }, 'fail', {
    'Something was received': [seen.length > 0, true],
  });
