import { once } from 'node:events';
import { createServer } from 'node:net';
import { defineProcedure, type CheckRun } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';

interface Permissions {
  readonly version: string;
  readonly umask: number;
  /** Permission bits of the socket file, by what was asked for: nothing, writableAll, readableAll, both. */
  readonly modes: readonly { readonly readableAll: boolean; readonly writableAll: boolean; readonly mode: number }[];
}

const LISTEN_OPTIONS = 'Node.js 20, net, server.listen(options)';

export const permissionOptions = defineProcedure<Permissions>({
  id: 'permissions/readable-all-writable-all',
  guarantee:
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
  id: 'permissions/readable-all-keeps-owner',
  guarantee: 'readableAll and writableAll add permissions and take none away from the owner of the socket.',
  level: 'SHOULD',
  source: () => ({
    document: LISTEN_OPTIONS,
    quote: 'Using readableAll and writableAll will make the server accessible for all users.',
  }),
  subjects: ['node-net'],
  expected:
    '0700, 0722, 0744, 0766 with umask 077. Node 22 and later (libuv 1.51): 0700, 0222, 0444, 0666, so that ' +
    'with readableAll alone the owner cannot connect.',
  procedure: 'As permissions/readable-all-writable-all; look at the bits of the owner.',
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

async function listenWithEach(checkRun: CheckRun): Promise<Permissions> {
  const before = process.umask(0o077);
  checkRun.defer(() => void process.umask(before));
  const modes: Permissions['modes'][number][] = [];
  for (const readableAll of [false, true]) {
    for (const writableAll of [false, true]) {
      const path = checkRun.path(`s${modes.length}`);
      const server = createServer();
      checkRun.defer(() => void server.close());
      server.listen({ path, readableAll, writableAll });
      await once(server, 'listening');
      modes.push({ readableAll, writableAll, mode: checkRun.sys.stat(path).mode & 0o777 });
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
