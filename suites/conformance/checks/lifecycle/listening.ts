import { readFileSync } from 'node:fs';
import { defineProcedure } from '../../../../harness/define.js';
import { untilBlocked } from '../../support/until-blocked.js';
import { listenFor } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { arrive, outcome, received, receives } from '../../support/outcomes.js';

interface EarlyClient {
  readonly reads: readonly string[];
}

/**
 * A client need not wait for the server: what it sent, and that it has gone, are kept for the one who accepts later.
 */
export const dataBeforeAccept = defineProcedure<EarlyClient>({
  id: 'lifecycle/data-before-accept',
  guarantee:
    'Data that a client sent before it closed and before it was accepted is read after the accept, ' +
    'followed by the end of file.',
  level: 'MUST',
  source: () => ({
    document: 'recv(2), RETURN VALUE',
    quote:
      'When a stream socket peer has performed an orderly shutdown, the return value will be 0 (the traditional ' +
      '"end-of-file" return).',
  }),
  subjects: ['unix-stream', 'unix-seqpacket', 'tcp-loopback'],
  expected: "'early', then the end of file.",
  procedure: "Connect to a listener, send 'early', close; accept only then, and read twice.",
  quick: true,
  observe: (checkRun) => {
    const { sys, own } = checkRun;
    const { listener, address, client } = listenFor(checkRun, 1);
    const connecting = client();
    sys.connect(connecting, address);
    sys.write(connecting, 'early');
    sys.close(connecting);
    const accepted = own(sys.accept4(listener, 0));
    const reads: string[] = [];
    for (let read = 0; read < 2; read += 1) {
      arrive(sys, accepted);
      reads.push(received(() => sys.read(accepted, 64)));
    }
    return { reads };
  },
  judge: ({ reads }) =>
    judgeExpected({ 'Reads of the accepted socket': [reads, ['early', 'EOF']] }, 'fail', {
      'Number of reads': [reads.length, 2],
    }),
  proofs: [
    { name: 'data, then the end', observation: { reads: ['early', 'EOF'] }, verdict: 'pass' },
    { name: 'the data is lost', observation: { reads: ['EOF', 'EOF'] }, verdict: 'fail' },
    { name: 'an error in place of the end', observation: { reads: ['early', 'ECONNRESET'] }, verdict: 'fail' },
    { name: 'only one read', observation: { reads: ['early'] }, verdict: 'broken' },
  ],
});

interface Queue {
  readonly somaxconn: number;
  readonly queues: readonly {
    readonly backlog: number;
    readonly connected: number;
    readonly error: string;
    readonly afterAccept: string;
  }[];
}

/**
 * EAGAIN, and not EINPROGRESS: a client that waits for POLLOUT, as one does for TCP, waits in vain. tokio-rs/mio #1560,
 * chriskohlhoff/asio #1365, curl/curl #18748.
 */
