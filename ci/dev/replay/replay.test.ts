import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SCHEDULES } from '../../gate/schedule.js';
import { simulatedChance } from '../../gate/simulated-gate.fixture.js';
import {
  aboutLine,
  columnsOf,
  pairLine,
  parseRecording,
  type RecordedLaunch,
  type RecordedPair,
  type Recording,
  type RecordingAbout,
} from './recording.js';
import { oneAfterTheOther, replayGates, worsened } from './replay-gates.js';

const about: RecordingAbout = {
  schema: 'ipcbench-pairs',
  version: 1,
  case: {
    id: 'unix-stream/native/ping-pong/64B/same-cpu',
    transport: 'unix-stream',
    driver: 'native',
    workload: 'ping-pong',
    sizeBytes: 64,
    placement: 'same-cpu',
    verify: 'header',
    methodRevision: 1,
  },
  columns: columnsOf('latency'),
  timing: { warmupMs: 1, windowMs: 15 },
  base: [],
  head: [],
  machine: { cpu: 'simulated', cpus: 2, hypervisor: null, kernel: '6.18', runtime: 'node' },
  load: 'none',
  ipcbenchVersion: '0.1.0',
  startedAt: '2026-01-01T00:00:00.000Z',
};

/**
 * Launches that get slower by a third and faster again, a few hundred at a time: what lies far apart differs, what lies
 * side by side does not.
 */
function recorded(count: number): Recording {
  const random = simulatedChance(3);
  const launch = (at: number): RecordedLaunch => {
    const time = Math.round(8_000 * (1 + 0.15 * Math.sin(at / 40)) * (1 + 0.02 * (random() - 0.5)));
    return {
      messages: 1_000,
      windowNs: null,
      p25Ns: time,
      bytesPerSecond: null,
      cpuNs: time * 1_000,
      syscalls: 4_000,
      voluntarySwitches: 2_000,
    };
  };
  const pairs = Array.from({ length: count }, (_, index): RecordedPair => ({
    atMs: 50 * index,
    first: random() < 0.5 ? 'base' : 'head',
    noise: { load1: 4, cpuPressureUs: 12_000, stealTicks: 0 },
    base: launch(2 * index),
    head: launch(2 * index + 1),
  }));
  return { about, pairs };
}

test('a recording survives being written and read', () => {
  const { pairs } = recorded(3);
  const text = aboutLine(about) + pairs.map((pair) => pairLine(about.columns, pair)).join('');
  assert.equal(parseRecording(text), { about, pairs });
});

test('a line that is no pair is named', () => {
  assert.throws(() => parseRecording(`${aboutLine(about)}[1,2,3]\n`), /Line 2 of the recording is not a pair/);
  assert.throws(() => parseRecording('{"schema":"ipcbench-report"}'));
});

test('gates take disjoint pairs until they are used up, and the last, unfinished one does not count', async () => {
  const tally = await replayGates(recorded(199), SCHEDULES.default, 1);
  assert.equal([tally.gates, tally.pairs, tally.closed, tally.inconclusive], [4, 160, 0, 0]);
  assert.equal([...tally.metrics.keys()], ['round-trip', 'cpu', 'syscalls', 'switches']);
});

test('head made slower on paper closes every gate, in both measurements', async () => {
  const tally = await replayGates(worsened(recorded(800), 0.1), SCHEDULES.default, 1);
  assert.equal([tally.gates, tally.closed, tally.failedOnce], [10, 10, 10]);
  assert.equal([tally.metrics.get('round-trip')?.closed, tally.metrics.get('syscalls')?.closed], [10, 0]);
});

test(
  'the same launches, measured one after the other, close gates ' + 'that are closed by nothing but the hour',
  async () => {
    const [side, apart] = [
      await replayGates(recorded(800), SCHEDULES.default, 1),
      await replayGates(oneAfterTheOther(recorded(800), 100), SCHEDULES.default, 1),
    ];
    assert.is(side.closed, 0);
    assert.ok(apart.failedOnce >= 3, `${apart.failedOnce}`);
  },
);

test('one after the other takes each launch once, in the order in which they ran', () => {
  const { pairs } = recorded(4);
  const numbered = pairs.map((pair, index): RecordedPair => ({
    ...pair,
    first: index % 2 === 0 ? 'base' : 'head',
    base: { ...pair.base, messages: 2 * index + (index % 2) },
    head: { ...pair.head, messages: 2 * index + 1 - (index % 2) },
  }));
  const apart = oneAfterTheOther({ about, pairs: numbered }, 2).pairs;
  assert.equal(
    apart.map(({ base, head }) => [base.messages, head.messages]),
    [
      [0, 2],
      [1, 3],
      [4, 6],
      [5, 7],
    ],
  );
});

test.run();
