import { readdirSync } from 'node:fs';
import { defineProcedure, unixAddress, type CheckRun } from '../../../../harness/define.js';
import { socketFor } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { outcome } from '../../support/outcomes.js';
import { NAMED_UNIX } from '../../support/subjects.js';

/** A path that was bound, or not, and what getsockname then said of it. */
interface Bound {
  readonly bind: string;
  readonly connect: string;
  readonly name: 'the same' | 'another' | 'none';
  /** The length that getsockname reported; 0 when nothing was bound. */
  readonly nameLength: number;
}

interface Limits {
  readonly terminated107: Bound;
  readonly unterminated108: Bound;
  readonly unterminated109: Bound;
  readonly terminated108: Bound;
  /** Lengths of the paths in the directory at the end: one that was cut and bound nevertheless would be here. */
  readonly pathsMade: readonly number[];
}

/**
 * 107 bytes are what every program can use. The 108th fits, but then the name that comes back is longer than
 * sockaddr_un.
 */
export const sunPathLimit = defineProcedure<Limits>({
  id: 'names/sun-path-limit',
  guarantee:
    'A path that fits into sun_path is bound whole, and one that does not is refused: never cut and bound ' +
    'somewhere else.',
  level: 'MUST',
  source: () => ({
    document: 'unix(7), BUGS',
    quote:
      'if 108 non-null bytes are supplied when a socket is bound, then the addition of the null terminator ' +
      'takes the length of the pathname beyond sizeof(sun_path).',
  }),
  subjects: NAMED_UNIX,
  expected:
    'Linux: 107 bytes and their NUL; 108 bytes without a NUL, and then getsockname reports 111 bytes, one more ' +
    'than sizeof(struct sockaddr_un); one byte more is EINVAL (bind(2): addrlen is wrong). macOS: 104 bytes.',
  procedure:
    'Bind paths of 107 bytes with a NUL, 108 and 109 bytes without, 108 with one; connect to each by the same ' +
    'address; ask getsockname; list the directory.',
  quick: true,
  observe: (checkRun) => {
    const attempt = (bytes: number, end: 'NUL' | 'no NUL'): Bound =>
      bindPath(checkRun, `${checkRun.directory}/`.padEnd(bytes, end === 'NUL' ? 't' : 'u'), end);
    const terminated107 = attempt(107, 'NUL');
    const unterminated108 = attempt(108, 'no NUL');
    const unterminated109 = attempt(109, 'no NUL');
    const terminated108 = attempt(108, 'NUL');
    return {
      terminated107,
      unterminated108,
      unterminated109,
      terminated108,
      pathsMade: readdirSync(checkRun.directory)
        .map((name) => checkRun.path(name).length)
        .sort(),
    };
  },
  judge: ({ terminated107, unterminated108, unterminated109, terminated108, pathsMade }) =>
    judgeExpected(
      {
        '107 bytes and NUL': [inWords(terminated107), inWords(whole(110))],
        '108 bytes without NUL': [inWords(unterminated108), inWords(whole(111))],
        '109 bytes': [inWords(unterminated109), inWords(refused())],
        '108 bytes and NUL': [inWords(terminated108), inWords(refused())],
        'Lengths of the paths made': [pathsMade, [107, 108]],
      },
      'fail',
      { '107 bytes were bound': [terminated107.bind, 'ok'] },
    ),
  proofs: [
    { name: 'as far as it fits', observation: limits({}), verdict: 'pass' },
    {
      name: 'another name comes back',
      observation: limits({ terminated107: { ...whole(110), name: 'another' } }),
      verdict: 'fail',
    },
    {
      name: 'nobody can connect to 107',
      observation: limits({ terminated107: { ...whole(110), connect: 'ENOENT' } }),
      verdict: 'fail',
    },
    { name: 'a shorter length is reported', observation: limits({ unterminated108: whole(110) }), verdict: 'fail' },
    { name: '108 refused', observation: limits({ unterminated108: refused() }), verdict: 'fail' },
    { name: 'too long, and bound', observation: limits({ unterminated109: whole(112) }), verdict: 'fail' },
    { name: 'too long with its NUL, and bound', observation: limits({ terminated108: whole(111) }), verdict: 'fail' },
    {
      name: 'too long, refused, and a file was made',
      observation: limits({ pathsMade: [107, 108, 108] }),
      verdict: 'fail',
    },
    { name: 'nothing could be bound', observation: limits({ terminated107: refused() }), verdict: 'broken' },
  ],
});

function bindPath(checkRun: CheckRun, path: string, end: 'NUL' | 'no NUL'): Bound {
  const { sys, own } = checkRun;
  const { AF_UNIX } = sys.constants;
  const address = unixAddress(path, end === 'NUL' ? { family: AF_UNIX } : { family: AF_UNIX, terminated: false });
  const socket = own(socketFor(checkRun));
  const bind = outcome(() => sys.bind(socket, address));
  if (bind === 'ok' && checkRun.subject !== 'unix-dgram') sys.listen(socket, 1);
  const bound = sys.getsockname(socket);
  return {
    bind,
    connect: outcome(() => sys.connect(own(socketFor(checkRun)), address)),
    name: bind !== 'ok' ? 'none' : bound.path === path ? 'the same' : 'another',
    nameLength: bind === 'ok' ? bound.length : 0,
  };
}

const inWords = ({ bind, connect, name, nameLength }: Bound): string =>
  `bind ${bind}, connect ${connect}, name: ${name}, of ${nameLength} bytes`;

// Functions and not constants: the proofs above are made while this module is being read.
function whole(nameLength: number): Bound {
  return { bind: 'ok', connect: 'ok', name: 'the same', nameLength };
}

function limits(changed: Partial<Limits>): Limits {
  return {
    terminated107: whole(110),
    unterminated108: whole(111),
    unterminated109: refused(),
    terminated108: refused(),
    pathsMade: [107, 108],
    ...changed,
  };
}

function refused(): Bound {
  return { bind: 'EINVAL', connect: 'EINVAL', name: 'none', nameLength: 0 };
}
