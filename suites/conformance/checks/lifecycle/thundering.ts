import { defineProcedure, type Op } from '../../../../harness/define.js';
import { listenFor } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { withRateBound } from '../../support/loss-rate-bound.js';

const ACCEPTORS = 4;

interface Accepted {
  readonly connections: number;
  /** Of each process. */
  readonly shares: readonly number[];
  /** Different clients among those that were accepted. */
  readonly clients: number;
}

export const thundering = defineProcedure<Accepted>({
  id: 'lifecycle/thundering',
  guarantee: 'Several processes can accept on one listener: each connection is given to exactly one of them.',
  level: 'MUST',
  source: () => ({
    document: 'accept(2), DESCRIPTION',
    quote:
      'It extracts the first connection request on the queue of pending connections for the listening socket, ' +
      'sockfd, creates a new connected socket, and returns a new file descriptor referring to that socket.',
  }),
  subjects: ['unix-stream', 'unix-seqpacket', 'tcp-loopback'],
  expected: 'Every client was accepted, none twice. Who gets how many is promised nowhere.',
  procedure:
    `${ACCEPTORS} processes block in accept on one listener; each takes one connection first, then all ` +
    'compete. Every client sends its number, which the process that accepted it reads.',
  quick: true,
  deadlineMs: 30_000,
  observe: (checkRun) => {
    const { sys, defer } = checkRun;
    const connections = checkRun.count({ quick: 40, default: 200, thorough: 10_000 });
    const { listener, address, client } = listenFor(checkRun, 128);
    const board = sys.createBoard();
    const accept: Op[] = [
      { op: 'accept4', fd: listener, as: 'connection' },
      { op: 'read', fd: 'connection', bytes: 4, keep: true, as: 'number' },
      { op: 'close', fd: 'connection' },
      { op: 'add', word: TAKEN, value: 1 },
    ];
    const acceptors = Array.from({ length: ACCEPTORS }, () => {
      const ops: Op[] = [
        ...accept,
        { op: 'waitAtLeast', word: TAKEN, value: ACCEPTORS },
        { op: 'repeat', body: accept },
      ];
      const program = sys.forkProgram(ops, { board, keepBytes: 24 * connections + 4096 });
      defer(() => program.end());
      return program;
    });
    for (let number = 0; number < connections; number += 1) {
      const socket = client();
      sys.connect(socket, address);
      sys.write(socket, numberOf(number));
      // What was written stays readable, and descriptors are few.
      sys.close(socket);
    }
    board.waitAtLeast(TAKEN, connections, checkRun.count({ quick: 5000, default: 5000, thorough: 20_000 }));
    for (const acceptor of acceptors) acceptor.end();
    const numbers = acceptors.map((acceptor) =>
      acceptor.outcomes().flatMap(({ kept }) => kept.map((bytes) => bytes.toString('hex'))),
    );
    return { connections, shares: numbers.map(({ length }) => length), clients: new Set(numbers.flat()).size };
  },
  judge: ({ connections, shares, clients }) =>
    withRateBound(
      judgeExpected(
        {
          [`Accepted, as ${shares.join(' + ')}`]: [shares.reduce((sum, share) => sum + share, 0), connections],
          'different clients': [clients, connections],
        },
        'fail',
        { 'Every process accepted some': [shares.length > 1 && shares.every((share) => share > 0), true] },
      ),
      'loss or repetition',
      clients,
      'connections',
    ),
  proofs: [
    { name: 'each once', observation: { connections: 200, shares: [50, 60, 40, 50], clients: 200 }, verdict: 'pass' },
    { name: 'one lost', observation: { connections: 200, shares: [50, 60, 40, 49], clients: 199 }, verdict: 'fail' },
    {
      name: 'one twice, another never',
      observation: { connections: 200, shares: [50, 60, 40, 50], clients: 199 },
      verdict: 'fail',
    },
    { name: 'one twice', observation: { connections: 200, shares: [50, 60, 40, 51], clients: 200 }, verdict: 'fail' },
    { name: 'one process alone', observation: { connections: 200, shares: [200], clients: 200 }, verdict: 'broken' },
    {
      name: 'a process without any',
      observation: { connections: 200, shares: [100, 100, 0, 0], clients: 200 },
      verdict: 'broken',
    },
    { name: 'nobody connected', observation: { connections: 0, shares: [], clients: 0 }, verdict: 'broken' },
  ],
});

/** Word of the board: how many connections were accepted. */
const TAKEN = 0;

const numberOf = (number: number): Buffer => Buffer.from(Uint32Array.of(number).buffer);
