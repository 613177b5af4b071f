import { spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Where and how a run may happen that ought to make no difference to a verdict. */
export interface Surrounding {
  readonly name: string;
  readonly summary: string;
  /** Runs that the bound on stability asks for. */
  readonly runs: { readonly quick: number; readonly full: number };
  /** The same command in that surrounding; `folder` is where it may write. */
  command(command: readonly string[], folder: string): readonly string[];
  env?(folder: string): Record<string, string>;
  /** Begins what goes on around a run, and returns what ends it. */
  around?(): () => void;
}

const NOBODY = 65534;
const lastCpu = String(cpus().length - 1);
/** What a container engine leaves to root by default. */
const CONTAINER_CAPABILITIES = [
  'chown',
  'dac_override',
  'fowner',
  'fsetid',
  'kill',
  'setgid',
  'setuid',
  'setpcap',
  'net_bind_service',
  'net_raw',
  'sys_chroot',
  'mknod',
  'audit_write',
  'setfcap',
];
const READ_ONLY_SYSCTLS = 'mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys && exec "$@"';

const PERIOD_US = 90_000;
/** Version 2 of control groups has one hierarchy for all; version 1 one for each controller (cgroups(7)). */
const isUnified = existsSync('/sys/fs/cgroup/cgroup.controllers');
const SLOW_GROUP = `/sys/fs/cgroup/${isUnified ? '' : 'cpu/'}ipcbench-slow-${process.pid}`;

export const surroundings: readonly Surrounding[] = [
  {
    name: 'quiet',
    summary: 'nothing beside it that this program began',
    runs: { quick: 20, full: 3 },
    command: (command) => command,
  },
  {
    name: 'loaded',
    summary: `a process that never rests on CPU ${lastCpu}`,
    runs: { quick: 0, full: 3 },
    command: (command) => command,
    around: () => {
      // It dies with this program, however that ends.
      const busy = spawn(
        'setpriv',
        ['--pdeathsig', 'KILL', 'taskset', '-c', lastCpu, process.execPath, '-e', 'for (;;);'],
        { stdio: 'ignore' },
      );
      return () => busy.kill('SIGKILL');
    },
  },
  {
    name: 'nice',
    summary: 'nice 19',
    runs: { quick: 0, full: 3 },
    command: (command) => ['nice', '-n', '19', ...command],
  },
  {
    name: 'slow',
    summary: 'a thirtieth of one CPU',
    runs: { quick: 1, full: 0 },
    command: (command) => [
      'sh',
      '-c',
      `echo $$ > ${quoted(`${SLOW_GROUP}/cgroup.procs`)} && exec "$@"`,
      'sh',
      ...command,
    ],
    around: limitCpu,
  },
  {
    name: 'one-cpu',
    summary: 'everything on CPU 0',
    runs: { quick: 0, full: 3 },
    command: (command) => ['taskset', '-c', '0', ...command],
  },
  {
    name: 'ordinary-user',
    summary: `user ${NOBODY}, an empty HOME`,
    runs: { quick: 0, full: 1 },
    command: (command, folder) => [...asNobody(folder), ...command],
    env: (folder) => ({ HOME: folder, TMPDIR: folder }),
  },
  {
    name: 'terminal',
    summary: 'standard streams that are a terminal',
    runs: { quick: 0, full: 1 },
    command: (command, folder) => [
      'script',
      '--quiet',
      '--return',
      '--command',
      command.map(quoted).join(' '),
      `${folder}/terminal.txt`,
    ],
  },
  {
    name: 'container',
    summary:
      'root with the capabilities of a container, 256 descriptors, no message queues, one CPU, /proc/sys read-only',
    runs: { quick: 0, full: 1 },
    command: (command) =>
      confined([
        'setpriv',
        '--bounding-set',
        `-all,${CONTAINER_CAPABILITIES.map((name) => `+${name}`).join(',')}`,
        ...command,
      ]),
  },
  {
    name: 'no-network',
    summary: 'a network of its own, without even a loopback interface',
    runs: { quick: 0, full: 1 },
    command: (command) => ['unshare', '--net', ...command],
  },
  {
    name: 'locked-down',
    summary: `user ${NOBODY} in the same, who can never gain a privilege`,
    runs: { quick: 0, full: 1 },
    command: (command, folder) =>
      confined([...asNobody(folder), '--no-new-privs', '--bounding-set', '-all', ...command]),
    env: (folder) => ({ HOME: folder, TMPDIR: folder }),
  },
];

/**
 * Makes the group that gets 1/30 of a CPU. Without a hierarchy that has the controller, the command says what is
 * missing.
 */
function limitCpu(): () => void {
  try {
    mkdirSync(SLOW_GROUP);
    if (isUnified) writeFileSync(`${SLOW_GROUP}/cpu.max`, `${PERIOD_US / 30} ${PERIOD_US}`);
    else {
      writeFileSync(`${SLOW_GROUP}/cpu.cfs_period_us`, String(PERIOD_US));
      writeFileSync(`${SLOW_GROUP}/cpu.cfs_quota_us`, String(PERIOD_US / 30));
    }
  } catch {
    return () => undefined;
  }
  return () => rmdirSync(SLOW_GROUP);
}

function asNobody(folder: string): readonly string[] {
  chownSync(folder, NOBODY, NOBODY);
  return ['setpriv', '--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups'];
}

function confined(command: readonly string[]): readonly string[] {
  return [
    'unshare',
    '--mount',
    'sh',
    '-c',
    READ_ONLY_SYSCTLS,
    'sh',
    'prlimit',
    '--nofile=256:256',
    '--msgqueue=0:0',
    'taskset',
    '-c',
    '0',
    ...command,
  ];
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
