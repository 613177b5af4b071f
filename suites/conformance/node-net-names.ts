import { once } from 'node:events';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { defineProcedure, errnoOf, unixAddress, type Trial } from '../../harness/define.js';
import { judgeExpected } from './procedures/expectations.js';

const PATHS = 'Node.js 20, net, Identifying paths for IPC connections';

/** 'listening', or the code of the error. */
type Outcome = string;

interface Overlong {
  readonly version: string;
  readonly pathBytes: number;
  readonly outcome: Outcome;
  /** What server.address() says is what was asked for. */
  readonly addressIsPath: boolean;
  readonly pathExists: boolean;
  /** Lengths of the paths that there are afterwards. */
  readonly createdBytes: readonly number[];
  /** A second server, whose path differs from the first after 120 bytes. */
  readonly second: Outcome;
}

export const overlongPath = defineProcedure<Overlong>({
  id: 'node-net/overlong-truncated',
  promise: 'listen() on a path that is too long for a socket fails, rather than to listen somewhere else.',
  level: 'SHOULD',
  source: () => ({
    document: `${PATHS} — documented: the promise is what a program would expect`,
    quote:
      'It gets truncated to an OS-dependent length of sizeof(sockaddr_un.sun_path) - 1. Typical values are 107 ' +
      'bytes on Linux and 103 bytes on macOS.',
  }),
  subjects: ['node-net'],
  expected:
    "An error. Node 20: 'listening' under a path cut to 108 bytes, which is one more than documented; address() " +
    'gives the long one; a different long path is in use. Node 22 the same; Node 24: EINVAL (nodejs/node ' +
    '#52347, libuv #4036, #4040).',
  procedure: 'Two servers listen on paths of 162 bytes that are alike in the first 120; look which files are there.',
  quick: true,
  observe: async (trial) => {
    const start = join(trial.directory, 'x'.repeat(200)).slice(0, 120);
    const [path, other] = [`${start}${'a'.repeat(42)}`, `${start}${'b'.repeat(42)}`];
    trial.defer(() =>
      readdirSync(trial.directory).forEach((name) => rmSync(join(trial.directory, name), { force: true })),
    );
    const server = createServer();
    const outcome = await listenOutcome(trial, server, path);
    return {
      version: process.version,
      pathBytes: path.length,
      outcome,
      addressIsPath: server.address() === path,
      pathExists: existsSync(path),
      createdBytes: readdirSync(trial.directory).map((name) => join(trial.directory, name).length),
      second: await listenOutcome(trial, createServer(), other),
    };
  },
  judge: ({ version, pathBytes, outcome, addressIsPath, pathExists, createdBytes, second }) => {
    if (pathBytes <= 108) return { verdict: 'broken', evidence: `A path of ${pathBytes} bytes is not too long.` };
    if (outcome !== 'listening')
      return { verdict: 'pass', evidence: `Node ${version}, ${pathBytes} bytes: ${outcome}.` };
    const where = pathExists ? 'under it' : `under ${createdBytes.join(', ') || 'no'} bytes of it`;
    return {
      verdict: pathExists ? 'pass' : 'deviation',
      evidence:
        `Node ${version} listens on a path of ${pathBytes} bytes, but ${where}; address() ` +
        `gives ${addressIsPath ? 'the whole path' : 'another one'}; a second, different path: ${second}.`,
    };
  },
  proofs: [
    { name: 'an error', observation: overlong({ outcome: 'EINVAL', createdBytes: [] }), verdict: 'pass' },
    {
      name: 'a system without such a limit',
      observation: overlong({ pathExists: true, createdBytes: [162] }),
      verdict: 'pass',
    },
    { name: 'cut', observation: overlong({}), verdict: 'deviation' },
    { name: 'not too long', observation: overlong({ pathBytes: 108 }), verdict: 'broken' },
  ],
});

function overlong(changed: Partial<Overlong>): Overlong {
  return {
    version: 'v20.20.2',
    pathBytes: 162,
    outcome: 'listening',
    addressIsPath: true,
    pathExists: false,
    createdBytes: [108],
    second: 'EADDRINUSE',
    ...changed,
  };
}

