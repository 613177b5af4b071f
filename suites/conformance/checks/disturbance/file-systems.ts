import { defineProcedure, errnoOf, type CheckRun } from '../../../../harness/define.js';
import { socketFor } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { mountOver, readOnlyMounts, within } from '../../support/mount-file-system.js';
import { outcome } from '../../support/outcomes.js';
import { NAMED_UNIX } from '../../support/subjects.js';

const READ_ONLY_VIEW = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"';
/**
 * In a user namespace the first may be refused, where the directory's own file system was mounted with restrictions.
 */
const READ_ONLY = `(${READ_ONLY_VIEW}) 2>/dev/null || mount -t tmpfs -o ro none "$1"`;
const WITHOUT_ROOM = 'mount -t tmpfs -o nr_inodes=2 none "$1"';

interface ReadOnly {
  /** Of making a socket file, or FIFO. */
  readonly made: string;
  readonly madeElsewhere: string;
}

export const readonlySocketPath = defineProcedure<ReadOnly>({
  id: 'disturbance/disk-readonly-socket-path',
  guarantee: 'A socket cannot be bound, nor a FIFO made, on a file system that is mounted read-only: EROFS.',
  level: 'MUST',
  source: (subject) =>
    subject === 'fifo'
      ? { document: 'mkfifo(3), ERRORS, EROFS', quote: 'pathname refers to a read-only filesystem.' }
      : { document: 'bind(2), ERRORS, EROFS', quote: 'The socket inode would reside on a read-only filesystem.' },
  subjects: [...NAMED_UNIX, 'fifo'],
  expected: 'EROFS, for root too.',
  procedure:
    'In a mount namespace (and user namespace) of its own mount a directory read-only over itself; bind there ' +
    '(mkfifo), and in the directory above. Where no namespace is to be had: in any directory that is mounted ' +
    'read-only.',
  quick: false,
  observe: async (checkRun) => {
    const mounted = await mountOver(checkRun, READ_ONLY);
    const directory = 'there' in mounted ? mounted.there : readOnlyMounts().find(isEntered);
    if (directory === undefined)
      return checkRun.skip(
        'no file system is mounted read-only, and none can be mounted',
        'refused' in mounted ? mounted.refused : null,
      );
    return {
      made: within(directory, () => makeName(checkRun, 'ipcbench-made')),
      madeElsewhere: within(checkRun.directory, () => makeName(checkRun, 'made')),
    };
  },
  judge: ({ made, madeElsewhere }) =>
    judgeExpected({ 'On a read-only file system': [made, 'EROFS'] }, 'fail', {
      'elsewhere it is made': [madeElsewhere, 'ok'],
    }),
  proofs: [
    { name: 'refused', observation: { made: 'EROFS', madeElsewhere: 'ok' }, verdict: 'pass' },
    { name: 'made', observation: { made: 'ok', madeElsewhere: 'ok' }, verdict: 'fail' },
    { name: 'refused for another reason', observation: { made: 'EACCES', madeElsewhere: 'ok' }, verdict: 'fail' },
    { name: 'it can be made nowhere', observation: { made: 'EROFS', madeElsewhere: 'EACCES' }, verdict: 'broken' },
  ],
});

interface Existing {
  readonly made: string;
  readonly reached: string;
}

/** What lets a container mount the directory of a server's socket read-only and still talk to it. */
export const readonlyExisting = defineProcedure<Existing>({
  id: 'disturbance/disk-readonly-existing',
  guarantee: 'An existing socket file or FIFO can be used through a read-only mount.',
  level: 'INFO',
  source: () => ({
    document: 'connect(2), open(2)',
    quote:
      'Unspecified: whether a read-only mount keeps anybody from connecting to a socket in it, or from opening ' +
      'a FIFO in it for writing.',
  }),
  subjects: [...NAMED_UNIX, 'fifo'],
  expected:
    'Linux: connected, opened for writing. Read-only means the files; the socket and the FIFO merely have their ' +
    'names there.',
  procedure:
    'Bind a socket (make a FIFO and hold it open) in a directory; in a mount namespace of its own mount that ' +
    'directory read-only over itself; through it bind another name, and connect to the first (open it with O_WRONLY).',
  quick: false,
  observe: async (checkRun) => {
    const { sys, own } = checkRun;
    const mounted = await mountOver(checkRun, READ_ONLY_VIEW);
    if ('refused' in mounted) return checkRun.skip('nothing can be mounted here', mounted.refused);
    const isFifo = checkRun.subject === 'fifo';
    within(mounted.here, () => {
      if (isFifo) sys.mkfifo('there', 0o600);
      else listenAt(checkRun, 'there');
    });
    if (isFifo) own(sys.open(`${mounted.here}/there`, sys.constants.O_RDWR));
    return within(mounted.there, () => ({
      made: makeName(checkRun, 'made'),
      reached: outcome(() =>
        isFifo ? own(sys.open('there', sys.constants.O_WRONLY)) : sys.connect(own(socketFor(checkRun)), 'there'),
      ),
    }));
  },
  judge: ({ made, reached }) =>
    judgeExpected({ 'Reached through a read-only mount': [reached, 'ok'] }, 'info', {
      'It is read-only': [made, 'EROFS'],
    }),
  proofs: [
    { name: 'reached', observation: { made: 'EROFS', reached: 'ok' }, verdict: 'info' },
    { name: 'not reached', observation: { made: 'EROFS', reached: 'EROFS' }, verdict: 'info', unusual: true },
    { name: 'it is not read-only', observation: { made: 'ok', reached: 'ok' }, verdict: 'broken' },
  ],
});

