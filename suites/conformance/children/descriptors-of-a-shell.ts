import { spawn } from 'node:child_process';

// Executes a shell the usual way and says its process id, so that somebody can look at what that one inherited. The
// shell waits in a read, and ends with this process.
const shell = spawn('/bin/sh', ['-c', 'echo here; read line'], { stdio: ['pipe', 'pipe', 'ignore'] });
shell.stdout.once('data', () => process.stdout.write(`${shell.pid}\n`));
