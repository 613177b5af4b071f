// What bytes that are no message do to the process that reads them: a channel is no border between a program and what
// it does not trust. Node documents neither direction. Each of these parents listens to 'error'.
export const SILENT = {
  document:
    "Node.js 20, child_process, options.stdio, 'ipc' — the nearest text: what the reader does with bytes that " +
    'are no message is not said',
  quote:
    'Accessing the IPC channel fd in any way other than process.send() or using the IPC channel with a child ' +
    'process that is not a Node.js instance is not supported.',
};
