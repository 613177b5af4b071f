import process from 'node:process';

// Sends back what it is sent, in whatever runtime it is run.
process.on('message', (message: unknown) => void process.send?.(message));
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