interface EmbeddedNul {
  readonly version: string;
  readonly outcome: Outcome;
  /** Names of the files that there are afterwards; the one that was asked for is 'a\0b'. */
  readonly created: readonly string[];
}

export const embeddedNul = defineProcedure<EmbeddedNul>({
  id: 'node-net/embedded-nul',
  promise: 'listen() on a path with a NUL inside fails, rather than to listen on what is before it.',
  level: 'SHOULD',
  source: () => ({
    document: `${PATHS} — the nearest text`,
    quote: 'On Unix, the local domain is also known as the Unix domain. The path is a file system pathname.',
  }),
  subjects: ['node-net'],
  expected:
    "An error, as node:fs gives for such a path (ERR_INVALID_ARG_VALUE). Node 20: 'listening', under the part " +
    'before the NUL; Node 22: EINVAL.',
  procedure: 'A server listens on <directory>/a\\0b; look which files are there.',
  quick: false,
  observe: async (trial) => {
    const path = `${trial.path('a')}\0b`;
    const outcome = await listenOutcome(trial, createServer(), path);
    return { version: process.version, outcome, created: readdirSync(trial.directory) };
  },
  judge: ({ version, outcome, created }) => {
    if (version === '') return { verdict: 'broken', evidence: 'Nothing was tried.' };
    const evidence = `Node ${version}: ${outcome}; files: ${created.join(', ') || 'none'}.`;
    return { verdict: outcome === 'listening' ? 'deviation' : 'pass', evidence };
  },
  proofs: [
    {
      name: 'an error',
      observation: { version: 'v20.20.2', outcome: 'ERR_INVALID_ARG_VALUE', created: [] },
      verdict: 'pass',
    },
    { name: 'cut', observation: { version: 'v20.20.2', outcome: 'listening', created: ['a'] }, verdict: 'deviation' },
    { name: 'not tried', observation: { version: '', outcome: 'listening', created: [] }, verdict: 'broken' },
  ],
});

interface Abstract {
  readonly version: string;
  readonly outcome: Outcome;
  /** Errors of connect(2) to the name as it is, and filled up with NULs to 108 bytes: null for success. */
  readonly exact: string | null;
  readonly padded: string | null;
}

export const abstractLength = defineProcedure<Abstract>({
  id: 'node-net/abstract-length',
  promise: 'A server on an abstract name is found under exactly this name, as programs other than Node look for it.',
  level: 'SHOULD',
  source: () => ({
    document: 'unix(7), Address format, abstract',
    quote:
      "The socket's address in this namespace is given by the additional bytes in sun_path that are covered by " +
      'the specified length of the address structure. (Null bytes in the name have no special significance.)',
  }),
  subjects: ['node-net'],
  expected:
    'connect(2) with the length of the name succeeds. Node 20: ECONNREFUSED; the name is filled up with NULs to ' +
    '108 bytes (nodejs/node #50889); Node 22: found.',
  procedure: "A server listens on '\\0name'; connect(2) to the name, and to it filled up with NULs to 108 bytes.",
  quick: false,
  observe: async (trial) => {
    const { sys } = trial;
    const { AF_UNIX, SOCK_STREAM, SOCK_CLOEXEC } = sys.constants;
    const name = `\0ipcbench-${process.pid}-${trial.seed}`;
    const outcome = await listenOutcome(
      trial,
      createServer((socket) => void socket.destroy()),
      name,
    );
    const connect = (address: Uint8Array | string): string | null => {
      const client = trial.own(sys.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC));
      return errnoOf(() => sys.connect(client, address));
    };
    const padded = Buffer.alloc(108);
    padded.write(name, 'latin1');
    return {
      version: process.version,
      outcome,
      exact: connect(name),
      padded: connect(unixAddress(padded, { family: AF_UNIX, terminated: false })),
    };
  },
  judge: ({ version, outcome, exact, padded }) => {
    if (outcome !== 'listening' || (exact !== null && padded !== null))
      return {
        verdict: 'broken',
        evidence:
          `Node ${version}: ${outcome}; connect to the name: ${exact ?? 'succeeds'}, filled ` +
          `up: ${padded ?? 'succeeds'}.`,
      };
    return {
      verdict: exact === null ? 'pass' : 'deviation',
      evidence:
        `Node ${version}: connect(2) to the name as it is: ${exact ?? 'succeeds'}; filled up to 108 ` +
        `bytes: ${padded ?? 'succeeds'}.`,
    };
  },
  proofs: [
    {
      name: 'found',
      observation: { version: 'v24.0.0', outcome: 'listening', exact: null, padded: 'ECONNREFUSED' },
      verdict: 'pass',
    },
    {
      name: 'found under another name',
      observation: { version: 'v20.20.2', outcome: 'listening', exact: 'ECONNREFUSED', padded: null },
      verdict: 'deviation',
    },
    {
      name: 'not found at all',
      observation: { version: 'v20.20.2', outcome: 'listening', exact: 'ECONNREFUSED', padded: 'ECONNREFUSED' },
      verdict: 'broken',
    },
    {
      name: 'does not listen',
      observation: { version: 'v20.20.2', outcome: 'EINVAL', exact: null, padded: null },
      verdict: 'broken',
    },
  ],
});

