import { writeSync } from 'node:fs';

// A child that has nothing to do but its channel. What happens to it goes to its stdout, which outlives its parent.
const say = (text: string): void => void writeSync(1, `${text}\n`);
process.on('disconnect', () => say('disconnect'));
process.on('exit', (code) => say(`exit ${code}`));
say(`ready ${process.pid}`);
