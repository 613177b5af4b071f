import type { ChildProcess } from 'node:child_process';
import type { CheckRun } from '../../../harness/define.js';

export async function firstLine(
  checkRun: CheckRun,
  child: ChildProcess,
  from: 'stdout' | 'stderr' = 'stdout',
): Promise<string> {
  let text = '';
  child[from]?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await checkRun.until(`${child.spawnfile} said something on its ${from}`, () => text.includes('\n'));
  return text.split('\n')[0] as string;
}
