import { writeSync } from 'node:fs';

// Says what it received when its parent has disconnected: the length of each text.
const received: number[] = [];
process.on('message', (text: string) => received.push(text.length));
process.on('disconnect', () => void writeSync(1, JSON.stringify(received)));
process.send?.('ready');
