import { mkdirSync } from 'node:fs';
import { defineProcedure, type Op } from '../../../../harness/define.js';
import { socketFor } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { ordinaryUser } from '../../support/file-identity.js';
import { NAMED_UNIX } from '../../support/subjects.js';
import { bitsFor, enterDirectory } from '../../support/enter-directory.js';
import { runAs, bindHere, actor } from '../../support/bind-as-user.js';

const SEARCHABLE = ['EACCES', 'ok', 'EACCES', 'ok', 'EACCES', 'ok', 'EACCES', 'ok'];

const MODES = [0, 1, 2, 3, 4, 5, 6, 7] as const;

interface ByMode {
  readonly by: 'another user' | 'the owner';
  /** What came of it, by permission bits from 0 to 7. */
  readonly outcomes: readonly string[];
}

export const modeMatrix = defineProcedure<ByMode>({
  id: 'permissions/mode-matrix',
  guarantee: 'To connect to a socket file needs write permission on it, and no other.',
  level: 'MUST',
  source: (subject) => ({
    document: 'unix(7), Pathname socket ownership and permissions',
    quote:
      subject === 'unix-dgram'
        ? 'sending a datagram to a datagram socket likewise requires write permission on that socket.'
        : 'On Linux, connecting to a stream socket object requires write permission on that socket',
  }),
  subjects: NAMED_UNIX,
  expected:
    'Linux: 2, 3, 6 and 7 connect, 0, 1, 4 and 5 are EACCES. POSIX says nothing of it; older BSDs ignore the ' +
    'permissions.',
  procedure:
    'Bind one socket file for each permission from 0 to 7 and connect to each from a child that is user 65534; ' +
    'where this is not root, as its owner, by the bits of the owner.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const user = ordinaryUser(checkRun);
    enterDirectory(checkRun);
    const sockets = MODES.map((mode) => {
      const file = bindHere(checkRun, `mode${mode}`);
      sys.chmod(file, bitsFor(user, mode));
      return { file, client: checkRun.own(socketFor(checkRun)) };
    });
    const results = runAs(
      checkRun,
      user,
      sockets.map(({ file, client }) => ({ op: 'connect', fd: client, address: file })),
    );
    return { by: actor(user), outcomes: results };
  },
  judge: ({ by, outcomes }) =>
    judgeExpected(
      {
        [`connect of ${by}, by bits from 0 to 7`]: [
          outcomes,
          ['EACCES', 'EACCES', 'ok', 'ok', 'EACCES', 'EACCES', 'ok', 'ok'],
        ],
      },
      'fail',
      { 'Modes tried': [outcomes.length, 8] },
    ),
  proofs: [
    {
      name: 'write permission',
      observation: { by: 'another user', outcomes: ['EACCES', 'EACCES', 'ok', 'ok', 'EACCES', 'EACCES', 'ok', 'ok'] },
      verdict: 'pass',
    },
    {
      name: 'let in without any',
      observation: { by: 'another user', outcomes: ['ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok'] },
      verdict: 'fail',
    },
    {
      name: 'read permission is needed too',
      observation: {
        by: 'the owner',
        outcomes: ['EACCES', 'EACCES', 'EACCES', 'EACCES', 'EACCES', 'EACCES', 'ok', 'ok'],
      },
      verdict: 'fail',
    },
    { name: 'nothing tried', observation: { by: 'the owner', outcomes: [] }, verdict: 'broken' },
  ],
});

interface Searched {
  readonly by: 'another user' | 'the owner';
  /** Of reaching what lies in a directory, by its permission bits from 0 to 7. */
  readonly reach: readonly string[];
  /** Of making something in it. */
  readonly make: readonly string[];
}

