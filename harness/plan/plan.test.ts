import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Setting, Transport, Workload } from '../model/index.js';
import { blocksOfRound, isDue } from './blocks.js';
import { MADE_UP_WAIT, madeUpWorkload, RATE } from './dimensions.fixture.js';
import { makePlan, type PlanInput, type Selection } from './plan.js';
import { seededRandom, shuffled } from './random.js';
import { formatSize, parseSize } from './size.js';
import { blocksWithin } from './time-budget.js';
import { expectedBlockMs } from './time-left.js';

const guarantees = {
  framing: 'stream',
  ordered: true,
  reliable: true,
  eof: true,
  duplex: true,
  atomicWriteBytes: null,
  maxMessageBytes: null,
  backpressure: 'blocks',
} as const;
const transport = (name: string): Transport => ({
  name,
  summary: name,
  platforms: ['linux'],
  guarantees,
  coreDrivers: ['native', 'addon'],
});
const workload = (name: string): Workload => madeUpWorkload(name, { methodRevision: 3 });
const selection: Selection = {
  transports: [transport('pipe'), transport('fifo')],
  drivers: ['native'],
  workloads: [workload('ping-pong'), workload('stream')],
  sizesBytes: [64, 4096],
  placements: ['same-cpu', 'cross-cpu'],
  timing: { warmupMs: 1, windowMs: 20 },
  launches: 6,
};
const input: PlanInput = { selections: [selection], seed: 7, platform: 'linux', placementProblem: () => null };

test('a column holds the cases that differ in nothing but the transport', () => {
  const plan = makePlan(input);
  assert.is(plan.cases.length, 16);
  assert.is(plan.columns.length, 8);
  assert.equal(
    plan.columns[0]?.cases.map((one) => one.id),
    ['pipe/native/ping-pong/64B/same-cpu', 'fifo/native/ping-pong/64B/same-cpu'],
  );
  assert.is(plan.columns[0]?.id, 'native/ping-pong/64B/same-cpu');
  assert.is(plan.rounds, 6);
});

test('a round is one block of each column, and a block one launch of each of its cases, back to back', () => {
  const plan = makePlan(input);
  const blocks = blocksOfRound(plan, 2, plan.columns);
  assert.equal(blocks.map((block) => block.columnId).sort(), plan.columns.map((column) => column.id).sort());
  for (const block of blocks) {
    assert.equal(block.launches.map((launch) => launch.case.transport).sort(), ['fifo', 'pipe']);
    assert.ok(block.launches.every((launch) => launch.round === 2));
  }
});

test('the same seed and round give the same blocks, another seed or round another order', () => {
  const plan = makePlan(input);
  const order = (seed: number, round: number): string =>
    blocksOfRound({ seed }, round, plan.columns)
      .flatMap((block) => block.launches.map((launch) => launch.case.id))
      .join(' ');
  assert.is(order(7, 3), order(7, 3));
  assert.not.equal(order(7, 3), order(8, 3));
  assert.not.equal(order(7, 3), order(7, 4));
});

test('blocks fewer than the rounds are spread over them, the first in the first round', () => {
  const rounds = [];
  for (let round = 0, done = 0; round < 12; round += 1) {
    if (!isDue(done, 5, round, 12)) continue;
    rounds.push(round);
    done += 1;
  }
  assert.equal(rounds, [0, 2, 4, 7, 9]);
});

test('a size looked at first is the nearest to 64 B for round trips and to 64 KiB for rates, and native', () => {
  const rate = { ...workload('stream'), figure: RATE, headlineBytes: 65_536 };
  const plan = makePlan({
    ...input,
    selections: [
      { ...selection, drivers: ['native', 'addon'], workloads: [workload('ping-pong'), rate], placements: ['free'] },
    ],
  });
  assert.equal(
    plan.columns.filter((column) => column.isHeadline).map((column) => column.id),
    ['native/ping-pong/64B/free', 'native/stream/4KiB/free'],
  );
});

test(
  'a budget that is long enough grants every planned block; a shorter one the headline columns first; none more ' +
    'than there is time for',
  () => {
    const plan = makePlan(input);
    const costs = plan.columns.map((column) => ({ column, done: 0, blockMs: 10 }));
    const total = (granted: ReadonlyMap<string, number>): number =>
      [...granted.values()].reduce((sum, blocks) => sum + blocks, 0);
    assert.equal([...blocksWithin(costs, 1e9).values()], [6, 6, 6, 6, 6, 6, 6, 6]);
    for (let leftMs = 0; leftMs <= 600; leftMs += 7) {
      const granted = blocksWithin(costs, leftMs);
      assert.ok(total(granted) * 10 <= leftMs, `${total(granted)} blocks of 10 ms in ${leftMs} ms`);
      assert.ok(
        total(granted) === 48 || (total(granted) + 1) * 10 > leftMs,
        `no time is left unused: ${total(granted)} blocks of 10 ms in ${leftMs} ms`,
      );
    }
    // One of each is 80 ms, the five more of the four headline columns 200 ms.
    const short = blocksWithin(costs, 280);
    for (const column of plan.columns) assert.is(short.get(column.id), column.isHeadline ? 6 : 1);
  },
);

test('what is done is not taken back, and counts', () => {
  const [column] = makePlan(input).columns;
  assert.ok(column);
  assert.is(blocksWithin([{ column, done: 4, blockMs: 10 }], 10).get(column.id), 5);
  assert.is(blocksWithin([{ column, done: 4, blockMs: 10 }], 0).get(column.id), 4);
});

