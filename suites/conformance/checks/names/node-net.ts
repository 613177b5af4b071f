import { existsSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { defineProcedure, errnoOf, unixAddress, type CheckRun } from '../../../../harness/define.js';

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
  id: 'names/overlong-truncated',
  guarantee: 'listen() on a path that is too long for a socket fails, rather than to listen somewhere else.',
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
  observe: async (checkRun) => {
    const start = join(checkRun.directory, 'x'.repeat(200)).slice(0, 120);
    const [path, other] = [`${start}${'a'.repeat(42)}`, `${start}${'b'.repeat(42)}`];
    checkRun.defer(() =>
      readdirSync(checkRun.directory).forEach((name) => rmSync(join(checkRun.directory, name), { force: true })),
    );
    const server = createServer();
    const outcome = await listenOutcome(checkRun, server, path);
    return {
      version: process.version,
      pathBytes: path.length,
      outcome,
      addressIsPath: server.address() === path,
      pathExists: existsSync(path),
      createdBytes: readdirSync(checkRun.directory).map((name) => join(checkRun.directory, name).length),
      second: await listenOutcome(checkRun, createServer(), other),
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
  id: 'names/embedded-nul',
  guarantee: 'listen() on a path with a NUL inside fails, rather than to listen on what is before it.',
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
  observe: async (checkRun) => {
    const path = `${checkRun.path('a')}\0b`;
    const outcome = await listenOutcome(checkRun, createServer(), path);
    return { version: process.version, outcome, created: readdirSync(checkRun.directory) };
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
  id: 'names/abstract-length',
  guarantee: 'A server on an abstract name is found under exactly this name, as programs other than Node look for it.',
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
  observe: async (checkRun) => {
    const { sys } = checkRun;
    const { AF_UNIX, SOCK_STREAM, SOCK_CLOEXEC } = sys.constants;
    const name = `\0ipcbench-${process.pid}-${checkRun.seed}`;
    const outcome = await listenOutcome(
      checkRun,
      createServer((socket) => void socket.destroy()),
      name,
    );
    const connect = (address: Uint8Array | string): string | null => {
      const client = checkRun.own(sys.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC));
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

function listenOutcome(checkRun: CheckRun, server: Server, path: string): Promise<Outcome> {
  checkRun.defer(() => void server.close());
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.name));
    try {
      server.listen(path, () => resolve('listening'));
    } catch (error) {
      resolve((error as NodeJS.ErrnoException).code ?? String(error));
    }
  });
}
