#!/usr/bin/env node
// The command. Plain JavaScript, so that a checkout that was never built answers with a sentence.
import { existsSync } from 'node:fs';

const compiled = new URL('../../dist/harness/cli/main.js', import.meta.url);
if (existsSync(compiled)) {
  const { main } = await import(compiled.href);
  // Not process.exit(): output that is still being written to a pipe would be lost.
  process.exitCode = await main(process.argv.slice(2));
} else {
  process.stderr.write("ipcbench is not compiled. Run 'npm ci' (or 'npm run build') in its folder.\n");
  process.exitCode = 5;
}