test('a placement that cannot be had skips its cases with the reason and keeps the rest', () => {
  const plan = makePlan({
    ...input,
    placementProblem: (placement) => (placement === 'cross-cpu' ? { code: 'ONE_CPU', reason: 'one' } : null),
  });
  assert.is(plan.cases.length, 8);
  assert.is(plan.skipped.length, 8);
  assert.equal(plan.skipped[0], { caseId: 'pipe/native/ping-pong/64B/cross-cpu', code: 'ONE_CPU', reason: 'one' });
});

test('a case that two selections name runs once', () => {
  assert.is(makePlan({ ...input, selections: [selection, selection] }).cases.length, 16);
});

test('a driver that a transport lacks makes no case', () => {
  assert.is(makePlan({ ...input, selections: [{ ...selection, drivers: ['js'] }] }).cases.length, 0);
});

const VERIFY: Setting = { ...MADE_UP_WAIT, name: 'verify', values: ['header', 'full'], default: 'header' };

test('an id spells what is not the default, and the revision comes from the workload', () => {
  const plan = makePlan({
    ...input,
    selections: [{ ...selection, settings: [{ setting: VERIFY, values: ['full'] }] }],
  });
  assert.is(plan.cases[0]?.id, 'pipe/native/ping-pong/64B/same-cpu/verify=full');
  assert.is(plan.cases[0]?.verify, 'full');
  assert.is(plan.cases[0]?.methodRevision, 3);
});

test('the values of settings are crossed with everything, and each choice is a column of its own', () => {
  const settings = [
    { setting: MADE_UP_WAIT, values: ['block', 'spin'] },
    { setting: VERIFY, values: ['header', 'full'] },
  ];
  const plan = makePlan({ ...input, selections: [{ ...selection, settings }] });
  assert.is(plan.cases.length, 16 * 4);
  assert.is(plan.columns.length, 8 * 4);
  const ids = plan.cases.map((one) => one.id).filter((id) => id.startsWith('pipe/native/stream/64B/same-cpu'));
  assert.equal(ids, [
    'pipe/native/stream/64B/same-cpu',
    'pipe/native/stream/64B/same-cpu/verify=full',
    'pipe/native/stream/64B/same-cpu/wait=spin',
    'pipe/native/stream/64B/same-cpu/verify=full/wait=spin',
  ]);
  assert.is(plan.cases[0]?.settings, undefined);
  assert.equal(plan.cases.find(({ id }) => id === ids[2])?.settings, { wait: 'spin' });
});

test('a value that a case cannot have is skipped, with the reason of the setting', () => {
  const js = { ...transport('node-net'), js: { topology: 'spawned', open: () => Promise.reject() } } as Transport;
  const plan = makePlan({
    ...input,
    selections: [
      {
        ...selection,
        transports: [js],
        drivers: ['js'],
        workloads: [workload('ping-pong')],
        sizesBytes: [64],
        placements: ['free'],
        settings: [{ setting: MADE_UP_WAIT, values: ['block', 'spin'] }],
      },
    ],
  });
  assert.equal(
    plan.cases.map((one) => one.id),
    ['node-net/js/ping-pong/64B/free'],
  );
  assert.equal(plan.skipped, [
    {
      caseId: 'node-net/js/ping-pong/64B/free/wait=spin',
      code: 'not-applicable',
      reason: MADE_UP_WAIT.notApplicable,
    },
  ]);
});

test('a shuffle keeps every item and reaches every order', () => {
  const random = seededRandom(1);
  const seen = new Set<string>();
  for (let i = 0; i < 200; i += 1) seen.add(shuffled(['a', 'b', 'c'], random).join(''));
  assert.equal([...seen].sort(), ['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
});

test('splitmix64 gives the published values', () => {
  // The first two outputs for seed 1234567, from the reference implementation: 6457827717110365317,
  // 3203168211198807973.
  const random = seededRandom(1234567);
  assert.is(random.below(2 ** 32), Number(6457827717110365317n >> 32n));
  assert.is(random.below(2 ** 32), Number(3203168211198807973n >> 32n));
});

test('sizes read and print with powers of 1024', () => {
  for (const [text, bytes] of [
    ['64', 64],
    ['64B', 64],
    ['4k', 4096],
    ['4KiB', 4096],
    ['4kb', 4096],
    ['1MiB', 1048576],
    ['0', 0],
  ] as const)
    assert.is(parseSize(text), bytes);
  for (const text of ['', '-1', '1.5k', '4 parsecs', 'k', '99999999999999999999']) assert.is(parseSize(text), null);
  assert.equal([64, 1000, 4096, 4097, 1048576].map(formatSize), ['64B', '1000B', '4KiB', '4097B', '1MiB']);
});

test('a block is expected to take what its launches do', () => {
  const [column] = makePlan(input).columns;
  assert.ok(column);
  assert.is(expectedBlockMs(column), 2 * 26);
});

test('a transport of another system is skipped with a sentence, and the others are planned', () => {
  const plan = makePlan({ ...input, platform: 'win32' });
  assert.equal(plan.cases, []);
  assert.is(plan.skipped.length, makePlan(input).cases.length);
  assert.match(
    plan.skipped[0]?.reason ?? '',
    /^\S+ does not run on win32; it lists linux \(platforms\)\. Run it there\.$/,
  );
  const [first, ...others] = selection.transports;
  const windows = { ...(first as Transport), name: 'windows-pipe', platforms: ['win32'] as const };
  const mixed = makePlan({ ...input, selections: [{ ...selection, transports: [windows, ...others] }] });
  assert.ok(mixed.skipped.length > 0);
  assert.ok(mixed.skipped.every(({ caseId, code }) => caseId.startsWith('windows-pipe/') && code === 'ENOTSUP'));
  assert.ok(mixed.cases.every((one) => one.transport !== 'windows-pipe'));
});

test.run();
