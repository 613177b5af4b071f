import { defineProcedure } from '../../../../harness/define.js';
import { openChannel } from '../../support/channel.js';
import { EVERY_TRANSPORT } from '../../support/subjects.js';

interface Edges {
  readonly first: number;
  readonly again: number;
  readonly second: number;
}

export const etSecondWrite = defineProcedure<Edges>({
  id: 'readiness/edge-triggered-second-write',
  guarantee: 'Whether an edge-triggered reader gets an event for a second write before it has read the first.',
  level: 'INFO',
  source: () => ({
    document: 'epoll(7), Level-triggered and edge-triggered',
    quote:
      'Since even with edge-triggered epoll, multiple events can be generated upon receipt of multiple chunks of data',
  }),
  subjects: EVERY_TRANSPORT,
  expected:
    'Linux: an event for each write, none without a new one. Pipes gave none for the second from 5.5 to 5.13 ' +
    '(not verified): reading to EAGAIN is the only way that always works.',
  procedure: 'Register the reader with EPOLLIN | EPOLLET. Write, look; look again; write without reading, look.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { EPOLL_CLOEXEC, EPOLL_CTL_ADD, EPOLLIN, EPOLLET } = sys.constants;
    const channel = openChannel(checkRun, { nonblocking: true });
    const epoll = checkRun.own(sys.epoll_create1(EPOLL_CLOEXEC));
    sys.epoll_ctl(epoll, EPOLL_CTL_ADD, channel.in, EPOLLIN | EPOLLET);
    const look = (timeoutMs: number): number => sys.epoll_wait(epoll, 4, timeoutMs).length;
    channel.put(Buffer.from('1'));
    const first = look(2000);
    const again = look(0);
    channel.put(Buffer.from('2'));
    // Over the loopback interface the byte may come a moment later; one that does not come costs this long.
    return { first, again, second: look(100) };
  },
  judge: ({ first, again, second }) => {
    if (first !== 1) return { verdict: 'broken', evidence: `The first write gave ${first} events.` };
    return { verdict: 'info', evidence: `The second write gave ${second} events, a look without a write ${again}.` };
  },
  proofs: [
    { name: 'an event each', observation: { first: 1, again: 0, second: 1 }, verdict: 'info' },
    { name: 'none for the second', observation: { first: 1, again: 0, second: 0 }, verdict: 'info' },
    { name: 'none at all', observation: { first: 0, again: 0, second: 0 }, verdict: 'broken' },
  ],
});
