import { writeSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';

// Sends many messages at once to somebody who does not read yet, and says how many callbacks have come, then when all
// have.
const [count = '0', text = ''] = process.argv.slice(2);
const messages = Number(count);
let called = 0;
let failed = 0;
let refused = 0;
const say = (): void => void writeSync(1, `${JSON.stringify({ called, failed, refused })}\n`);
for (let sent = 0; sent < messages; sent += 1) {
  const more = process.send?.(text, undefined, undefined, (error) => {
    called += 1;
    if (error !== null) failed += 1;
    if (called === messages) {
      say();
      process.disconnect();
    }
  });
  if (more !== true) refused += 1;
}
// What could be written at once has its callback in this turn or the next.
await nextTurn();
await nextTurn();
say();