interface Permissions {
  readonly version: string;
  readonly umask: number;
  /** Permission bits of the socket file, by what was asked for: nothing, writableAll, readableAll, both. */
  readonly modes: readonly { readonly readableAll: boolean; readonly writableAll: boolean; readonly mode: number }[];
}

const LISTEN_OPTIONS = 'Node.js 20, net, server.listen(options)';

export const permissionOptions = defineProcedure<Permissions>({
  id: 'node-net/readable-all-writable-all',
  promise:
    'readableAll and writableAll make the socket file readable and writable for all users, whatever the umask; ' +
    'without them the umask decides.',
  level: 'MUST',
  source: () => ({
    document: LISTEN_OPTIONS,
    quote: 'readableAll <boolean> For IPC servers makes the pipe readable for all users. Default: false.',
  }),
  subjects: ['node-net'],
  expected:
    'r for all with readableAll, w for all with writableAll, neither for group and others without. Whoever ' +
    'connects needs w: unix(7).',
  procedure: 'With umask 077: listen with each combination of the two options, and read the mode of the file.',
  quick: true,
  isolated: true,
  observe: listenWithEach,
  judge: ({ umask, modes }) =>
    judgeExpected(
      Object.fromEntries(
        modes.map(({ readableAll, writableAll, mode }) => [
          `${asked(readableAll, writableAll)} (${octal(mode)}), r and w for all`,
          [
            [isForAll(mode, 0o444, readableAll), isForAll(mode, 0o222, writableAll)],
            [readableAll ? 'all' : 'none', writableAll ? 'all' : 'none'],
          ],
        ]),
      ),
      'fail',
      { Combinations: [modes.length, 4], Umask: [octal(umask), octal(0o077)] },
    ),
  proofs: [
    { name: 'Node 20', observation: permissions({}), verdict: 'pass' },
    {
      name: 'Node 22, which takes from the owner what nobody asked for',
      observation: permissions({ readableAlone: 0o444 }),
      verdict: 'pass',
    },
    { name: 'the umask wins', observation: permissions({ readableAlone: 0o700 }), verdict: 'fail' },
    {
      name: 'writable for all although only readable was asked for',
      observation: permissions({ readableAlone: 0o766 }),
      verdict: 'fail',
    },
    { name: 'readable for some', observation: permissions({ readableAlone: 0o740 }), verdict: 'fail' },
    { name: 'not for the owner', observation: permissions({ readableAlone: 0o044 }), verdict: 'fail' },
    { name: 'for all although nothing was asked for', observation: permissions({ neither: 0o744 }), verdict: 'fail' },
    {
      name: 'for the group although nothing was asked for',
      observation: permissions({ neither: 0o740 }),
      verdict: 'fail',
    },
    { name: 'no umask to overrule', observation: { ...permissions({}), umask: 0 }, verdict: 'broken' },
    {
      name: 'not all combinations',
      observation: { ...permissions({}), modes: permissions({}).modes.slice(1) },
      verdict: 'broken',
    },
  ],
});

