import { constants } from 'node:os';
import { parseOptions, usage, type Options } from './options.js';
import { abandonRunningFiles } from './run-file.js';
import { runTests } from './run-tests.js';

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    abandonRunningFiles();
    process.exit(128 + constants.signals[signal]);
  });
}

// The reader of our output has gone (`| head`): nobody is told any more, so nothing goes on.
process.stdout.on('error', () => {
  abandonRunningFiles();
  process.exit(1);
});

const options = readOptions();
if (options === undefined) process.exitCode = 2;
else process.exitCode = (await runTests(options, (line) => process.stdout.write(`${line}\n`))) ? 0 : 1;

function readOptions(): Options | undefined {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    return undefined;
  }
}
