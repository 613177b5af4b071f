import { defineProcedure } from '../../../../harness/define.js';
import { socketFor } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { outcome } from '../../support/outcomes.js';
import { NAMED_UNIX } from '../../support/subjects.js';

interface Opened {
  readonly opens: readonly string[];
  readonly path: string;
}

export const openOnSocket = defineProcedure<Opened>({
  id: 'lifecycle/open-on-socket',
  guarantee: 'A socket file cannot be opened: open(2) fails, whatever the mode.',
  level: 'INFO',
  source: () => ({ document: 'open(2), ERRORS, ENXIO', quote: 'The file is a UNIX domain socket.' }),
  subjects: NAMED_UNIX,
  expected: 'Linux: ENXIO for reading, writing and both; O_PATH succeeds. macOS: EOPNOTSUPP.',
  procedure: 'Bind a path and open it with O_RDONLY, O_WRONLY, O_RDWR, each with O_NONBLOCK, and with O_PATH.',
  quick: false,
  observe: (checkRun) => {
    const { sys, own } = checkRun;
    const { O_RDONLY, O_WRONLY, O_RDWR, O_NONBLOCK, O_PATH } = sys.constants;
    const path = checkRun.path('socket');
    sys.bind(own(socketFor(checkRun)), path);
    const open = (flags: number): string => outcome(() => own(sys.open(path, flags)));
    return { opens: [O_RDONLY, O_WRONLY, O_RDWR].map((mode) => open(mode | O_NONBLOCK)), path: open(O_PATH) };
  },
  judge: ({ opens, path }) =>
    judgeExpected(
      { 'For reading, writing, both': [opens, ['ENXIO', 'ENXIO', 'ENXIO']], 'With O_PATH': [path, 'ok'] },
      'info',
      { 'Opens tried': [opens.length, 3] },
    ),
  proofs: [
    { name: 'ENXIO', observation: { opens: ['ENXIO', 'ENXIO', 'ENXIO'], path: 'ok' }, verdict: 'info' },
    {
      name: 'EOPNOTSUPP',
      observation: { opens: ['EOPNOTSUPP', 'EOPNOTSUPP', 'EOPNOTSUPP'], path: 'ok' },
      verdict: 'info',
      unusual: true,
    },
    { name: 'not tried', observation: { opens: [], path: 'ok' }, verdict: 'broken' },
  ],
});

interface Mismatch {
  readonly sameType: string;
  readonly otherTypes: readonly string[];
}

export const typeMismatch = defineProcedure<Mismatch>({
  id: 'lifecycle/type-mismatch',
  guarantee: 'A connect to a socket of another type fails with EPROTOTYPE.',
  level: 'MUST',
  source: () => ({
    document: 'unix(7), ERRORS, EPROTOTYPE',
    quote: 'Remote socket does not match the local socket type (SOCK_DGRAM versus SOCK_STREAM).',
  }),
  subjects: NAMED_UNIX,
  expected: 'EPROTOTYPE from both other types, success from the same one.',
  procedure:
    'Bind (and listen, unless it is a datagram socket); connect a socket of the same type and one of each other type.',
  quick: false,
  observe: (checkRun) => {
    const { sys, own } = checkRun;
    const path = checkRun.path('typed');
    const server = own(socketFor(checkRun));
    sys.bind(server, path);
    if (checkRun.subject !== 'unix-dgram') sys.listen(server, 5);
    const connect = (subject: string): string =>
      outcome(() => sys.connect(own(socketFor({ ...checkRun, subject })), path));
    return {
      sameType: connect(checkRun.subject),
      otherTypes: NAMED_UNIX.filter((subject) => subject !== checkRun.subject).map(connect),
    };
  },
  judge: ({ sameType, otherTypes }) =>
    judgeExpected({ 'The two other types': [otherTypes, ['EPROTOTYPE', 'EPROTOTYPE']] }, 'fail', {
      'The same type': [sameType, 'ok'],
    }),
  proofs: [
    { name: 'told apart', observation: { sameType: 'ok', otherTypes: ['EPROTOTYPE', 'EPROTOTYPE'] }, verdict: 'pass' },
    {
      name: 'one of them is let in',
      observation: { sameType: 'ok', otherTypes: ['EPROTOTYPE', 'ok'] },
      verdict: 'fail',
    },
    {
      name: 'another error',
      observation: { sameType: 'ok', otherTypes: ['ECONNREFUSED', 'EPROTOTYPE'] },
      verdict: 'fail',
    },
    {
      name: 'nobody is let in',
      observation: { sameType: 'ECONNREFUSED', otherTypes: ['EPROTOTYPE', 'EPROTOTYPE'] },
      verdict: 'broken',
    },
  ],
});
