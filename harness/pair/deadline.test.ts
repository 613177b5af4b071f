import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { whileProgressing, within } from './deadline.js';

const late = (): Error => new Error('stuck');
const BRIEFLY_MS = 20;

/** Work that ends after so many looks, and what each look sees. */
function workOf(
  looks: number,
  seenAt: (look: number) => number,
): { work: Promise<string>; progress: () => string; looked: () => number } {
  let count = 0;
  let end: (value: string) => void = () => undefined;
  const work = new Promise<string>((resolve) => (end = resolve));
  return {
    work,
    progress: () => {
      count += 1;
      if (count === looks) end('done');
      return String(seenAt(count));
    },
    looked: () => count,
  };
}

test('work that goes on may take many times as long as a stall', async () => {
  const { work, progress } = workOf(50, (look) => look);
  assert.is(await whileProgressing(BRIEFLY_MS, work, progress, late), 'done');
});

test('a pause that is shorter than a stall is forgotten', async () => {
  const { work, progress } = workOf(50, (look) => Math.floor(look / 9));
  assert.is(await whileProgressing(BRIEFLY_MS, work, progress, late), 'done');
});

test('work that comes no further is late, and not before its time', async () => {
  const { work, progress, looked } = workOf(1000, (look) => Math.min(look, 5));
  const startedMs = performance.now();
  const outcome = await whileProgressing(BRIEFLY_MS, work, progress, late).catch((error: Error) => error.message);
  assert.is(outcome, 'stuck');
  assert.is(looked(), 15);
  // Timers may fire up to a millisecond early, each of ten.
  assert.ok(performance.now() - startedMs >= BRIEFLY_MS - 10);
});

test('a harness that could not look for long has not seen a stall', async () => {
  const { work, progress, looked } = workOf(8, () => 0);
  const busy = setTimeout(() => {
    for (const untilMs = performance.now() + 3 * BRIEFLY_MS; performance.now() < untilMs;);
  });
  assert.is(await whileProgressing(BRIEFLY_MS, work, progress, late), 'done');
  assert.is(looked(), 8);
  clearTimeout(busy);
});

test('what fails by itself is told as it is', async () => {
  const outcome = await whileProgressing(BRIEFLY_MS, Promise.reject(new Error('its own')), () => 'same', late).catch(
    (error: Error) => error.message,
  );
  assert.is(outcome, 'its own');
});

test('a deadline asks how slow the machine is when the time is up, and acts all the same', async () => {
  for (const [slowness, least] of [
    [1, 1],
    [3, 2],
    [1.5, 2],
  ] as const) {
    let asked = 0;
    const outcome = await within(5, new Promise(() => undefined), late, () => {
      asked += 1;
      return slowness;
    }).catch((error: Error) => error.message);
    assert.is(outcome, late().message);
    assert.ok(asked >= least, `${slowness} was asked for ${asked} times`);
  }
});

test('work that ends within the longer time is no failure', async () => {
  let finish = (): void => undefined;
  const work = new Promise<string>((resolve) => (finish = () => resolve('done')));
  assert.is(
    await within(1, work, late, () => {
      finish();
      return 1000;
    }),
    'done',
  );
});

test.run();
