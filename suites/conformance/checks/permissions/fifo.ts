import { mkdirSync, readFileSync } from 'node:fs';
import { defineProcedure, type Op, type Proof } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { ordinaryUser, skipUnlessOrdinary } from '../../support/file-identity.js';
import { outcome } from '../../support/outcomes.js';
import { bitsFor, enterDirectory, outcomeOf } from '../../support/enter-directory.js';

const MODES = [0, 1, 2, 3, 4, 5, 6, 7] as const;

interface Opened {
  readonly by: 'another user' | 'the owner';
  /** What came of opening it, by permission bits from 0 to 7. */
  readonly reading: readonly string[];
  readonly writing: readonly string[];
  readonly both: readonly string[];
}

export const fifoMode = defineProcedure<Opened>({
  id: 'permissions/mode',
  guarantee:
    'A FIFO is opened for reading with read permission, for writing with write permission, and for both with both.',
  level: 'MUST',
  source: () => ({ document: 'open(2), ERRORS, EACCES', quote: 'The requested access to the file is not allowed' }),
  subjects: ['fifo'],
  expected:
    'Reading with 4 to 7; writing with 2, 3, 6 and 7; both with 6 and 7; else EACCES. Unlike with a socket ' +
    'file, the read bit counts.',
  procedure:
    'Make one FIFO for each permission from 0 to 7 and hold both ends open, so that no open waits. Open each ' +
    'with O_RDONLY, O_WRONLY and O_RDWR as user 65534; where this is not root, as its owner.',
  quick: true,
  observe: (checkRun) => {
    const { sys, own } = checkRun;
    const { O_RDONLY, O_WRONLY, O_RDWR } = sys.constants;
    const user = ordinaryUser(checkRun);
    enterDirectory(checkRun);
    const paths = MODES.map((mode) => {
      const path = `mode${mode}`;
      checkRun.path(path);
      sys.mkfifo(path, 0o600);
      own(sys.open(path, O_RDWR));
      sys.chmod(path, bitsFor(user, mode));
      return path;
    });
    const openEach = (flags: number): Op[] => paths.map((path) => ({ op: 'open', path, flags }));
    const child = sys.forkProgram([...user.become, ...openEach(O_RDONLY), ...openEach(O_WRONLY), ...openEach(O_RDWR)]);
    checkRun.defer(() => child.end());
    child.wait();
    skipUnlessOrdinary(checkRun, user, (as) => child.outcome(as).error);
    const outcomes = child.outcomes().slice(user.become.length).map(outcomeOf);
    return {
      by: user.become.length > 0 ? 'another user' : 'the owner',
      reading: outcomes.slice(0, 8),
      writing: outcomes.slice(8, 16),
      both: outcomes.slice(16),
    };
  },
  judge: ({ by, reading, writing, both }) =>
    judgeExpected(
      {
        [`Opened by ${by}, by bits from 0 to 7, for reading`]: [reading, allowed(4)],
        'for writing': [writing, allowed(2)],
        'for both': [both, allowed(6)],
      },
      'fail',
      { 'Modes tried': [reading.length, 8] },
    ),
  proofs: [
    {
      name: 'as the bits say',
      observation: {
        by: 'another user',
        reading: opens('----rrrr'),
        writing: opens('--ww--ww'),
        both: opens('------bb'),
      },
      verdict: 'pass',
    },
    {
      name: 'read without permission',
      observation: { by: 'another user', reading: allowed(0), writing: allowed(2), both: allowed(6) },
      verdict: 'fail',
    },
    {
      name: 'written without permission',
      observation: { by: 'the owner', reading: allowed(4), writing: allowed(0), both: allowed(6) },
      verdict: 'fail',
    },
    {
      name: 'both with one permission',
      observation: { by: 'the owner', reading: allowed(4), writing: allowed(2), both: allowed(2) },
      verdict: 'fail',
    },
    { name: 'nothing tried', observation: { by: 'the owner', reading: [], writing: [], both: [] }, verdict: 'broken' },
  ],
});

interface Protected {
  /** fs.protected_fifos; -1 where the kernel has no such setting. */
  readonly setting: number;
  readonly worldWritableSticky: string;
  readonly groupWritableSticky: string;
  readonly worldWritable: string;
  readonly withoutCreate: string;
}

