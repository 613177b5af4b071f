import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { readText } from '../../environment/read-text.js';

/**
 * Name of the environment variable by which a test knows every descendant of what it started, whoever its parent is by
 * now.
 */
export const MARK = 'IPCBENCH_END_TO_END_MARK';

export interface MarkedProcess {
  readonly pid: number;
  readonly command: string;
}

/** Living processes that inherited the mark. A zombie, which only its parent can remove, is none. */
export function markedProcesses(mark: string): MarkedProcess[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    const isMarked = readText(`/proc/${name}/environ`)?.split('\0').includes(`${MARK}=${mark}`) ?? false;
    const state = /\) ([A-Z]) /.exec(readText(`/proc/${name}/stat`) ?? '')?.[1];
    if (!isMarked || state === undefined || state === 'Z' || state === 'X') return [];
    return [{ pid: Number(name), command: (readText(`/proc/${name}/cmdline`) ?? '').replaceAll('\0', ' ') }];
  });
}

/** Looks until some process satisfies `isIt`. Bounded by the test file's deadline. */
export async function untilProcess(mark: string, isIt: (one: MarkedProcess) => boolean): Promise<MarkedProcess> {
  for (;;) {
    const found = markedProcesses(mark).find(isIt);
    if (found !== undefined) return found;
    await delay(2);
  }
}

/** Looks until no marked process is left, at most `ms`; returns those that are. */
export async function remainingAfter(mark: string, ms: number): Promise<MarkedProcess[]> {
  const untilMs = performance.now() + ms;
  for (;;) {
    const left = markedProcesses(mark);
    if (left.length === 0 || performance.now() > untilMs) return left;
    await delay(10);
  }
}

export const isPeer = ({ command }: MarkedProcess): boolean =>
  /ipcbench-peer (?!end-marked)|peer\/(main\.js|peer\.cjs)/.test(command);
