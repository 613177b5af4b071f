import { spawn, type SerializationType } from 'node:child_process';
import { parentPort, workerData } from 'node:worker_threads';

// A worker thread that opens a channel to a child of its own, and tells its creator what came over it.
const { script, serialization } = workerData as { readonly script: string; readonly serialization: SerializationType };
const child = spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], serialization });
child.on('message', (message) => {
  parentPort?.postMessage(message);
  // The worker ends when its child has: nobody else would reap it.
  child.disconnect();
});
child.on('error', (error) => parentPort?.postMessage(String(error)));
