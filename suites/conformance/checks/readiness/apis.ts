import {
  countUntilError,
  defineProcedure,
  errnoOf,
  type IoUring,
  type Syscalls,
  type CheckRun,
} from '../../../../harness/define.js';
import { EVERY_CHANNEL, openChannel, type Channel } from '../../support/channel.js';

/** One descriptor in one state, asked in five ways. */
interface Asked {
  readonly state: State;
  readonly poll: string;
  readonly levelTriggered: string;
  readonly edgeTriggered: string;
  /** IORING_OP_POLL_ADD; null where the kernel gives no io_uring. */
  readonly ring: string | null;
  /** The sets in which it is: 'read', 'write', 'except'. */
  readonly select: string;
}

type State = 'empty' | 'readable' | 'full' | 'drained' | 'writer closed' | 'reader closed';

const FLAGS = ['IN', 'PRI', 'OUT', 'ERR', 'HUP', 'RDHUP', 'NVAL'] as const;
/** select(2), Correspondence between select() and poll() notifications. */
const SETS = { read: ['IN', 'HUP', 'ERR'], write: ['OUT', 'ERR'], except: ['PRI'] } as const;
/** What has to be true of a state, or else it was not reached. */
const REACHED: Readonly<Partial<Record<State, (flags: readonly string[]) => boolean>>> = {
  empty: (flags) => !flags.includes('IN'),
  readable: (flags) => flags.includes('IN'),
  full: (flags) => !flags.includes('OUT'),
  drained: (flags) => flags.includes('OUT'),
};
const LEAST_STATES = 4;

export const allApisAgree = defineProcedure<readonly Asked[]>({
  id: 'readiness/all-apis-agree',
  guarantee: 'select, poll, epoll both ways, and io_uring say the same of a descriptor.',
  level: 'MUST',
  source: () => ({
    document:
      'epoll(7), Level-triggered and edge-triggered, and select(2), Correspondence between select() and poll() ' +
      'notifications',
    quote:
      'By contrast, when used as a level-triggered interface (the default, when EPOLLET is not specified), ' +
      'epoll is simply a faster poll(2), and can be used wherever the latter is used since it shares the same ' +
      'semantics. […] ' +
      'Within the Linux kernel source, we find the following definitions which show the correspondence between ' +
      'the readable, writable, and exceptional condition notifications of select() and the event notifications ' +
      'provided by poll(2) and epoll(7)',
  }),
  subjects: EVERY_CHANNEL,
  expected:
    'The same events from poll, epoll, also edge triggered when it is registered after the fact, and io_uring, ' +
    'where there is one; select: readable for IN, HUP and ERR, writable for OUT and ERR.',
  procedure:
    'Ask for every event with a timeout of 0, in each way: of a reader that is empty, of one with a message, of ' +
    'a writer that is full, of one whose data was read, of a reader whose writer is closed, and of a writer ' +
    'whose reader is closed.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { POLLIN, POLLOUT } = sys.constants;
    const channel = openChannel(checkRun, { nonblocking: true });
    const seen: Asked[] = [ask(checkRun, 'empty', channel.in)];
    channel.put(Buffer.from('m'));
    sys.poll([{ fd: channel.in, events: POLLIN }], 2000);
    seen.push(ask(checkRun, 'readable', channel.in));
    fill(sys, channel);
    seen.push(ask(checkRun, 'full', channel.out));
    while (sys.poll([{ fd: channel.in, events: POLLIN }], channel.in === channel.out ? 0 : 20)[0] !== 0)
      errnoOf(() => channel.take(65_536));
    sys.poll([{ fd: channel.out, events: POLLOUT }], 2000);
    seen.push(ask(checkRun, 'drained', channel.out));
    // Both ends of a queue are one descriptor: it has no peer that could be gone.
    if (channel.in === channel.out) return seen;
    const [one, other] = [
      openChannel(checkRun, { nonblocking: true, index: 1 }),
      openChannel(checkRun, { nonblocking: true, index: 2 }),
    ];
    sys.close(one.out);
    settle(sys, one.in);
    seen.push(ask(checkRun, 'writer closed', one.in));
    sys.close(other.in);
    settle(sys, other.out);
    seen.push(ask(checkRun, 'reader closed', other.out));
    return seen;
  },
  judge: (seen) => {
    const words = seen.map(({ state, poll }) => `${state}: ${poll}`).join('; ');
    const unreached = seen.filter(({ state, poll }) => REACHED[state]?.(poll.split('|')) === false);
    if (seen.length < LEAST_STATES || unreached.length > 0)
      return { verdict: 'broken', evidence: `Not every state was reached (${words}).` };
    const differences = seen.flatMap(differencesOf);
    if (differences.length > 0) return { verdict: 'fail', evidence: `${differences.join('; ')}.` };
    const ways = `select, poll, epoll${seen.every(({ ring }) => ring !== null) ? ' and io_uring' : ''}`;
    return { verdict: 'pass', evidence: `${ways} agree on ${seen.length} states (${words}).` };
  },
  proofs: [
    { name: 'all agree', observation: asked({}), verdict: 'pass' },
    { name: 'without an io_uring', observation: asked({}).map((each) => ({ ...each, ring: null })), verdict: 'pass' },
    {
      name: 'a peer that is gone',
      observation: [...asked({}), alike('writer closed', 'HUP', 'read')],
      verdict: 'pass',
    },
    {
      name: 'an error is both readable and writable',
      observation: [...asked({}), alike('reader closed', 'ERR', 'read|write')],
      verdict: 'pass',
    },
    {
      name: 'urgent data is an exception',
      observation: asked(alike('readable', 'IN|PRI|OUT', 'read|write|except')),
      verdict: 'pass',
    },
    { name: 'epoll differs', observation: asked({ levelTriggered: 'IN' }), verdict: 'fail' },
    { name: 'edge triggered differs', observation: asked({ edgeTriggered: 'none' }), verdict: 'fail' },
    { name: 'io_uring differs', observation: asked({ ring: 'none' }), verdict: 'fail' },
    { name: 'select does not find it readable', observation: asked({ select: 'write' }), verdict: 'fail' },
    { name: 'select does not find it writable', observation: asked({ select: 'read' }), verdict: 'fail' },
    { name: 'select finds an exception', observation: asked({ select: 'read|write|except' }), verdict: 'fail' },
    { name: 'it was not empty', observation: [alike('empty', 'IN', 'read'), ...asked({}).slice(1)], verdict: 'broken' },
    { name: 'it was not readable', observation: asked(alike('readable', 'OUT', 'write')), verdict: 'broken' },
    {
      name: 'it was not full',
      observation: [...asked({}).slice(0, 2), alike('full', 'OUT', 'write'), ...asked({}).slice(3)],
      verdict: 'broken',
    },
    {
      name: 'it was not drained',
      observation: [...asked({}).slice(0, 3), alike('drained', 'none', 'none')],
      verdict: 'broken',
    },
    { name: 'three states', observation: asked({}).slice(0, 3), verdict: 'broken' },
  ],
});