export const backlog = defineProcedure<Queue>({
  id: 'lifecycle/backlog',
  guarantee:
    'A listener queues backlog + 1 connections; further nonblocking connects fail with EAGAIN until ' +
    'one connection is accepted.',
  level: 'MUST',
  source: () => ({
    document: 'connect(2), ERRORS, EAGAIN',
    quote:
      'For nonblocking UNIX domain sockets, the socket is nonblocking, and the connection cannot be completed ' +
      'immediately.',
  }),
  subjects: ['unix-stream', 'unix-seqpacket'],
  expected:
    'Linux: backlog + 1, capped by net.core.somaxconn, then EAGAIN. macOS: ECONNREFUSED. POSIX names no EAGAIN ' +
    'for connect.',
  procedure:
    'For a backlog of 0, 1, 2, 3 and 128 (thorough: 512 too): nonblocking connects until one fails, then one ' +
    'accept and one more connect.',
  quick: true,
  observe: (checkRun) => {
    const { sys, own } = checkRun;
    const sizes = [
      0,
      1,
      2,
      3,
      ...([[], [128], [128, 512]][checkRun.count({ quick: 0, default: 1, thorough: 2 })] as readonly number[]),
    ];
    const queues = sizes.map((size) => {
      const { listener, address, client } = listenFor(checkRun, size, `backlog-${size}`);
      const connect = (): string => {
        const descriptor = client(sys.constants.SOCK_NONBLOCK);
        return outcome(() => sys.connect(descriptor, address));
      };
      let connected = 0;
      let error = connect();
      while (error === 'ok' && connected < 2 * size + 100) {
        connected += 1;
        error = connect();
      }
      own(sys.accept4(listener, 0));
      return { backlog: size, connected, error, afterAccept: connect() };
    });
    return { somaxconn: Number(readFileSync('/proc/sys/net/core/somaxconn', 'latin1')), queues };
  },
  judge: ({ somaxconn, queues }) =>
    judgeExpected(
      {
        'Connections taken': [
          queues.map(({ connected }) => connected),
          queues.map(({ backlog: asked }) => Math.min(asked, somaxconn) + 1),
        ],
        Then: [distinct(queues.map(({ error }) => error)), ['EAGAIN']],
        'After one accept': [distinct(queues.map(({ afterAccept }) => afterAccept)), ['ok']],
      },
      'fail',
      { 'Several queues were filled': [queues.length > 1, true] },
    ),
  proofs: [
    {
      name: 'one more than the backlog, then EAGAIN',
      observation: { somaxconn: 4096, queues: [filled(0), filled(3), filled(128)] },
      verdict: 'pass',
    },
    {
      name: 'capped by the system',
      observation: { somaxconn: 64, queues: [filled(3), { ...filled(128), connected: 65 }] },
      verdict: 'pass',
    },
    {
      name: 'exactly the backlog',
      observation: { somaxconn: 4096, queues: [filled(0), { ...filled(3), connected: 3 }] },
      verdict: 'fail',
    },
    {
      name: 'refused',
      observation: { somaxconn: 4096, queues: [filled(0), { ...filled(3), error: 'ECONNREFUSED' }] },
      verdict: 'fail',
    },
    {
      name: 'no place after an accept',
      observation: { somaxconn: 4096, queues: [filled(0), { ...filled(3), afterAccept: 'EAGAIN' }] },
      verdict: 'fail',
    },
    { name: 'one queue only', observation: { somaxconn: 4096, queues: [filled(0)] }, verdict: 'broken' },
  ],
});

interface Waiting {
  readonly timedOut: string;
  readonly waitedMs: number;
  readonly blocked: boolean;
  readonly released: string;
}

const SEND_TIMEOUT_MS = 60;
/** Timers of sockets count in ticks of the kernel, of up to 10 ms, and begin inside one. */
const TICK_MS = 10;

