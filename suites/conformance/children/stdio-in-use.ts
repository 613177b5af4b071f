import { writeSync } from 'node:fs';

// Uses its stdin and stdout as any program does, says so on stderr, and exits when it is sent something.
process.stdin.once('data', () => process.exit(0));
process.stdout.write('in use\n', () => writeSync(2, 'in use\n'));
