import process from 'node:process';

// Sends back what it is sent, in whatever runtime it is run.
process.on('message', (message: unknown) => void process.send?.(message));
process.on('disconnect', () => process.exit(0));
// A parent that was killed while this program was loaded: then the event has been.
if (!process.connected) process.exit(0);
process.send?.('ready');
