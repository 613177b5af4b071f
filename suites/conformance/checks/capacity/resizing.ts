import { readFileSync } from 'node:fs';
import { countUntilError, defineProcedure, type Op } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { forked } from '../../support/forked-child.js';
import { sent } from '../../support/outcomes.js';

interface Shrunk {
  /** fs.pipe-user-pages-soft, in pages; 0 is no limit. */
  readonly softPages: number;
  readonly pageBytes: number;
  /** Capacity of the first pipe, and how many in a row had it. */
  readonly firstBytes: number;
  readonly firstPipes: number;
  /** Capacity of the next one; null when all that were tried were like the first. */
  readonly thenBytes: number | null;
  /** Of F_SETPIPE_SZ to twice the capacity, on a pipe made after that. */
  readonly growing: string | null;
}

/** Pipes that are tried beyond those that the soft limit has room for. */
const BEYOND = 16;
/** Pages of a pipe with the default capacity, pipe(7). */
const DEFAULT_PAGES = 16;
const NOBODY = 65534;

export const softLimitShrink = defineProcedure<Shrunk>({
  id: 'capacity/soft-limit-shrink',
  guarantee: 'Beyond pipe-user-pages-soft, every new pipe of an ordinary user is small and cannot be made larger.',
  level: 'MUST',
  source: () => ({
    document: 'pipe(7), /proc files, pipe-user-pages-soft',
    quote:
      'So long as the total number of pages allocated to pipe buffers for this user is at this limit, ' +
      "individual pipes created by a user will be limited to one page, and attempts to increase a pipe's " +
      'capacity will be denied.',
  }),
  subjects: ['pipe'],
  expected:
    'Linux: from the 1025th pipe at the latest 8192 bytes (4096 before Linux 5.14), and F_SETPIPE_SZ gives ' +
    'EPERM. Writers that rely on 65536 bytes deadlock (rust-lang/cargo#9739).',
  procedure:
    'As an ordinary user (nobody, when run by root) open as many pipes as the soft limit has room for and a few ' +
    'more, and read F_GETPIPE_SZ of each. Other pipes of the same user count too, so it may happen earlier.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { RLIMIT_NOFILE, F_GETPIPE_SZ, F_SETPIPE_SZ, O_CLOEXEC } = sys.constants;
    const softPages = Number(readFileSync('/proc/sys/fs/pipe-user-pages-soft', 'latin1'));
    const pipes = Math.ceil(softPages / DEFAULT_PAGES) + BEYOND;
    const { hard } = sys.getrlimit(RLIMIT_NOFILE);
    const isRoot = sys.geteuid() === 0;
    const becomeNobody: readonly Op[] = isRoot
      ? [
          { op: 'setgroups', groups: [] },
          { op: 'setresgid', real: NOBODY, effective: NOBODY, saved: NOBODY },
          { op: 'setresuid', real: NOBODY, effective: NOBODY, saved: NOBODY, as: 'uid' },
        ]
      : [];
    const open = Array.from({ length: pipes }, (_, index): Op[] => [
      { op: 'pipe2', flags: O_CLOEXEC, into: [`r${index}`, `w${index}`], as: `pipe${index}` },
      { op: 'fcntl', fd: `w${index}`, command: F_GETPIPE_SZ, as: `size${index}` },
    ]).flat();
    const last = `w${pipes - 1}`;
    const limits: readonly Op[] = [
      { op: 'setrlimit', resource: RLIMIT_NOFILE, soft: Math.min(hard, 4 * pipes), hard: Math.min(hard, 4 * pipes) },
    ];
    const program = forked(checkRun, [
      ...limits,
      ...becomeNobody,
      ...open,
      { op: 'fcntl', fd: last, command: F_SETPIPE_SZ, argument: 1 << 17, as: 'grow' },
    ]);
    program.wait(5000);
    const refused = Array.from({ length: pipes }, (_, index) => program.outcome(`pipe${index}`).error).find(
      (error) => error !== null,
    );
    if (refused !== undefined && refused !== null)
      checkRun.skip(
        'This user may not open that many pipes.',
        Object.assign(new Error(`pipe2 ${refused}`), { code: refused }),
      );
    const sizes = Array.from({ length: pipes }, (_, index) => program.outcome(`size${index}`).value);
    const [firstBytes = 0] = sizes;
    const growing = program.outcome('grow').error;
    const pageBytes = sys.sysconf(sys.constants._SC_PAGESIZE);
    if (firstBytes < DEFAULT_PAGES * pageBytes && growing === 'EPERM')
      checkRun.skip(
        'This user has more pipes than that already: the first new one is small.',
        Object.assign(new Error('fcntl EPERM'), { code: growing }),
      );
    const firstPipes = sizes.findIndex((bytes) => bytes !== firstBytes);
    return {
      softPages,
      pageBytes,
      firstBytes,
      firstPipes: firstPipes < 0 ? pipes : firstPipes,
      thenBytes: sizes[firstPipes] ?? null,
      growing,
    };
  },
  judge: ({ softPages, pageBytes, firstBytes, firstPipes, thenBytes, growing }) => {
    const wide = DEFAULT_PAGES * pageBytes;
    if (softPages === 0) {
      return judgeExpected(
        { 'Without a soft limit new pipes shrink': [thenBytes !== null, false], 'making one larger': [growing, null] },
        'fail',
        { 'The first pipe has': [firstBytes, wide] },
      );
    }
    return judgeExpected(
      {
        [`The ${firstPipes + 1}th pipe has ${thenBytes ?? 'still as many'} bytes: at most two pages`]: [
          thenBytes !== null && thenBytes <= 2 * pageBytes,
          true,
        ],
        [`not later than the limit of ${softPages} pages says`]: [firstPipes <= softPages / DEFAULT_PAGES, true],
        'making it larger': [growing, 'EPERM'],
      },
      'fail',
      { 'The first pipe has': [firstBytes, wide] },
    );
  },
  proofs: [
    { name: 'the 1025th has two pages', observation: shrunk({}), verdict: 'pass' },
    { name: 'one page, and earlier', observation: shrunk({ firstPipes: 1, thenBytes: 4096 }), verdict: 'pass' },
    { name: 'four pages', observation: shrunk({ thenBytes: 16_384 }), verdict: 'fail' },
    { name: 'never', observation: shrunk({ thenBytes: null }), verdict: 'fail' },
    { name: 'one too late', observation: shrunk({ firstPipes: 1025 }), verdict: 'fail' },
    { name: 'it can be made larger', observation: shrunk({ growing: null }), verdict: 'fail' },
    {
      name: 'no limit, no shrinking',
      observation: shrunk({ softPages: 0, firstPipes: 16, thenBytes: null, growing: null }),
      verdict: 'pass',
    },
    {
      name: 'no limit, and shrinking',
      observation: shrunk({ softPages: 0, firstPipes: 16, growing: null }),
      verdict: 'fail',
    },
    {
      name: 'no limit, and never larger',
      observation: shrunk({ softPages: 0, firstPipes: 16, thenBytes: null }),
      verdict: 'fail',
    },
    { name: 'the first one is small already', observation: shrunk({ firstBytes: 8192 }), verdict: 'broken' },
    {
      name: 'no limit, and the first one is small',
      observation: shrunk({ softPages: 0, firstBytes: 8192, thenBytes: null, growing: null }),
      verdict: 'broken',
    },
  ],
});

