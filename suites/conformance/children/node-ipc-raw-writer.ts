import { writeSync } from 'node:fs';

// Writes to the descriptor of its channel past Node: a whole message, then one byte between two messages. Its parent's
// answers tell it that what it sent was heard.
const CHANNEL = 3;
const whole = Buffer.from(process.argv[2] ?? '', 'base64');
const steps: readonly (() => void)[] = [
  () => writeSync(CHANNEL, whole),
  () => {
    writeSync(CHANNEL, 'x');
    process.send?.('after', () => process.exit(0));
  },
];
let heard = 0;
process.on('message', () => steps[heard++]?.());
process.send?.('before');
