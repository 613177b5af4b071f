import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Launch, LaunchOutcome } from '../model/index.js';
import type { Turn } from './run-launch.js';
import { startTogether } from './start-together.js';

const launchOf = (index: number): Launch => ({
  index,
  round: 0,
  case: { id: `c${index}` } as never,
  timing: { warmupMs: 1, windowMs: 1 },
  seed: 1,
});
const failed = (launch: Launch): LaunchOutcome => ({
  kind: 'failure',
  failure: { caseId: launch.case.id, launchIndex: launch.index, round: 0, message: 'gone', code: null },
});
const launches = [launchOf(0), launchOf(1), launchOf(2)];

test(
  'all are connected before the first measures, and one measures ' + 'at a time, in the order that is asked for',
  async () => {
    const events: string[] = [];
    const started = startTogether(launches, async (launch, turn) => {
      events.push(`start ${launch.index}`);
      await turn.wait();
      events.push(`measure ${launch.index}`);
      await Promise.resolve();
      events.push(`end ${launch.index}`);
      return failed(launch);
    });
    assert.equal(events, ['start 0', 'start 1', 'start 2']);
    for (const launch of launches.toReversed()) assert.equal(await started.measure(launch), failed(launch));
    await started.end();
    assert.equal(events.slice(3), ['measure 2', 'end 2', 'measure 1', 'end 1', 'measure 0', 'end 0']);
  },
);

test(
  'nothing measures while a pair still starts, and a pair that breaks ' + 'before it is connected keeps nobody waiting',
  async () => {
    let connect = (): void => undefined;
    const slow = new Promise<void>((resolve) => (connect = resolve));
    let measuring = 0;
    const started = startTogether(launches, async (launch, turn) => {
      if (launch.index === 0) return failed(launch);
      if (launch.index === 2) await slow;
      await turn.wait();
      measuring += 1;
      return failed(launch);
    });
    const second = started.measure(launches[1] as Launch);
    await new Promise((resolve) => setImmediate(resolve));
    assert.is(measuring, 0);
    connect();
    await second;
    assert.is(measuring, 1);
    assert.equal(await started.measure(launches[0] as Launch), failed(launches[0] as Launch));
    await started.end();
  },
);

test('whoever did not get a turn is ended, and waited for', async () => {
  const ended: number[] = [];
  const run = async (launch: Launch, turn: Turn): Promise<LaunchOutcome> => {
    try {
      await turn.wait();
      throw new Error('interrupted');
    } finally {
      await new Promise((resolve) => setImmediate(resolve));
      ended.push(launch.index);
    }
  };
  const started = startTogether(launches, run);
  let message = '';
  await started.measure(launches[0] as Launch).catch((error: Error) => (message = error.message));
  assert.is(message, 'interrupted');
  await started.end();
  assert.equal(ended.toSorted(), [0, 1, 2]);
});

test.run();
