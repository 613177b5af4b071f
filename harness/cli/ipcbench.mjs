#!/usr/bin/env node
// The command. Plain JavaScript, so that a checkout that was never built answers with a sentence.
import { existsSync, readFileSync } from 'node:fs';

// Importing opens many files at once, so a limit that is too low shows here first, and as anything but a sentence.
const DESCRIPTORS_NEEDED = 256;

const compiled = new URL('../../dist/harness/cli/main.js', import.meta.url);
const limit = descriptorLimit();
if (limit < DESCRIPTORS_NEEDED) {
  process.stderr.write(
    `This process may open ${limit} descriptors; ipcbench needs ${DESCRIPTORS_NEEDED}. Raise the limit (ulimit -n ${DESCRIPTORS_NEEDED}).\n`,
  );
  process.exitCode = 5;
} else if (existsSync(compiled)) {
  const { main } = await import(compiled.href);
  const status = await main(process.argv.slice(2));
  // It resolves when all output has left this process. What a preloaded module keeps running (NODE_OPTIONS) must not
  // keep it alive.
  process.exit(status);
} else {
  process.stderr.write("ipcbench is not compiled. Run 'npm ci' (or 'npm run build') in its folder.\n");
  process.exitCode = 5;
}

/** Node has raised the soft limit to the hard one by now. Infinity where /proc does not tell. */
function descriptorLimit() {
  try {
    const soft = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined || soft === 'unlimited' ? Infinity : Number(soft);
  } catch {
    return Infinity;
  }
}
