import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Where one run takes place: a repository to stand in, a TMPDIR of its own, and a mark in the environment of all that
 * it starts.
 */
export interface Ground {
  readonly cwd: string;
  readonly tmp: string;
  readonly mark: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface Process {
  readonly pid: number;
  readonly command: string;
}

const MARK = 'IPCBENCH_KILLS_MARK';
const TRANSPORT =
  `export default {
  name: 'mine', summary: 'A socketpair.', platforms: ['linux'],
  guarantees: { framing: 'stream', ordered: true, reliable: true, eof: true, duplex: true, atomicWriteBytes: ` +
  `null, maxMessageBytes: null, backpressure: 'blocks' },
  arrange(tools) {
    const [initiator, responder] = tools.socketpair('stream');
    return { initiator: { spec: 'fd:{0}', descriptors: [initiator] }, responder: { spec: 'fd:{0}', ` +
  `descriptors: [responder] } };
  },
  coreDrivers: ['native'],
};
`;

const grounds = new Set<Ground>();

export function makeGround(): Ground {
  const folder = mkdtempSync(join(tmpdir(), 'k-'));
  const [cwd, tmp, mark] = [join(folder, 'w'), join(folder, 't'), randomBytes(8).toString('hex')];
  for (const made of [cwd, tmp]) mkdirSync(made);
  writeFileSync(join(cwd, 'mine.mjs'), TRANSPORT);
  writeFileSync(join(cwd, '.gitignore'), 'out\n');
  git(cwd, 'init', '--quiet');
  git(cwd, 'add', '.');
  git(cwd, 'commit', '--quiet', '--message', 'mine');
  const ground = { cwd, tmp, mark, env: { ...process.env, TMPDIR: tmp, [MARK]: mark } };
  grounds.add(ground);
  return ground;
}

/** For the way out: whoever is interrupted leaves nothing either. */
export function clearAllGrounds(): void {
  for (const ground of grounds) clearGround(ground);
}

/** Only what this ground brought about is killed. */
export function clearGround(ground: Ground): void {
  const { cwd, mark } = ground;
  grounds.delete(ground);
  for (const { pid } of processesOf(mark)) kill(pid, 'SIGKILL');
  rmSync(join(cwd, '..'), { recursive: true, force: true });
}

/** Living processes that inherited the mark, whoever their parent is by now. */
export function processesOf(mark: string): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const isMarked = textOf(`/proc/${name}/environ`).split('\0').includes(`${MARK}=${mark}`);
    return isMarked
      ? [{ pid: Number(name), command: textOf(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim() }]
      : [];
  });
}

export function kill(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false; // It has ended.
  }
}

/** What is left of a run: processes, looked at for `ms`, then files and sockets. */
export async function leftIn({ tmp, mark, cwd }: Ground, ms: number): Promise<string[]> {
  const untilMs = performance.now() + ms;
  let processes = processesOf(mark);
  while (processes.length > 0 && performance.now() < untilMs) {
    await delay(20);
    processes = processesOf(mark);
  }
  return [
    ...processes.map(({ pid, command }) => `process ${pid} (${command}) is left`),
    // Between its making and its naming a directory is nobody's: it is swept when it is a minute old.
    ...readdirSync(tmp)
      .filter((name) => !name.startsWith('.ipcbench-'))
      .map((name) => `${name} is left in TMPDIR`),
    ...(textOf('/proc/net/unix').includes(tmp) ? ['a bound socket is left'] : []),
    ...git(cwd, 'worktree', 'list')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => `git still has the worktree ${line}`),
  ];
}

function git(cwd: string, ...args: readonly string[]): string {
  return execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
