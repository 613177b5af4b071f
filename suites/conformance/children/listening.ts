import { createServer } from 'node:net';
import { writeSync } from 'node:fs';

// Listens on a path, says so, and does nothing else.
createServer().listen(process.argv[2], () => void writeSync(1, 'listening'));
