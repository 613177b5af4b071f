import { readdirSync, readFileSync, rmSync, type Dirent } from 'node:fs';
import { join } from 'node:path';

export interface LeftProcess {
  readonly pid: number;
  readonly command: string;
}

/**
 * What marks the processes of one test file: an environment variable they inherit, and the session its process leads.
 */
export interface TestMark {
  readonly id: string;
  readonly session: number;
}

export const testIdVariable = 'IPCBENCH_TEST_ID';

/**
 * Looked for in /proc: elsewhere than on Linux there is none, and nothing is found. Zombies are nobody's leak: they
 * only wait for a parent.
 */
export function findLeftProcesses(mark: TestMark): LeftProcess[] {
  return listPids()
    .filter((pid) => pid !== process.pid && bears(pid, mark))
    .map((pid) => ({ pid, command: commandOf(pid) }));
}

/** By process id, and those only. */
export function killProcesses(processes: readonly LeftProcess[]): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

export function findLeftFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).map(
    (entry) => `${kindOf(entry)} ${join(entry.parentPath, entry.name)}`,
  );
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

function listPids(): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function bears(pid: number, mark: TestMark): boolean {
  const stat = readProc(pid, 'stat');
  // The command, in parentheses, may hold spaces and parentheses itself; state, parent, group and session follow the
  // last one.
  const [state, , , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === undefined || state === 'Z' || state === 'X' || state === '') return false;
  return (
    Number(session) === mark.session || readProc(pid, 'environ').split('\0').includes(`${testIdVariable}=${mark.id}`)
  );
}

function commandOf(pid: number): string {
  return readProc(pid, 'cmdline').split('\0').join(' ').trim() || readProc(pid, 'comm').trim();
}

// A process may end while it is looked at, and another user's environment is not ours to read: both are "not there".
function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

function kindOf(entry: Dirent): string {
  if (entry.isDirectory()) return 'folder';
  if (entry.isSocket()) return 'socket';
  if (entry.isFIFO()) return 'FIFO';
  return 'file';
}