function shrunk(change: Partial<Shrunk>): Shrunk {
  return {
    softPages: 16_384,
    pageBytes: 4096,
    firstBytes: 65_536,
    firstPipes: 1024,
    thenBytes: 8192,
    growing: 'EPERM',
    ...change,
  };
}

interface Resized {
  readonly pageBytes: number;
  readonly grown: number | string;
  readonly filled: number | string;
  readonly shrunkFull: number | string;
  readonly afterRefusal: number;
  readonly shrunkEmpty: number | string;
  readonly oddSize: number | string;
}

const LARGE_BYTES = 1 << 20;
const FILL_BYTES = 200_000;

export const setpipe = defineProcedure<Resized>({
  id: 'capacity/setpipe',
  guarantee: 'A pipe can be made larger and smaller, but never smaller than what is in it.',
  level: 'MUST',
  source: () => ({
    document: 'fcntl(2), Changing the capacity of a pipe, F_SETPIPE_SZ',
    quote:
      'Change the capacity of the pipe referred to by fd to be at least arg bytes. […] Attempts to set the pipe ' +
      'capacity below the page size are silently rounded up to the page size. […] ' +
      'Attempting to set the pipe capacity smaller than the amount of buffer space currently used to store data ' +
      'produces the error EBUSY.',
  }),
  subjects: ['pipe', 'fifo'],
  expected:
    'Linux: 1048576; EBUSY while it holds 200000 bytes, and the capacity stays; one page when empty; a page and ' +
    'a byte become two pages.',
  procedure: 'Set 1 MiB, write 200000 bytes, set one page; read all and set 1 byte, then a page and a byte.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const { F_SETPIPE_SZ, F_GETPIPE_SZ, _SC_PAGESIZE } = sys.constants;
    const { a, b } = checkRun.pair({ nonblocking: true });
    const pageBytes = sys.sysconf(_SC_PAGESIZE);
    const grown = sent(() => sys.fcntl(a.out, F_SETPIPE_SZ, LARGE_BYTES));
    if (grown === 'EPERM')
      checkRun.skip(
        'This user’s pipes are over a limit already, or no pipe may be so large.',
        Object.assign(new Error('fcntl EPERM'), { code: grown }),
      );
    const filled = sent(() => sys.write(a.out, Buffer.alloc(FILL_BYTES)));
    const shrunkFull = sent(() => sys.fcntl(a.out, F_SETPIPE_SZ, pageBytes));
    const afterRefusal = sys.fcntl(a.out, F_GETPIPE_SZ);
    countUntilError(() => sys.read(b.in, LARGE_BYTES).length);
    return {
      pageBytes,
      grown,
      filled,
      shrunkFull,
      afterRefusal,
      shrunkEmpty: sent(() => sys.fcntl(a.out, F_SETPIPE_SZ, 1)),
      oddSize: sent(() => sys.fcntl(a.out, F_SETPIPE_SZ, pageBytes + 1)),
    };
  },
  judge: (seen) =>
    judgeExpected(
      {
        'Asked for 1 MiB it has': [seen.grown, LARGE_BYTES],
        'with 200000 bytes in it, one page is': [seen.shrunkFull, 'EBUSY'],
        'it still has': [seen.afterRefusal, LARGE_BYTES],
        'empty, 1 byte is': [seen.shrunkEmpty, seen.pageBytes],
        'a page and a byte are': [seen.oddSize, 2 * seen.pageBytes],
      },
      'fail',
      { 'It holds': [seen.filled, FILL_BYTES] },
    ),
  proofs: [
    { name: 'as written', observation: resized({}), verdict: 'pass' },
    { name: 'larger than asked', observation: resized({ grown: 2_097_152 }), verdict: 'fail' },
    { name: 'data lost', observation: resized({ shrunkFull: 4096 }), verdict: 'fail' },
    { name: 'refused, and changed', observation: resized({ afterRefusal: 4096 }), verdict: 'fail' },
    { name: 'no rounding up', observation: resized({ shrunkEmpty: 'EINVAL' }), verdict: 'fail' },
    { name: 'less than asked', observation: resized({ oddSize: 4096 }), verdict: 'fail' },
    { name: 'it was not filled', observation: resized({ filled: 'EAGAIN' }), verdict: 'broken' },
  ],
});

function resized(change: Partial<Resized>): Resized {
  return {
    pageBytes: 4096,
    grown: LARGE_BYTES,
    filled: FILL_BYTES,
    shrunkFull: 'EBUSY',
    afterRefusal: LARGE_BYTES,
    shrunkEmpty: 4096,
    oddSize: 8192,
    ...change,
  };
}