export const blockingConnectWaits = defineProcedure<Waiting>({
  id: 'lifecycle/blocking-connect-waits',
  guarantee:
    'A blocking connect to a listener with a full queue waits until there is room, or until ' +
    'SO_SNDTIMEO has passed.',
  level: 'MUST',
  source: () => ({
    document: 'socket(7), SO_RCVTIMEO and SO_SNDTIMEO',
    quote:
      'if no data has been transferred and the timeout has been reached, then -1 is returned with errno set to ' +
      'EAGAIN or EWOULDBLOCK, or EINPROGRESS (for connect(2)) just as if the socket was specified to be nonblocking.',
  }),
  subjects: ['unix-stream', 'unix-seqpacket'],
  expected:
    'Linux: EAGAIN (AF_UNIX has no EINPROGRESS) after the timeout; a connect without one sleeps, and succeeds ' +
    'when the server accepts another.',
  procedure:
    `Fill the queue of a listener with backlog 0. Connect with SO_SNDTIMEO ${SEND_TIMEOUT_MS} ms. Let a ` +
    'child connect without a timeout; when it sleeps, accept one.',
  quick: false,
  observe: async (checkRun) => {
    const { sys, own, defer } = checkRun;
    const { listener, address, client } = listenFor(checkRun, 0);
    sys.connect(client(), address);
    const late = client();
    sys.setTimeout(late, sys.constants.SO_SNDTIMEO, SEND_TIMEOUT_MS);
    const startedMs = performance.now();
    const timedOut = outcome(() => sys.connect(late, address));
    const waitedMs = performance.now() - startedMs;
    const patient = client();
    const child = sys.forkProgram([{ op: 'connect', fd: patient, address, as: 'connect' }]);
    defer(() => child.end());
    const blocked = await untilBlocked(checkRun, child, 0);
    own(sys.accept4(listener, 0));
    child.wait(5000);
    return { timedOut, waitedMs: Math.round(waitedMs), blocked, released: child.outcome('connect').error ?? 'ok' };
  },
  judge: ({ timedOut, waitedMs, blocked, released }) =>
    judgeExpected(
      {
        'With a timeout': [timedOut, 'EAGAIN'],
        [`It waited (${waitedMs} ms)`]: [waitedMs >= SEND_TIMEOUT_MS - TICK_MS, true],
        'Without one it sleeps': [blocked, true],
        'After an accept': [released, 'ok'],
      },
      'fail',
      { 'The queue was full': [timedOut !== 'ok', true] },
    ),
  proofs: [
    { name: 'waits, both ways', observation: waiting({}), verdict: 'pass' },
    { name: 'just within the tick', observation: waiting({ waitedMs: 50 }), verdict: 'pass' },
    { name: 'refused at once', observation: waiting({ timedOut: 'ECONNREFUSED' }), verdict: 'fail' },
    { name: 'the timeout came too early', observation: waiting({ waitedMs: 49 }), verdict: 'fail' },
    { name: 'does not sleep', observation: waiting({ blocked: false }), verdict: 'fail' },
    { name: 'is not let in after an accept', observation: waiting({ released: 'ECONNREFUSED' }), verdict: 'fail' },
    { name: 'the queue was not full', observation: waiting({ timedOut: 'ok' }), verdict: 'broken' },
  ],
});

export const listenerClosedUnaccepted = defineProcedure<EarlyClient>({
  id: 'lifecycle/listener-closed-unaccepted',
  guarantee: 'A client that was not accepted gets ECONNRESET when the listener closes, instead of a clean end.',
  level: 'MUST',
  source: () => ({
    document: 'Linux, tools/testing/selftests/net/af_unix/unix_connreset.c, Test 3',
    quote: 'closing unaccepted (embryo) server socket should reset client.',
  }),
  subjects: ['unix-stream', 'unix-seqpacket'],
  expected: 'Linux: ECONNRESET once, then the end of file. unix(7) does not say it: the kernel’s own test does.',
  procedure: 'Connect to a listener, close the listener without an accept, read three times.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { listener, address, client } = listenFor(checkRun, 1);
    const unaccepted = client(sys.constants.SOCK_NONBLOCK);
    sys.connect(unaccepted, address);
    sys.close(listener);
    return { reads: receives(3, () => sys.read(unaccepted, 64)) };
  },
  judge: ({ reads }) =>
    judgeExpected({ Reads: [reads, ['ECONNRESET', 'EOF', 'EOF']] }, 'fail', { 'Number of reads': [reads.length, 3] }),
  proofs: [
    { name: 'reset, then the end', observation: { reads: ['ECONNRESET', 'EOF', 'EOF'] }, verdict: 'pass' },
    { name: 'a clean end', observation: { reads: ['EOF', 'EOF', 'EOF'] }, verdict: 'fail' },
    { name: 'reset for ever', observation: { reads: ['ECONNRESET', 'ECONNRESET', 'ECONNRESET'] }, verdict: 'fail' },
    { name: 'not read', observation: { reads: [] }, verdict: 'broken' },
  ],
});

const distinct = (values: readonly string[]): readonly string[] => [...new Set(values)];

// Functions, as the proofs above are made while this module is being read.
function filled(size: number): Queue['queues'][number] {
  return { backlog: size, connected: size + 1, error: 'EAGAIN', afterAccept: 'ok' };
}

function waiting(changed: Partial<Waiting>): Waiting {
  return { timedOut: 'EAGAIN', waitedMs: 63, blocked: true, released: 'ok', ...changed };
}
