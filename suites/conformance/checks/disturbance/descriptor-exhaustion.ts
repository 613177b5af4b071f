import { defineProcedure, type Op } from '../../../../harness/define.js';
import { listenFor } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { SOCKETPAIRS } from '../../support/subjects.js';
import { outcomeOf } from '../../support/enter-directory.js';

interface AcceptedLate {
  /** Of each accept without a free descriptor. */
  readonly refused: readonly string[];
  /** The listener was ready all the time: a loop over poll spins. */
  readonly stillReady: boolean;
  /** What each connection brought, accepted once there was room. */
  readonly afterwards: readonly string[];
}

/**
 * libuv keeps one spare descriptor for this: it accepts with it and closes at once, so that its clients see a
 * connection that ends.
 */
export const exhaustionAccept = defineProcedure<AcceptedLate>({
  id: 'disturbance/fd-exhaustion-accept',
  guarantee: 'An accept without a free descriptor fails with EMFILE, and the connection stays in the queue.',
  level: 'INFO',
  source: () => ({
    document: 'accept(2), ERRORS, EMFILE',
    quote: 'The per-process limit on the number of open file descriptors has been reached.',
  }),
  subjects: ['unix-stream', 'unix-seqpacket', 'tcp-loopback'],
  expected:
    'Linux: EMFILE each time, the listener still says POLLIN, and after the limit is raised both connections ' +
    'are there with what was sent, in order.',
  procedure:
    'Connect two clients, each writes a word. A child lowers RLIMIT_NOFILE below every free number, accepts ' +
    'twice, polls the listener, raises the limit, accepts and reads twice.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { RLIMIT_NOFILE, POLLIN } = sys.constants;
    const { listener, address, client } = listenFor(checkRun, 4);
    for (const word of ['one', 'two']) {
      const socket = client();
      sys.connect(socket, address);
      sys.write(socket, word);
    }
    const { soft, hard } = sys.getrlimit(RLIMIT_NOFILE);
    const acceptAndRead = (as: string): Op[] => [
      { op: 'accept4', fd: listener, as },
      { op: 'read', fd: as, bytes: 16, keep: true, as: `word of ${as}` },
    ];
    const child = sys.forkProgram([
      { op: 'setrlimit', resource: RLIMIT_NOFILE, soft: FIRST_NUMBERS, hard },
      { op: 'accept4', fd: listener, as: 'refused' },
      { op: 'accept4', fd: listener, as: 'refused again' },
      { op: 'poll', fd: listener, events: POLLIN, timeoutMs: 0, as: 'poll' },
      { op: 'setrlimit', resource: RLIMIT_NOFILE, soft, hard },
      ...acceptAndRead('first'),
      ...acceptAndRead('second'),
    ]);
    checkRun.defer(() => child.end());
    child.wait(5000);
    return {
      refused: ['refused', 'refused again'].map((as) => outcomeOf(child.outcome(as))),
      stillReady: child.outcome('poll').value === POLLIN,
      afterwards: ['first', 'second'].map(
        (as) => child.outcome(as).error ?? child.outcome(`word of ${as}`).kept[0]?.toString() ?? 'nothing',
      ),
    };
  },
  judge: ({ refused, stillReady, afterwards }) =>
    judgeExpected(
      {
        'accept without a free descriptor': [refused, ['EMFILE', 'EMFILE']],
        'The listener is still ready': [stillReady, true],
        'accepted after that': [afterwards, ['one', 'two']],
      },
      'info',
      { 'The first accept failed': [refused !== undefined && refused[0] !== 'ok' && refused[0] !== 'not made', true] },
    ),
  proofs: [
    {
      name: 'they wait',
      observation: { refused: ['EMFILE', 'EMFILE'], stillReady: true, afterwards: ['one', 'two'] },
      verdict: 'info',
    },
    {
      name: 'one is dropped',
      observation: { refused: ['EMFILE', 'EAGAIN'], stillReady: false, afterwards: ['two', 'nothing'] },
      verdict: 'info',
      unusual: true,
    },
    {
      name: 'there was a free descriptor',
      observation: { refused: ['ok', 'ok'], stillReady: true, afterwards: ['one', 'two'] },
      verdict: 'broken',
    },
    {
      name: 'the child did nothing',
      observation: { refused: ['not made', 'not made'], stillReady: false, afterwards: [] },
      verdict: 'broken',
    },
  ],
});

