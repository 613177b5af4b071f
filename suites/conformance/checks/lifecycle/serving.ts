import { existsSync } from 'node:fs';
import { defineProcedure, type Op } from '../../../../harness/define.js';
import { listenFor } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { outcome, received } from '../../support/outcomes.js';
import { withRateBound } from '../../support/loss-rate-bound.js';

interface Served {
  readonly wanted: number;
  readonly echoed: number;
  readonly answered: number;
  readonly endedBy: string;
  /** Whether the server saw the name that the client had bound. */
  readonly clientIsNamed: boolean;
  /** The length of the address of a client that had bound none. */
  readonly unnamedLength: number;
  readonly filesLeft: readonly string[];
}

/**
 * The server of every tutorial. Many of them print the `sun_path` of a client that never had one: the two bytes of the
 * family are all there is.
 */
export const echoServer = defineProcedure<Served>({
  id: 'lifecycle/echo-server',
  guarantee:
    'A server echoes until its client closes: every message comes back, the end is a receive of 0, the client’s ' +
    'name is known if it has one, and the files can be unlinked.',
  level: 'MUST',
  source: () => ({
    document: 'unix(7), Address format, unnamed',
    quote:
      'When the address of an unnamed socket is returned, its length is sizeof(sa_family_t), and sun_path ' +
      'should not be inspected.',
  }),
  subjects: ['unix-stream', 'unix-seqpacket'],
  expected:
    'All messages echoed, EOF after them; the bound client’s path as its name, an address of 2 bytes for a ' +
    'client without one; no file left.',
  procedure:
    'A forked client binds, connects, sends and awaits the echo, one message after the other, closes and ' +
    'unlinks its file. A second client connects without a name.',
  quick: true,
  observe: (checkRun) => {
    const { sys, own, defer } = checkRun;
    const { listener, address, client } = listenFor(checkRun, 5, 'server');
    const clientPath = checkRun.path('client');
    const wanted = checkRun.count({ quick: 20, default: 200, thorough: 10_000 });
    // A client that never comes must not hold the run for ever.
    sys.setTimeout(listener, sys.constants.SO_RCVTIMEO, 5000);
    const named = client();
    const child = sys.forkProgram([
      { op: 'bind', fd: named, address: clientPath },
      { op: 'connect', fd: named, address },
      {
        op: 'repeat',
        times: wanted,
        stop: 'on-error',
        body: [
          { op: 'write', fd: named, data: 'ping' },
          { op: 'read', fd: named, bytes: 64, as: 'answer' },
        ],
      },
      { op: 'close', fd: named },
      { op: 'unlink', path: clientPath },
    ]);
    defer(() => child.end());
    // This process has a copy of the client's socket: as long as it is open, no server hears an end.
    sys.close(named);
    const connection = own(sys.accept4(listener, 0));
    const clientIsNamed = sys.getpeername(connection).path === clientPath;
    let echoed = 0;
    let read = received(() => sys.read(connection, 64));
    for (; read === 'ping'; read = received(() => sys.read(connection, 64))) {
      sys.write(connection, read);
      echoed += 1;
    }
    child.wait(5000);
    sys.connect(client(), address);
    const unnamedLength = sys.getpeername(own(sys.accept4(listener, 0))).length;
    sys.unlink(address as string);
    const filesLeft = ['server', 'client'].filter((name) => existsSync(`${checkRun.directory}/${name}`));
    return {
      wanted,
      echoed,
      answered: child.outcome('answer').runs,
      endedBy: read,
      clientIsNamed,
      unnamedLength,
      filesLeft,
    };
  },
  judge: ({ wanted, echoed, answered, endedBy, clientIsNamed, unnamedLength, filesLeft }) =>
    withRateBound(
      judgeExpected(
        {
          'Messages echoed': [echoed, wanted],
          'Answers that arrived': [answered, wanted],
          'The loop ended with': [endedBy, 'EOF'],
          'The server saw the name of the client': [clientIsNamed, true],
          'Length of the address of a client without a name': [unnamedLength, 2],
          'Files left': [filesLeft, []],
        },
        'fail',
        { 'There was an exchange': [wanted > 0, true] },
      ),
      'loss',
      answered,
    ),
  proofs: [
    { name: 'all echoed', observation: served({}), verdict: 'pass' },
    { name: 'one is not echoed', observation: served({ echoed: 199 }), verdict: 'fail' },
    { name: 'an answer is missing', observation: served({ answered: 199 }), verdict: 'fail' },
    { name: 'the end is an error', observation: served({ endedBy: 'ECONNRESET' }), verdict: 'fail' },
    { name: 'the client has another name', observation: served({ clientIsNamed: false }), verdict: 'fail' },
    { name: 'a name where there is none', observation: served({ unnamedLength: 16 }), verdict: 'fail' },
    { name: 'a file is left', observation: served({ filesLeft: ['client'] }), verdict: 'fail' },
    { name: 'no message', observation: served({ wanted: 0, echoed: 0, answered: 0 }), verdict: 'broken' },
  ],
});

interface Storm {
  readonly each: number;
  /** Connections accepted of each client. */
  readonly accepted: readonly number[];
  readonly failedConnects: number;
  readonly leftInQueue: string;
}

