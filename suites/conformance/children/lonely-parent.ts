import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';

// Waits for the end of children whose channel is disconnected by one end, the other, or neither. When nothing is left
// that could bring another event, it says which came: one that is missing then never comes.
export interface Lonely {
  readonly disconnects: 'nobody' | 'child' | 'parent';
  readonly events: readonly string[];
}

/** Each shell ends: at once, when it has closed its channel, or when the parent has. */
const scripts = { nobody: 'exit 0', child: 'exec 3>&-', parent: 'cat <&3' } as const;

const found = (['nobody', 'child', 'parent'] as const).map((disconnects): Lonely => {
  const child = spawn('/bin/sh', ['-c', scripts[disconnects]], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const events: string[] = [];
  for (const event of ['disconnect', 'exit', 'close']) child.on(event, () => void events.push(event));
  child.stdout?.on('end', () => events.push('end of stdout')).resume();
  if (disconnects === 'parent') child.disconnect();
  return { disconnects, events };
});
process.once('beforeExit', () => void writeSync(1, JSON.stringify(found)));
