import { readFileSync } from 'node:fs';
import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { outcome } from '../../support/outcomes.js';
import { passDescriptors, receiveDescriptors, tracer } from '../../support/passing.js';
import { UNIX } from '../../support/subjects.js';

interface Collected {
  /** Sockets that are each held by nothing but a message in their own queue, and rings of such. */
  readonly made: number;
  /** Of them, in /proc/net/unix: before the last close, and in the end. */
  readonly listed: number;
  readonly left: number;
}

/**
 * Nothing can reach such a socket any more. Linux finds them in unix_gc(), a cycle search over the sockets in flight.
 */
export const selfCycleGc = defineProcedure<Collected>({
  id: 'scm/self-cycle-gc',
  guarantee: 'Sockets that are referenced only by messages in their own queues, alone or in a cycle, are freed.',
  level: 'MUST',
  source: () => ({
    document: 'No manual page; Linux, net/unix/garbage.c, in its header, of what the collector has to cope with',
    quote: 'Graph may have cycles. That is, we can send the descriptor of foo to bar and vice versa.',
  }),
  subjects: UNIX,
  expected: 'All are gone from /proc/net/unix, within moments of the close.',
  procedure:
    "Send a pair's end to itself; send the ends of four pairs around in a ring; note their inodes, close " +
    'everything; look for the inodes in /proc/net/unix until they are gone (default 2 of each, thorough 200).',
  quick: false,
  observe: async (checkRun) => {
    const { sys } = checkRun;
    const { AF_UNIX, SOCK_STREAM, SOCK_CLOEXEC } = sys.constants;
    const rounds = checkRun.count({ quick: 1, default: 2, thorough: 200 });
    const inodes: string[] = [];
    let listed = 0;
    let index = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (const size of [1, 4]) {
        const pairs = Array.from({ length: size }, () => checkRun.pair({ index: index++ }));
        // What is sent into a.out waits in the queue of b.
        pairs.forEach(({ a }, place) =>
          passDescriptors(sys, a.out, [(pairs[(place + 1) % size] as (typeof pairs)[number]).b.in]),
        );
        const held = pairs.map(({ b }) => `${sys.fstat(b.in).ino}`);
        listed += countListed(held);
        for (const { a, b } of pairs) [a.in, b.in].forEach((end) => sys.close(end));
        inodes.push(...held);
      }
    }
    await checkRun
      .until(
        'the sockets are freed',
        () => {
          // The search begins when any Unix socket is closed.
          sys.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC).forEach((end) => sys.close(end));
          return countListed(inodes) === 0;
        },
        4000,
      )
      .catch(() => undefined);
    return { made: inodes.length, listed, left: countListed(inodes) };
  },
  judge: ({ made, listed, left }) =>
    judgeExpected({ [`Of ${made} sockets that nothing can reach stay`]: [left, 0] }, 'fail', {
      'At least five': [made >= 5, true],
      'listed before the close': [listed, made],
    }),
  proofs: [
    { name: 'all are freed', observation: { made: 5, listed: 5, left: 0 }, verdict: 'pass' },
    { name: 'one stays', observation: { made: 10, listed: 10, left: 1 }, verdict: 'fail' },
    { name: 'too few were made', observation: { made: 4, listed: 4, left: 0 }, verdict: 'broken' },
    { name: 'they were never listed', observation: { made: 10, listed: 0, left: 0 }, verdict: 'broken' },
  ],
});

interface Refusal {
  readonly default: number;
  readonly send: string;
  readonly withoutDescriptor: string;
  /** Of what was in the queue when the option was cleared. */
  readonly queued: number;
  readonly setAgain: string;
}

/** What a server can do about clients that pass it descriptors it did not ask for. Linux 6.16. */
export const soPassrights = defineProcedure<Refusal>({
  id: 'scm/so-passrights',
  guarantee: 'Which error a sender gets when its peer has turned SO_PASSRIGHTS off.',
  level: 'INFO',
  source: () => ({
    document: 'None yet in the manual pages; Linux, tools/testing/selftests/net/af_unix/scm_rights.c',
    quote: 'Unspecified: the manual pages do not know SO_PASSRIGHTS.',
  }),
  subjects: UNIX,
  expected:
    'Linux 6.16: on by default; once it is off sendmsg() with a descriptor is EPERM, without one it is ' +
    'accepted; what was queued before still arrives; set again, accepted.',
  procedure:
    'Read SO_PASSRIGHTS; queue a descriptor; clear the option at the receiver; send with a descriptor and ' +
    'without; receive both; set it and send again.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { SOL_SOCKET, SO_PASSRIGHTS, MSG_DONTWAIT, MSG_NOSIGNAL } = sys.constants;
    const { a, b } = checkRun.pair();
    const { writing } = tracer(checkRun);
    const set = (value: number): void => sys.setsockopt(b.in, SOL_SOCKET, SO_PASSRIGHTS, value);
    const send = (): string => outcome(() => passDescriptors(sys, a.out, [writing]));
    let byDefault: number;
    try {
      byDefault = sys.getsockopt(b.in, SOL_SOCKET, SO_PASSRIGHTS);
    } catch (error) {
      return checkRun.skip('SO_PASSRIGHTS is not in this kernel', error);
    }
    send();
    set(0);
    const refused = send();
    const withoutDescriptor = outcome(() => sys.send(a.out, 'y', MSG_DONTWAIT | MSG_NOSIGNAL));
    const queued = receiveDescriptors(checkRun, b.in, { size: 1 }).fds.length;
    set(1);
    return { default: byDefault, send: refused, withoutDescriptor, queued, setAgain: send() };
  },
  judge: (seen) =>
    judgeExpected(
      {
        'SO_PASSRIGHTS by default': [seen.default, 1],
        'send with a descriptor': [seen.send, 'EPERM'],
        'without one': [seen.withoutDescriptor, 'ok'],
        'descriptors queued before': [seen.queued, 1],
        'set again': [seen.setAgain, 'ok'],
      },
      'info',
      { 'Something is known of it': [seen.default === 0 || seen.default === 1, true] },
    ),
  proofs: [
    {
      name: 'refused',
      observation: { default: 1, send: 'EPERM', withoutDescriptor: 'ok', queued: 1, setAgain: 'ok' },
      verdict: 'info',
    },
    {
      name: 'off by default, and ignored',
      observation: { default: 0, send: 'ok', withoutDescriptor: 'ok', queued: 1, setAgain: 'ok' },
      verdict: 'info',
      unusual: true,
    },
    {
      name: 'nothing is known',
      observation: { default: -1, send: 'ok', withoutDescriptor: 'ok', queued: 0, setAgain: 'ok' },
      verdict: 'broken',
    },
  ],
});

/** How many of these inodes /proc/net/unix lists, unnamed sockets and those in flight included. */
function countListed(inodes: readonly string[]): number {
  const wanted = new Set(inodes);
  return readFileSync('/proc/net/unix', 'latin1')
    .split('\n')
    .filter((row) => wanted.has(row.split(/\s+/)[6] ?? '')).length;
}