/** A queue far shorter than the number of clients: most connects have to wait for an accept. */
const SHORT_BACKLOG = 4;

export const connectStorm = defineProcedure<Storm>({
  id: 'lifecycle/connect-storm',
  guarantee: 'When many clients connect at once, every successful connect leads to exactly one accept.',
  level: 'MUST',
  source: () => ({
    document: 'accept(2), DESCRIPTION',
    quote:
      'It extracts the first connection request on the queue of pending connections for the listening socket, ' +
      'sockfd, creates a new connected socket, and returns a new file descriptor referring to that socket.',
  }),
  subjects: ['unix-stream', 'unix-seqpacket'],
  expected:
    'As many accepts of each client as it made connects, each with the byte of that client; no connect fails; ' +
    'nothing is left in the queue.',
  procedure:
    '8 (thorough: 32) clients connect, send their number and close, again and again, to a listener with ' +
    `backlog ${SHORT_BACKLOG}; the server counts.`,
  quick: false,
  deadlineMs: 60_000,
  observe: (checkRun) => {
    const { sys, defer } = checkRun;
    const { POLLIN, AF_UNIX, SOCK_STREAM, SOCK_SEQPACKET } = sys.constants;
    const { listener, address } = listenFor(checkRun, SHORT_BACKLOG);
    const clients = checkRun.count({ quick: 4, default: 8, thorough: 32 });
    const each = checkRun.count({ quick: 25, default: 100, thorough: 313 });
    const type = checkRun.subject === 'unix-stream' ? SOCK_STREAM : SOCK_SEQPACKET;
    const connecting = (number: number): readonly Op[] => [
      { op: 'socket', domain: AF_UNIX, type, as: 'socket' },
      { op: 'connect', fd: 'socket', address, as: 'connect' },
      { op: 'write', fd: 'socket', data: Uint8Array.of(number) },
      { op: 'close', fd: 'socket' },
    ];
    const children = Array.from({ length: clients }, (_, number) => {
      const child = sys.forkProgram([{ op: 'repeat', times: each, body: connecting(number) }]);
      defer(() => child.end());
      return child;
    });
    const accepted = children.map(() => 0);
    for (
      let turn = 0;
      turn < clients * each && sys.poll([{ fd: listener, events: POLLIN }], 5000)[0] !== 0;
      turn += 1
    ) {
      const connection = sys.accept4(listener, 0);
      const [number = -1] = sys.read(connection, 8);
      accepted[number] = (accepted[number] ?? 0) + 1;
      sys.close(connection);
    }
    for (const child of children) child.wait(5000);
    sys.fcntl(listener, sys.constants.F_SETFL, sys.constants.O_NONBLOCK);
    return {
      each,
      accepted,
      failedConnects: children.reduce((sum, child) => sum + child.outcome('connect').failures, 0),
      leftInQueue: outcome(() => checkRun.own(sys.accept4(listener, 0))),
    };
  },
  judge: ({ each, accepted, failedConnects, leftInQueue }) =>
    withRateBound(
      judgeExpected(
        {
          'Accepted of each client': [accepted, accepted.map(() => each)],
          'Connects that failed': [failedConnects, 0],
          'One more accept': [leftInQueue, 'EAGAIN'],
        },
        'fail',
        { 'Several clients came often': [accepted.length > 1 && each > 1, true] },
      ),
      'loss or repetition',
      accepted.reduce((sum, count) => sum + count, 0),
      'connections',
    ),
  proofs: [
    {
      name: 'each connect is one accept',
      observation: { each: 100, accepted: [100, 100, 100], failedConnects: 0, leftInQueue: 'EAGAIN' },
      verdict: 'pass',
    },
    {
      name: 'two clients, twice each',
      observation: { each: 2, accepted: [2, 2], failedConnects: 0, leftInQueue: 'EAGAIN' },
      verdict: 'pass',
    },
    {
      name: 'one is lost',
      observation: { each: 100, accepted: [100, 99, 100], failedConnects: 0, leftInQueue: 'EAGAIN' },
      verdict: 'fail',
    },
    {
      name: 'one is there twice, another lost',
      observation: { each: 100, accepted: [100, 101, 99], failedConnects: 0, leftInQueue: 'EAGAIN' },
      verdict: 'fail',
    },
    {
      name: 'a connect is refused',
      observation: { each: 100, accepted: [100, 100], failedConnects: 1, leftInQueue: 'EAGAIN' },
      verdict: 'fail',
    },
    {
      name: 'a connection of nobody',
      observation: { each: 100, accepted: [100, 100], failedConnects: 0, leftInQueue: 'ok' },
      verdict: 'fail',
    },
    {
      name: 'one client',
      observation: { each: 100, accepted: [100], failedConnects: 0, leftInQueue: 'EAGAIN' },
      verdict: 'broken',
    },
    {
      name: 'one connect each',
      observation: { each: 1, accepted: [1, 1], failedConnects: 0, leftInQueue: 'EAGAIN' },
      verdict: 'broken',
    },
  ],
});

// A function, as the proofs above are made while this module is being read.
function served(changed: Partial<Served>): Served {
  return {
    wanted: 200,
    echoed: 200,
    answered: 200,
    endedBy: 'EOF',
    clientIsNamed: true,
    unnamedLength: 2,
    filesLeft: [],
    ...changed,
  };
}
