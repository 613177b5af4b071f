import { writeSync } from 'node:fs';

// Asks what keeps a process with a channel alive. Each phase changes one thing and waits: either the event loop runs
// empty ('beforeExit'), or it goes on, so that a timer which does not count keeps firing. Three times, as the first
// could fall into the turn before the loop is empty.
export interface Phase {
  readonly name: string;
  readonly outcome: 'stays' | 'ends';
}

const listener = (): void => undefined;
const phases: readonly (readonly [name: string, change: () => void, undo: () => void])[] = [
  ['no listener', () => undefined, () => undefined],
  ['a listener of message', () => process.on('message', listener), () => process.off('message', listener)],
  ['no listener any more', () => undefined, () => undefined],
  ['a listener of disconnect', () => process.on('disconnect', listener), () => process.off('disconnect', listener)],
  [
    'a listener of message, channel.unref()',
    () => void process.on('message', listener).channel?.unref(),
    () => process.off('message', listener),
  ],
  ['no listener, channel.ref()', () => process.channel?.ref(), () => process.channel?.unref()],
];
const done: Phase[] = [];

function begin(): void {
  const phase = phases[done.length];
  if (phase === undefined) {
    writeSync(1, JSON.stringify(done));
    process.exit(0);
  }
  const [name, change, undo] = phase;
  let fired = 0;
  const timer = setInterval(() => {
    fired += 1;
    if (fired === 3) finish('stays');
  }, 3).unref();
  const empty = (): void => finish('ends');
  const finish = (outcome: Phase['outcome']): void => {
    clearInterval(timer);
    process.off('beforeExit', empty);
    undo();
    done.push({ name, outcome });
    setImmediate(begin);
  };
  process.on('beforeExit', empty);
  change();
}

setImmediate(begin);
