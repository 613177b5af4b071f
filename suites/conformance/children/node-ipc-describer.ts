import { describe } from '../support/node-ipc-values.js';

// Says of every value what it looks like here, and sends it back. Ends with its channel.
process.on('message', (message) => {
  const { name, value } = message as { readonly name: string; readonly value: unknown };
  process.send?.({ name, there: describe(value), value });
});
