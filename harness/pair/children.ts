import { readdirSync } from 'node:fs';
import { readText } from '../environment/read-text.js';

/**
 * Process ids of the living children of `pid`, zombies that it has not waited for included. Empty where /proc does not
 * tell.
 */
export function childrenOf(pid: number): number[] {
  let tasks: string[];
  try {
    tasks = readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
  return tasks.flatMap((task) =>
    (readText(`/proc/${pid}/task/${task}/children`) ?? '')
      .split(' ')
      .filter((text) => text !== '')
      .map(Number),
  );
}
