import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { readText } from '../environment/read-text.js';
import { environmentOf, freshMark, markedProcesses } from '../programs/marked.js';
import { processIds, stateOf } from '../programs/process-table.js';
import { childrenOf } from '../os/os.js';

/** Processes that the peers of one exchange started, and that outlive them. */
export interface ProcessWatch {
  /** A mark that every descendant inherits, whoever its parent is by then. */
  readonly env: Readonly<Record<string, string>>;
  /** Notes the descendants that these peers have now: one that was given an environment of its own bears no mark. */
  look(peers: readonly number[]): void;
  /** Once the peers are gone: ends what is left, and says of each what it was. */
  end(): Promise<readonly string[]>;
}

/** What was told to end, and a responder that its initiator forked, have this long. */
const LOOKS = 50;
const EVERY_MS = 20;

export function watchProcesses(): ProcessWatch {
  const mark = freshMark('exchange');
  const noted = new Map<number, string>();
  const isNoted = (pid: number): boolean => {
    const { isAlive, startedAt } = stateOf(pid);
    return isAlive && noted.get(pid) === startedAt;
  };
  const left = (): number[] => [...new Set([...markedProcesses(mark), ...processIds().filter(isNoted)])];
  return {
    env: environmentOf(mark),
    look(peers) {
      for (const pid of peers.flatMap(descendantsOf)) noted.set(pid, stateOf(pid).startedAt);
    },
    async end() {
      let found = left();
      for (let looks = 0; found.length > 0 && looks < LOOKS; looks += 1) {
        await setTimeout(EVERY_MS);
        found = left();
      }
      const said = found.map(describe);
      for (const pid of found) endProcess(pid);
      return said;
    },
  };
}

function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

function describe(pid: number): string {
  const command = (readText(`/proc/${pid}/cmdline`) ?? '').split('\0').join(' ').trim().slice(0, 80);
  const names = abstractNamesOf(pid);
  const held = names.length === 0 ? '' : ` and held the abstract socket ${names.join(', ')}`;
  return `the process ${pid} (${command}), which was still running${held} and was ended`;
}

/**
 * Rows of /proc/net/unix end in the path; an abstract one is written with @ for its leading NUL (proc(5)), and for the
 * NULs that Node 20 fills the address up with.
 */
function abstractNamesOf(pid: number): string[] {
  const sockets = new Set(linksIn(`/proc/${pid}/fd`).flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
  const rows = (readText('/proc/net/unix') ?? '').split('\n').map((row) => row.trim().split(/\s+/));
  const own = rows.filter((fields) => sockets.has(fields[6] ?? '')).map((fields) => fields[7] ?? '');
  return [...new Set(own.filter((name) => name.startsWith('@')).map((name) => name.replace(/@+$/, '')))];
}

/** Paths of this process's open and mapped files. */
export function pathsOpenIn(pid: number): string[] {
  const mapped = (readText(`/proc/${pid}/maps`) ?? '').split('\n').flatMap((row) => /\s(\/.*)$/.exec(row)?.[1] ?? []);
  return [...mapped, ...linksIn(`/proc/${pid}/fd`)];
}

function linksIn(folder: string): string[] {
  return entriesOf(folder).flatMap((name) => {
    try {
      return [readlinkSync(`${folder}/${name}`)];
    } catch {
      return []; // Closed meanwhile.
    }
  });
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // The process is gone, or another user's, or there is no /proc here.
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}