interface CreatedLate {
  /** With one free descriptor where two are needed: what came of every attempt. */
  readonly outcomes: readonly string[];
  /** A dup after them, into that one descriptor. */
  readonly dup: string;
  /** With two free descriptors. */
  readonly withRoom: string;
}

export const exhaustionSocketpair = defineProcedure<CreatedLate>({
  id: 'disturbance/fd-exhaustion-socketpair',
  guarantee:
    'If two descriptors are needed and only one is free, the call fails with EMFILE and the free one stays free.',
  level: 'MUST',
  source: (subject) => ({
    document: subject === 'pipe' ? 'pipe(2), ERRORS, EMFILE' : 'socketpair(2), ERRORS, EMFILE',
    quote: 'The per-process limit on the number of open file descriptors has been reached.',
  }),
  subjects: [...SOCKETPAIRS, 'pipe'],
  expected: 'EMFILE every time, then a dup still succeeds: not half a pair was left open. With two free it is made.',
  procedure:
    'A child closes descriptor 0 and lowers RLIMIT_NOFILE, so that this is the only free number; it creates a ' +
    'pair several times, dups a descriptor, closes that and descriptor 1, and creates a pair.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { RLIMIT_NOFILE, AF_UNIX, SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET } = sys.constants;
    const type = {
      'socketpair-stream': SOCK_STREAM,
      'socketpair-dgram': SOCK_DGRAM,
      'socketpair-seqpacket': SOCK_SEQPACKET,
    }[checkRun.subject];
    const create = (as: string): Op =>
      type === undefined
        ? { op: 'pipe2', into: [`${as} a`, `${as} b`], as }
        : { op: 'socketpair', domain: AF_UNIX, type, into: [`${as} a`, `${as} b`], as };
    const attempts = Array.from(
      { length: checkRun.count({ quick: 2, default: 8, thorough: 1000 }) },
      (_, number) => `attempt ${number}`,
    );
    const { hard } = sys.getrlimit(RLIMIT_NOFILE);
    const child = sys.forkProgram([
      { op: 'close', fd: 0 },
      { op: 'setrlimit', resource: RLIMIT_NOFILE, soft: FIRST_NUMBERS, hard },
      ...attempts.map(create),
      { op: 'dup', fd: 2, as: 'dup' },
      { op: 'close', fd: 0 },
      { op: 'close', fd: 1 },
      create('with room'),
    ]);
    checkRun.defer(() => child.end());
    child.wait(5000);
    const outcome = (as: string): string => outcomeOf(child.outcome(as));
    return { outcomes: [...new Set(attempts.map(outcome))], dup: outcome('dup'), withRoom: outcome('with room') };
  },
  judge: ({ outcomes, dup, withRoom }) =>
    judgeExpected({ 'With one free descriptor': [outcomes, ['EMFILE']], 'it is still free': [dup, 'ok'] }, 'fail', {
      'With two it is made': [withRoom, 'ok'],
    }),
  proofs: [
    { name: 'nothing left', observation: { outcomes: ['EMFILE'], dup: 'ok', withRoom: 'ok' }, verdict: 'pass' },
    { name: 'half a pair left', observation: { outcomes: ['EMFILE'], dup: 'EMFILE', withRoom: 'ok' }, verdict: 'fail' },
    {
      name: 'another error later',
      observation: { outcomes: ['EMFILE', 'ENFILE'], dup: 'ok', withRoom: 'ok' },
      verdict: 'fail',
    },
    { name: 'made', observation: { outcomes: ['ok'], dup: 'ok', withRoom: 'ok' }, verdict: 'fail' },
    {
      name: 'never to be made',
      observation: { outcomes: ['EMFILE'], dup: 'ok', withRoom: 'EMFILE' },
      verdict: 'broken',
    },
    {
      name: 'not tried',
      observation: { outcomes: ['not made'], dup: 'not made', withRoom: 'not made' },
      verdict: 'broken',
    },
  ],
});

/** 0, 1 and 2 are always open in a host of procedures, so with this limit nothing is free. */
const FIRST_NUMBERS = 3;