interface Full {
  readonly made: string;
  /** On what was connected before. */
  readonly exchanged: string;
}

export const fullFileSystem = defineProcedure<Full>({
  id: 'disturbance/enospc-path',
  guarantee:
    'A socket cannot be bound, nor a FIFO made, on a file system without room for another file; open ' +
    'channels there continue to work.',
  level: 'MUST',
  source: (subject) =>
    subject === 'fifo'
      ? { document: 'mkfifo(3), ERRORS, ENOSPC', quote: 'The directory or filesystem has no room for the new file.' }
      : {
          document: 'unix(7), ERRORS',
          quote:
            'Other errors can be generated by the generic socket layer or by the filesystem while generating a ' +
            'filesystem socket object.',
        },
  subjects: [...NAMED_UNIX, 'fifo'],
  expected:
    'ENOSPC, and no half-made file; data needs no room on the file system, so a channel whose name is there ' +
    'carries on.',
  procedure:
    'In a mount namespace of its own mount a tmpfs that has room for one file beside its root; bind a socket ' +
    'there (make a FIFO) and connect to it, bind another; then send a message through the first.',
  quick: false,
  observe: async (checkRun) => {
    const mounted = await mountOver(checkRun, WITHOUT_ROOM);
    if ('refused' in mounted) return checkRun.skip('nothing can be mounted here', mounted.refused);
    return within(mounted.there, () => {
      const exchange = openAt(checkRun, 'first');
      return { made: makeName(checkRun, 'second'), exchanged: exchange() };
    });
  },
  judge: ({ made, exchanged }) =>
    judgeExpected(
      {
        'Without room for another file': [made, 'ENOSPC'],
        'the channel that was there before carries': [exchanged, 'a message'],
      },
      'fail',
      { 'Something was tried': [made !== undefined, true] },
    ),
  proofs: [
    { name: 'refused', observation: { made: 'ENOSPC', exchanged: 'a message' }, verdict: 'pass' },
    { name: 'made', observation: { made: 'ok', exchanged: 'a message' }, verdict: 'fail' },
    { name: 'the other channel suffers', observation: { made: 'ENOSPC', exchanged: 'ENOSPC' }, verdict: 'fail' },
    { name: 'nothing tried', observation: {} as Full, verdict: 'broken' },
  ],
});

const isEntered = (directory: string): boolean => {
  try {
    return within(directory, () => true);
  } catch {
    return false;
  }
};

/** Makes a name of the subject in the current directory, and removes it. */
function makeName(checkRun: CheckRun, name: string): string {
  const { sys } = checkRun;
  const made = outcome(() =>
    checkRun.subject === 'fifo' ? sys.mkfifo(name, 0o600) : sys.bind(checkRun.own(socketFor(checkRun)), name),
  );
  if (made === 'ok') sys.unlink(name);
  return made;
}

function listenAt(checkRun: CheckRun, name: string): number {
  const socket = checkRun.own(socketFor(checkRun));
  checkRun.sys.bind(socket, name);
  if (checkRun.subject !== 'unix-dgram') checkRun.sys.listen(socket, 1);
  return socket;
}

/** Opens both ends of a channel with that name. Returns what sends a message through it, and says what came. */
function openAt(checkRun: CheckRun, name: string): () => string {
  const { sys, own } = checkRun;
  const send = (from: number, to: number): string => {
    let text = '';
    return (
      errnoOf(() => {
        sys.write(from, 'a message');
        text = sys.read(to, 64).toString();
      }) ?? text
    );
  };
  if (checkRun.subject === 'fifo') {
    sys.mkfifo(name, 0o600);
    const both = own(sys.open(name, sys.constants.O_RDWR));
    return () => send(both, both);
  }
  const listener = listenAt(checkRun, name);
  const client = own(socketFor(checkRun));
  sys.connect(client, name);
  const server = checkRun.subject === 'unix-dgram' ? listener : own(sys.accept4(listener));
  return () => send(client, server);
}
