import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Far more than a loaded machine needs, and less than a test file has. */
const PATIENCE_MS = 60_000;

/** Resolves when `isSo` gives true; rejects with a sentence that names `what` when that takes a minute. */
export async function until(what: string, isSo: () => boolean, patienceMs = PATIENCE_MS): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`Waited ${patienceMs} ms until ${what}, and it did not happen.`);
    await delay(5);
  }
}

/** Resolves when a process sleeps in a system call whose first argument is this descriptor: proc(5), /proc/pid/syscall. */
export function untilBlockedOn(pid: number, descriptor: number): Promise<void> {
  const argument = `0x${descriptor.toString(16)}`;
  return until(
    `process ${pid} sleeps in a call on descriptor ${descriptor}`,
    () => readFileSync(`/proc/${pid}/syscall`, 'latin1').split(' ')[1] === argument,
  );
}
