import { endDescendants } from './descendants.js';

// Waits until the process that started it is gone, however it ended: stdin is a pipe whose other end that process alone
// holds. Then ends what has its mark.

const [mark = '', group = ''] = process.argv.slice(2);
process.stdin.on(
  'end',
  () => void endDescendants({ mark, group: group === '' ? null : Number(group) }, 0).then(() => process.exit(0)),
);
process.stdin.resume();