export const directorySearch = defineProcedure<Searched>({
  id: 'permissions/directory-search',
  guarantee:
    'A directory that may not be searched keeps everybody from what is in it; to make a socket or FIFO there ' +
    'needs its write permission as well.',
  level: 'MUST',
  source: (subject) =>
    subject === 'fifo'
      ? {
          document: 'open(2), ERRORS, EACCES',
          quote: 'search permission is denied for one of the directories in the path prefix of pathname',
        }
      : {
          document: 'unix(7), Pathname socket ownership and permissions',
          quote:
            'pathname sockets honor the permissions of the directory they are in. Creation of a new socket ' +
            'fails if the process does not have write and search (execute) permission on the directory in which ' +
            'the socket is created.',
        },
  subjects: [...NAMED_UNIX, 'fifo'],
  expected:
    'Reached with 1, 3, 5 and 7; made with 3 and 7; else EACCES. With 0700 of another user, so, nobody comes ' +
    'near: the recipe for a private socket.',
  procedure:
    'Put a socket file (or FIFO) of mode 777 into one directory for each permission from 0 to 7. Connect to ' +
    'each (open it), then bind (mkfifo) beside it, as user 65534; where this is not root, as the owner.',
  quick: true,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { O_RDONLY, O_NONBLOCK } = sys.constants;
    const isFifo = checkRun.subject === 'fifo';
    const user = ordinaryUser(checkRun);
    enterDirectory(checkRun);
    const places = MODES.map((mode) => {
      const directory = `dir${mode}`;
      mkdirSync(checkRun.path(directory));
      const file = `${directory}/there`;
      if (isFifo) sys.mkfifo(file, 0o777);
      else bindHere(checkRun, file);
      sys.chmod(file, 0o777);
      sys.chmod(directory, bitsFor(user, mode));
      return { file, directory };
    });
    checkRun.defer(() => places.forEach(({ directory }) => sys.chmod(checkRun.path(directory), 0o700)));
    const results = runAs(checkRun, user, [
      ...places.map(({ file }): Op =>
        isFifo
          ? { op: 'open', path: file, flags: O_RDONLY | O_NONBLOCK }
          : { op: 'connect', fd: checkRun.own(socketFor(checkRun)), address: file },
      ),
      ...places.flatMap(({ directory }): Op[] =>
        isFifo ? [] : [{ op: 'bind', fd: checkRun.own(socketFor(checkRun)), address: `${directory}/made` }],
      ),
    ]);
    return { by: actor(user), reach: results.slice(0, MODES.length), make: results.slice(MODES.length) };
  },
  judge: ({ by, reach, make }, subject) =>
    judgeExpected(
      {
        [`Reached by ${by}, by bits from 0 to 7`]: [reach, SEARCHABLE],
        ...(subject === 'fifo'
          ? {}
          : { made: [make, ['EACCES', 'EACCES', 'EACCES', 'ok', 'EACCES', 'EACCES', 'EACCES', 'ok']] }),
      },
      'fail',
      { 'Modes tried': [reach.length, 8] },
    ),
  proofs: [
    { name: 'as the bits say', observation: searched({}), verdict: 'pass' },
    { name: 'as the bits say, nothing made', observation: searched({ make: [] }), verdict: 'pass', subject: 'fifo' },
    {
      name: 'reached through a closed directory',
      observation: searched({ reach: ['ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok'] }),
      verdict: 'fail',
    },
    {
      name: 'a FIFO reached through a closed directory',
      observation: searched({ reach: ['ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok'], make: [] }),
      verdict: 'fail',
      subject: 'fifo',
    },
    {
      name: 'made where only writing is allowed',
      observation: searched({ make: ['EACCES', 'EACCES', 'ok', 'ok', 'EACCES', 'EACCES', 'ok', 'ok'] }),
      verdict: 'fail',
    },
    { name: 'nothing made was looked at', observation: searched({ make: [] }), verdict: 'fail' },
    { name: 'nothing tried', observation: searched({ reach: [], make: [] }), verdict: 'broken' },
  ],
});

function searched(changed: Partial<Searched>): Searched {
  return {
    by: 'another user',
    reach: SEARCHABLE,
    make: ['EACCES', 'EACCES', 'EACCES', 'ok', 'EACCES', 'EACCES', 'EACCES', 'ok'],
    ...changed,
  };
}
