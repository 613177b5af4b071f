import { Worker } from 'node:worker_threads';

// Says what a worker thread of a child knows of the child's channel. The thread answers through its own port.
const code =
  `const { parentPort } = require('node:worker_threads');
parentPort.postMessage({ send: typeof process.send, connected: String(process.connected), channel: typeof ` +
  'process.channel, disconnect: typeof process.disconnect });';
const worker = new Worker(code, { eval: true });
worker.once('message', (inWorker) => {
  const inMain = {
    send: typeof process.send,
    connected: String(process.connected),
    channel: typeof process.channel,
    disconnect: typeof process.disconnect,
  };
  process.send?.({ inMain, inWorker: inWorker as object });
});