/**
 * libuv #4749 sets the mode to what was asked for and nothing else: with readableAll alone nobody but root can connect,
 * not even the owner.
 */
export const permissionOptionsAdd = defineProcedure<Permissions>({
  id: 'node-net/readable-all-keeps-owner',
  promise: 'readableAll and writableAll add permissions and take none away from the owner of the socket.',
  level: 'SHOULD',
  source: () => ({
    document: LISTEN_OPTIONS,
    quote: 'Using readableAll and writableAll will make the server accessible for all users.',
  }),
  subjects: ['node-net'],
  expected:
    '0700, 0722, 0744, 0766 with umask 077. Node 22 and later (libuv 1.51): 0700, 0222, 0444, 0666, so that ' +
    'with readableAll alone the owner cannot connect.',
  procedure: 'As node-net/readable-all-writable-all; look at the bits of the owner.',
  quick: false,
  isolated: true,
  observe: listenWithEach,
  judge: ({ version, modes }) => {
    const without = modes[0]?.mode ?? 0;
    if (modes.length < 4 || (without & 0o700) === 0)
      return {
        verdict: 'broken',
        evidence: `Of 4 combinations ${modes.length} were tried; without either the mode was ${octal(without)}.`,
      };
    const words = modes
      .map(({ readableAll, writableAll, mode }) => `${asked(readableAll, writableAll)} ${octal(mode)}`)
      .join(', ');
    return {
      verdict: modes.every(({ mode }) => (mode & without) === without) ? 'pass' : 'deviation',
      evidence: `Node ${version}: ${words}.`,
    };
  },
  proofs: [
    { name: 'Node 20', observation: permissions({}), verdict: 'pass' },
    { name: 'Node 22', observation: permissions({ readableAlone: 0o444 }), verdict: 'deviation' },
    { name: 'nothing to lose', observation: permissions({ neither: 0 }), verdict: 'broken' },
    {
      name: 'not all combinations',
      observation: { ...permissions({}), modes: permissions({}).modes.slice(0, 3) },
      verdict: 'broken',
    },
  ],
});

function permissions({ neither = 0o700, readableAlone = 0o744 }): Permissions {
  const modes = [neither, 0o722, readableAlone, 0o766].map((mode, at) => ({
    readableAll: at >= 2,
    writableAll: at % 2 === 1,
    mode,
  }));
  return { version: 'v20.20.2', umask: 0o077, modes };
}

async function listenWithEach(trial: Trial): Promise<Permissions> {
  const before = process.umask(0o077);
  trial.defer(() => void process.umask(before));
  const modes: Permissions['modes'][number][] = [];
  for (const readableAll of [false, true]) {
    for (const writableAll of [false, true]) {
      const path = trial.path(`s${modes.length}`);
      const server = createServer();
      trial.defer(() => void server.close());
      server.listen({ path, readableAll, writableAll });
      await once(server, 'listening');
      modes.push({ readableAll, writableAll, mode: trial.sys.stat(path).mode & 0o777 });
    }
  }
  return { version: process.version, umask: 0o077, modes };
}

const asked = (readableAll: boolean, writableAll: boolean): string =>
  [readableAll ? 'readableAll' : '', writableAll ? 'writableAll' : ''].filter((word) => word !== '').join(' and ') ||
  'neither';

/** Of the three bits of `mask`: 'all', or 'none' for the group and for others, whatever the owner has, or 'some'. */
function isForAll(mode: number, mask: number, isAsked: boolean): 'all' | 'some' | 'none' {
  if ((mode & mask) === mask) return 'all';
  return (mode & mask & 0o077) === 0 && !isAsked ? 'none' : 'some';
}

const octal = (mode: number): string => `0${mode.toString(8).padStart(3, '0')}`;

function listenOutcome(trial: Trial, server: Server, path: string): Promise<Outcome> {
  trial.defer(() => void server.close());
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.name));
    try {
      server.listen(path, () => resolve('listening'));
    } catch (error) {
      resolve((error as NodeJS.ErrnoException).code ?? String(error));
    }
  });
}
