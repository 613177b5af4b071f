import { writeSync } from 'node:fs';
import { describe } from '../support/node-ipc-values.js';

// Says on stdout, in words, what comes over its channel. Ends with it.
process.on('message', (message) => writeSync(1, `${describe(message)}\n`));
