import { defineProcedure } from '../../../../harness/define.js';
import { untilBlocked } from '../../support/until-blocked.js';
import { judgeExpected } from '../../support/expectations.js';
import { withRateBound } from '../../support/loss-rate-bound.js';

const DATAGRAMS = ['socketpair-dgram', 'unix-dgram'] as const;

interface Claim {
  readonly asked: number;
  readonly sent: number;
  readonly refused: string;
  readonly isFullAtFirst: boolean;
  readonly received: number;
  readonly damaged: number;
  readonly disordered: number;
}

export const slowReceiver = defineProcedure<Claim>({
  id: 'loss/slow-receiver',
  guarantee:
    'Unix datagrams are neither lost nor reordered: with a blocking sender, a slower receiver, both alive, and ' +
    'buffers that are large enough.',
  level: 'MUST',
  source: () => ({
    document: 'unix(7), DESCRIPTION',
    quote:
      "as on most UNIX implementations, UNIX domain datagram sockets are always reliable and don't reorder datagrams",
  }),
  subjects: DATAGRAMS,
  expected:
    'Linux: all of them, in order; a full queue puts the sender to sleep. macOS and the BSDs: a full queue is ' +
    'ENOBUFS also for a blocking sender, so a caller who ignores errors loses (FreeBSD: ' +
    'https://reviews.freebsd.org/rG71e70c25c008).',
  procedure:
    'A child sends numbered datagrams of 16 to 1024 bytes, nobody reads until it sleeps on the full queue; then ' +
    'a thread receives until an empty datagram, sent when the child has ended.',
  quick: true,
  deadlineMs: 120_000,
  observe: async (checkRun) => {
    const { sys, count, seed, defer } = checkRun;
    const messages = count({ quick: 1000, default: 10_000, thorough: 1_000_000 });
    const { a, b } = checkRun.pair();
    const sender = sys.forkProgram([
      { op: 'sendStamped', as: 'send', fd: a.out, writer: 1, messages, from: 16, to: 1024, seed: seed >>> 0 },
    ]);
    defer(() => sender.end());
    const isFullAtFirst = await untilBlocked(checkRun, sender, 0);
    const receiver = sys.inThread([{ op: 'recvStamped', as: 'receive', fd: b.in, maxBytes: 2048, seed: seed >>> 0 }]);
    sender.wait(100_000);
    const { counts: sending, error } = sender.outcome('send');
    sys.send(a.out, '');
    receiver.join();
    const { counts } = receiver.outcome('receive');
    return {
      asked: messages,
      sent: sending['messages'] ?? -1,
      refused: error ?? 'never',
      isFullAtFirst,
      received: counts['messages'] ?? -1,
      damaged: counts['damaged'] ?? -1,
      disordered: counts['disordered'] ?? -1,
    };
  },
  judge: ({ asked, sent: accepted, refused, isFullAtFirst, received: arrived, damaged, disordered }) =>
    withRateBound(
      judgeExpected(
        {
          [`Of ${accepted} datagrams sent there arrived`]: [arrived, accepted],
          damaged: [damaged, 0],
          'out of order or twice': [disordered, 0],
          'refused to a blocking sender': [refused, 'never'],
        },
        'fail',
        // A system that refuses never puts the sender to sleep: then what is refused is the finding.
        {
          'The queue was full before anybody read': [isFullAtFirst || refused !== 'never', true],
          'Enough was sent': [asked >= 100, true],
        },
      ),
      'loss or disorder',
      arrived,
      'datagrams',
    ),
  proofs: [
    { name: 'reliable', observation: claim({}), verdict: 'pass' },
    { name: 'one lost', observation: claim({ received: 9999 }), verdict: 'fail' },
    { name: 'one damaged', observation: claim({ damaged: 1 }), verdict: 'fail' },
    { name: 'one out of order', observation: claim({ disordered: 1 }), verdict: 'fail' },
    {
      name: 'refused, as on macOS',
      observation: claim({ isFullAtFirst: false, refused: 'ENOBUFS', sent: 10, received: 10 }),
      verdict: 'fail',
    },
    { name: 'never full', observation: claim({ isFullAtFirst: false }), verdict: 'broken' },
    { name: 'too few', observation: claim({ asked: 99, sent: 99, received: 99 }), verdict: 'broken' },
    { name: 'just enough', observation: claim({ asked: 100, sent: 100, received: 100 }), verdict: 'pass' },
  ],
});

function claim(change: Partial<Claim>): Claim {
  return {
    asked: 10_000,
    sent: 10_000,
    refused: 'never',
    isFullAtFirst: true,
    received: 10_000,
    damaged: 0,
    disordered: 0,
    ...change,
  };
}
