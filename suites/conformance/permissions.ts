import { mkdirSync } from 'node:fs';
import { defineProcedure, type Op, type Proof, type Trial } from '../../harness/define.js';
import { socketFor } from './procedures/connected.js';
import { judgeExpected } from './procedures/expectations.js';
import { ordinaryUser, skipUnlessOrdinary, type OrdinaryUser } from './procedures/identity.js';
import { outcome } from './procedures/outcomes.js';
import { NAMED_UNIX } from './procedures/subjects.js';
import { bitsFor, enterDirectory, outcomeOf } from './procedures/within-reach.js';

const SEARCHABLE = ['EACCES', 'ok', 'EACCES', 'ok', 'EACCES', 'ok', 'EACCES', 'ok'];
const MODES = [0, 1, 2, 3, 4, 5, 6, 7] as const;

interface ByMode {
  readonly by: 'another user' | 'the owner';
  /** What came of it, by permission bits from 0 to 7. */
  readonly outcomes: readonly string[];
}

export const modeMatrix = defineProcedure<ByMode>({
  id: 'perm/mode-matrix',
  promise: 'To connect to a socket file needs write permission on it, and no other.',
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
  observe: (trial) => {
    const { sys } = trial;
    const user = ordinaryUser(trial);
    enterDirectory(trial);
    const sockets = MODES.map((mode) => {
      const file = bindHere(trial, `mode${mode}`);
      sys.chmod(file, bitsFor(user, mode));
      return { file, client: trial.own(socketFor(trial)) };
    });
    const results = runAs(
      trial,
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
  id: 'perm/directory-search',
  promise:
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
  observe: (trial) => {
    const { sys } = trial;
    const { O_RDONLY, O_NONBLOCK } = sys.constants;
    const isFifo = trial.subject === 'fifo';
    const user = ordinaryUser(trial);
    enterDirectory(trial);
    const places = MODES.map((mode) => {
      const directory = `dir${mode}`;
      mkdirSync(trial.path(directory));
      const file = `${directory}/there`;
      if (isFifo) sys.mkfifo(file, 0o777);
      else bindHere(trial, file);
      sys.chmod(file, 0o777);
      sys.chmod(directory, bitsFor(user, mode));
      return { file, directory };
    });
    trial.defer(() => places.forEach(({ directory }) => sys.chmod(trial.path(directory), 0o700)));
    const results = runAs(trial, user, [
      ...places.map(({ file }): Op =>
        isFifo
          ? { op: 'open', path: file, flags: O_RDONLY | O_NONBLOCK }
          : { op: 'connect', fd: trial.own(socketFor(trial)), address: file },
      ),
      ...places.flatMap(({ directory }): Op[] =>
        isFifo ? [] : [{ op: 'bind', fd: trial.own(socketFor(trial)), address: `${directory}/made` }],
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

interface Umasked {
  /** Permissions of a socket file, in octal, by the umask at its bind. */
  readonly modes: Readonly<Record<'000' | '022' | '077' | '177', string>>;
  /**
   * Of another user: what came of it between bind and chmod, after chmod, and from the first moment with the right
   * umask.
   */
  readonly beforeChmod: string;
  readonly afterChmod: string;
  readonly underUmask: string;
}

/** The order bind, chmod lets others in for a moment; umask, bind does not. */
export const umaskRace = defineProcedure<Umasked>({
  id: 'perm/umask-race',
  promise:
    'A socket file gets 0777 less the umask at bind: whoever makes it private with chmod afterwards leaves a ' +
    'window open.',
  level: 'INFO',
  source: () => ({
    document: 'unix(7), Pathname socket ownership and permissions',
    quote: 'The socket file has all permissions enabled, other than those that are turned off by the process umask(2).',
  }),
  subjects: NAMED_UNIX,
  expected:
    'Linux: 777, 755, 700, 600 under umask 000, 022, 077, 177. Under umask 000 another user connects until ' +
    'chmod(0600), under 177 never. Use umask, or a directory with 0700.',
  procedure:
    'Bind and stat under each umask. As user 65534 connect to a socket bound under umask 000, before and after ' +
    'chmod(path, 0600), and to one bound under 177. Where this is not root the owner tries, by the write bit of ' +
    'the owner.',
  quick: false,
  observe: (trial) => {
    const { sys } = trial;
    const user = ordinaryUser(trial);
    enterDirectory(trial);
    const permissions = (umask: number): string => {
      const file = bindHere(trial, `umask${umask}`, umask);
      return (sys.stat(file).mode & 0o777).toString(8);
    };
    const modes = {
      '000': permissions(0),
      '022': permissions(0o022),
      '077': permissions(0o077),
      '177': permissions(0o177),
    };
    const connect = (file: string): string =>
      runAs(trial, user, [{ op: 'connect', fd: trial.own(socketFor(trial)), address: file }])[0] as string;
    const late = bindHere(trial, 'late', 0);
    const beforeChmod = connect(late);
    // What is private to the owner keeps the owner itself out only without its own write bit.
    sys.chmod(late, actor(user) === 'the owner' ? 0o400 : 0o600);
    const afterChmod = connect(late);
    const early = bindHere(trial, 'early', actor(user) === 'the owner' ? 0o377 : 0o177);
    return { modes, beforeChmod, afterChmod, underUmask: connect(early) };
  },
  judge: ({ modes, beforeChmod, afterChmod, underUmask }) =>
    judgeExpected(
      {
        'Modes under umask 000, 022, 077, 177': [
          modes && [modes['000'], modes['022'], modes['077'], modes['177']],
          ['777', '755', '700', '600'],
        ],
        'connect between bind and chmod': [beforeChmod, 'ok'],
        'after chmod': [afterChmod, 'EACCES'],
        'after bind under the right umask': [underUmask, 'EACCES'],
      },
      'info',
    ),
  proofs: [
    { name: 'a window', observation: umasked(), verdict: 'info' },
    {
      name: 'no permissions at all',
      observation: {
        modes: { '000': '777', '022': '777', '077': '777', '177': '777' },
        beforeChmod: 'ok',
        afterChmod: 'ok',
        underUmask: 'ok',
      },
      verdict: 'info',
      unusual: true,
    },
    ...(['modes', 'beforeChmod', 'afterChmod', 'underUmask'] as const).map((step): Proof<Umasked> => ({
      name: `${step} not seen`,
      observation: { ...umasked(), [step]: undefined },
      verdict: 'broken',
    })),
  ],
});

interface Fchmodded {
  /** Permissions of the file, in octal, after its socket was given none. */
  readonly afterBind: string;
  readonly connect: string;
  /** Of a file whose socket was given 0600 before it was bound. */
  readonly beforeBind: string;
}

/** The socket and its file are two inodes. */
export const fchmodNoop = defineProcedure<Fchmodded>({
  id: 'perm/fchmod-noop',
  promise: 'fchmod of a bound socket leaves its file as it is; before bind it decides what the file will be.',
  level: 'INFO',
  source: () => ({
    document: 'fchmod(2)',
    quote: 'Unspecified: what fchmod(2) does to a socket, and to the file that it is or will be bound to.',
  }),
  subjects: NAMED_UNIX,
  expected:
    'Linux: the file keeps 755 under umask 022; with fchmod(0600) before bind it is 600 from its first moment, ' +
    'so a bind without a window and without a change of umask.',
  procedure:
    'Under umask 022 bind a socket, fchmod it to 0, stat the path and connect. fchmod another socket to 0600, ' +
    'bind it under umask 022, stat that path.',
  quick: false,
  observe: (trial) => {
    const { sys, own } = trial;
    const permissions = (path: string): string => (sys.stat(path).mode & 0o777).toString(8);
    const [socket, chosen] = [own(socketFor(trial)), own(socketFor(trial))];
    const [first, second] = [trial.path('first'), trial.path('second')];
    bindUnder(trial, socket, first, 0o022);
    sys.fchmod(socket, 0);
    const afterBind = permissions(first);
    const connect = outcome(() => sys.connect(own(socketFor(trial)), first));
    sys.fchmod(chosen, 0o600);
    bindUnder(trial, chosen, second, 0o022);
    return { afterBind, connect, beforeBind: permissions(second) };
  },
  judge: ({ afterBind, connect, beforeBind }) =>
    judgeExpected(
      {
        'The file after fchmod(socket, 0)': [afterBind, '755'],
        connect: [connect, 'ok'],
        'The file of a socket that was 0600 before bind': [beforeBind, '600'],
      },
      'info',
    ),
  proofs: [
    { name: 'two inodes', observation: { afterBind: '755', connect: 'ok', beforeBind: '600' }, verdict: 'info' },
    {
      name: 'one inode',
      observation: { afterBind: '0', connect: 'EACCES', beforeBind: '755' },
      verdict: 'info',
      unusual: true,
    },
    { name: 'nothing seen', observation: {} as Fchmodded, verdict: 'broken' },
  ],
});

/** Runs each operation once as that user, and tells what came of it. */
function runAs(trial: Trial, user: OrdinaryUser, ops: readonly Op[]): string[] {
  const child = trial.sys.forkProgram([...user.become, ...ops]);
  trial.defer(() => child.end());
  child.wait();
  skipUnlessOrdinary(trial, user, (as) => child.outcome(as).error);
  return child.outcomes().slice(user.become.length).map(outcomeOf);
}

/** Binds a path in the current directory, and listens where it can; the socket is the run's. Returns the path. */
function bindHere(trial: Trial, file: string, umask = 0): string {
  trial.path(file);
  bindUnder(trial, trial.own(socketFor(trial)), file, umask);
  return file;
}

function bindUnder(trial: Trial, socket: number, path: string, umask: number): void {
  const { sys } = trial;
  const before = sys.umask(umask);
  try {
    sys.bind(socket, path);
  } finally {
    sys.umask(before);
  }
  if (trial.subject !== 'unix-dgram') sys.listen(socket, 8);
}

function actor(user: { readonly become: readonly Op[] }): 'another user' | 'the owner' {
  return user.become.length > 0 ? 'another user' : 'the owner';
}

function umasked(): Umasked {
  return {
    modes: { '000': '777', '022': '755', '077': '700', '177': '600' },
    beforeChmod: 'ok',
    afterChmod: 'EACCES',
    underUmask: 'EACCES',
  };
}

function searched(changed: Partial<Searched>): Searched {
  return {
    by: 'another user',
    reach: SEARCHABLE,
    make: ['EACCES', 'EACCES', 'EACCES', 'ok', 'EACCES', 'EACCES', 'EACCES', 'ok'],
    ...changed,
  };
}