/** Four states on which all agree, but for the change of the second. */
function asked(change: Partial<Asked>): readonly Asked[] {
  return [
    alike('empty', 'OUT', 'write'),
    { ...alike('readable', 'IN|OUT', 'read|write'), ...change },
    alike('full', 'none', 'none'),
    alike('drained', 'OUT', 'write'),
  ];
}

function alike(state: State, flags: string, select: string): Asked {
  return { state, poll: flags, levelTriggered: flags, edgeTriggered: flags, ring: flags, select };
}

function differencesOf({ state, poll, levelTriggered, edgeTriggered, ring, select }: Asked): string[] {
  const flags = poll.split('|');
  const sets = Object.entries(SETS)
    .filter(([, names]) => names.some((name) => flags.includes(name)))
    .map(([set]) => set);
  const found: string[] = [];
  if (levelTriggered !== poll) found.push(`${state}: poll says ${poll}, epoll ${levelTriggered}`);
  if (edgeTriggered !== poll) found.push(`${state}: poll says ${poll}, epoll edge triggered ${edgeTriggered}`);
  if (ring !== null && ring !== poll) found.push(`${state}: poll says ${poll}, io_uring ${ring}`);
  if (select !== (sets.join('|') || 'none')) found.push(`${state}: poll says ${poll}, select ${select}`);
  return found;
}

function ask({ sys }: CheckRun, state: State, fd: number): Asked {
  const { POLLIN, POLLPRI, POLLOUT, POLLRDHUP, EPOLLET } = sys.constants;
  const events = POLLIN | POLLPRI | POLLOUT | POLLRDHUP;
  const sets = sys.select([fd], [fd], [fd], 0);
  return {
    state,
    poll: named(sys, sys.poll([{ fd, events }], 0)[0] ?? 0),
    levelTriggered: named(sys, epolled(sys, fd, events)),
    edgeTriggered: named(sys, epolled(sys, fd, events | EPOLLET)),
    ring: polledByRing(sys, fd, events),
    select: (['read', 'write', 'except'] as const).filter((set) => sets[set].length > 0).join('|') || 'none',
  };
}

/** EPOLL* and POLL* are the same numbers. */
const named = (sys: Syscalls, events: number): string =>
  FLAGS.filter((flag) => (events & sys.constants[`POLL${flag}`]) !== 0).join('|') || 'none';

function epolled(sys: Syscalls, fd: number, events: number): number {
  const epoll = sys.epoll_create1(sys.constants.EPOLL_CLOEXEC);
  try {
    sys.epoll_ctl(epoll, sys.constants.EPOLL_CTL_ADD, fd, events);
    return sys.epoll_wait(epoll, 1, 0)[0]?.events ?? 0;
  } finally {
    sys.close(epoll);
  }
}

/** Answers at once when there is anything to answer; what it waits for is cancelled with the ring. */
function polledByRing(sys: Syscalls, fd: number, events: number): string | null {
  let ring: IoUring;
  try {
    ring = sys.io_uring_setup(1);
  } catch {
    return null;
  }
  try {
    ring.submit([{ op: 'poll', fd, events, userData: 1 }]);
    return named(sys, ring.wait(0, 0)[0]?.result ?? 0);
  } finally {
    ring.close();
  }
}

/** Until it refuses, and goes on refusing: TCP moves on to the receiver for a while what it has taken. */
function fill(sys: Syscalls, channel: Channel): void {
  const message = Buffer.alloc(1024);
  do countUntilError(() => channel.put(message));
  while (sys.poll([{ fd: channel.out, events: sys.constants.POLLOUT }], 50)[0] !== 0);
}

/** An end that is gone is heard of at once, or not at all on datagram sockets; over TCP a moment later. */
function settle(sys: Syscalls, fd: number): void {
  sys.poll([{ fd, events: sys.constants.POLLIN | sys.constants.POLLRDHUP }], 50);
}