/** A FIFO that somebody put where a program wanted to make its file: with O_CREAT the program would write into it. */
export const stickyProtected = defineProcedure<Protected>({
  id: 'permissions/sticky-protected',
  guarantee:
    "fs.protected_fifos keeps an open with O_CREAT from another user's FIFO in a sticky directory that others " +
    'can write to.',
  level: 'INFO',
  source: () => ({
    document: 'open(2), ERRORS, EACCES',
    quote:
      'Where O_CREAT is specified, the protected_fifos or protected_regular sysctl is enabled, the file already ' +
      'exists and is a FIFO or regular file, the owner of the file is neither the current user nor the owner of ' +
      'the containing directory, and the containing directory is both world- or group-writable and sticky.',
  }),
  subjects: ['fifo'],
  expected:
    'Linux: with 1 EACCES in a directory like /tmp (mode 1777), with 2 also in a group-writable sticky one, for ' +
    'root too; with 0, without the sticky bit and without O_CREAT it opens.',
  procedure:
    'Make directories with modes 1777, 1770 and 0777, in each a FIFO that belongs to user 65534, both ends held ' +
    'open; open each with O_WRONLY|O_CREAT, and the first with O_WRONLY alone.',
  quick: false,
  observe: (checkRun) => {
    const { sys, own } = checkRun;
    const { O_WRONLY, O_RDWR, O_CREAT } = sys.constants;
    const fifoIn = (name: string, mode: number): string => {
      const directory = checkRun.path(name);
      mkdirSync(directory);
      const path = `${directory}/fifo`;
      sys.mkfifo(path, 0o666);
      own(sys.open(path, O_RDWR));
      giveAway(path);
      sys.chmod(directory, mode);
      return path;
    };
    const somebodyElse = sys.geteuid() === NOBODY ? NOBODY - 1 : NOBODY;
    const giveAway = (path: string): void => {
      try {
        sys.chown(path, somebodyElse, -1);
      } catch (error) {
        checkRun.skip("only root can make another user's FIFO", error);
      }
    };
    const open = (path: string, flags: number): string => outcome(() => own(sys.open(path, flags, 0o600)));
    const like = fifoIn('tmp', 0o1777);
    return {
      setting: protectedFifos(),
      worldWritableSticky: open(like, O_WRONLY | O_CREAT),
      groupWritableSticky: open(fifoIn('group', 0o1770), O_WRONLY | O_CREAT),
      worldWritable: open(fifoIn('open', 0o777), O_WRONLY | O_CREAT),
      withoutCreate: open(like, O_WRONLY),
    };
  },
  judge: ({ setting, worldWritableSticky, groupWritableSticky, worldWritable, withoutCreate }) =>
    judgeExpected(
      {
        [`With fs.protected_fifos ${setting}: in a directory of mode 1777`]: [
          worldWritableSticky,
          setting >= 1 ? 'EACCES' : 'ok',
        ],
        'of mode 1770': [groupWritableSticky, setting >= 2 ? 'EACCES' : 'ok'],
        'of mode 777': [worldWritable, 'ok'],
        'without O_CREAT': [withoutCreate, 'ok'],
      },
      'info',
    ),
  proofs: [
    { name: 'unprotected', observation: unprotected(), verdict: 'info' },
    {
      name: 'protected twice',
      observation: {
        setting: 2,
        worldWritableSticky: 'EACCES',
        groupWritableSticky: 'EACCES',
        worldWritable: 'ok',
        withoutCreate: 'ok',
      },
      verdict: 'info',
    },
    {
      name: 'protected, and opened all the same',
      observation: { ...unprotected(), setting: 2 },
      verdict: 'info',
      unusual: true,
    },
    {
      name: 'protected',
      observation: {
        setting: 1,
        worldWritableSticky: 'EACCES',
        groupWritableSticky: 'ok',
        worldWritable: 'ok',
        withoutCreate: 'ok',
      },
      verdict: 'info',
    },
    ...(['worldWritableSticky', 'groupWritableSticky', 'worldWritable', 'withoutCreate'] as const).map(
      (step): Proof<Protected> => ({
        name: `${step} not tried`,
        observation: { ...unprotected(), [step]: undefined },
        verdict: 'broken',
      }),
    ),
  ],
});

const NOBODY = 65_534;

function unprotected(): Protected {
  return { setting: 0, worldWritableSticky: 'ok', groupWritableSticky: 'ok', worldWritable: 'ok', withoutCreate: 'ok' };
}

function protectedFifos(): number {
  try {
    return Number(readFileSync('/proc/sys/fs/protected_fifos', 'utf8'));
  } catch {
    return -1; // Before Linux 4.19, and where there is no /proc.
  }
}

/** Of the modes from 0 to 7, in a letter each: - is refused. */
function opens(modes: string): string[] {
  return [...modes].map((mode) => (mode === '-' ? 'EACCES' : 'ok'));
}

function allowed(bits: number): string[] {
  return MODES.map((mode) => ((mode & bits) === bits ? 'ok' : 'EACCES'));
}
