import { endMarked, type Mark } from './marked.js';

// Waits until the process that started it is gone, however it ended: stdin is a pipe whose other end that process alone
// holds. Then ends what has its mark. The one argument is guard.ts's.
const mark = JSON.parse(process.argv[2] ?? '') as Mark;
process.stdin.on('end', () => void endMarked(mark).then(() => process.exit(0)));
process.stdin.resume();
