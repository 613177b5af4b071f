import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Transport, Workload } from '../model/index.js';
import { makePlan, type PlanInput, type Selection } from './plan.js';
import { seededRandom, shuffled } from './random.js';
import { formatSize, parseSize } from './size.js';
import { timeLeftMs } from './time-left.js';

const guarantees = { framing: 'stream', ordered: true, reliable: true, eof: true, duplex: true, atomicWriteBytes: null, maxMessageBytes: null, backpressure: 'blocks' } as const;
const transport = (name: string): Transport => ({ name, summary: name, platforms: ['linux'], guarantees, coreDrivers: ['native', 'addon'] });
const workload = (name: string): Workload => ({ name, summary: name, figure: 'latency', timekeeper: 'initiator', methodRevision: 3 });
const selection: Selection = {
  transports: [transport('pipe'), transport('fifo')],
  drivers: ['native'],
  workloads: [workload('ping-pong'), workload('stream')],
  sizesBytes: [64, 4096],
  placements: ['same-cpu', 'cross-cpu'],
  verify: 'header',
  timing: { warmupMs: 1, windowMs: 20 },
  launches: 6,
};
const input: PlanInput = { selections: [selection], seed: 7, placementProblem: () => null };

test('every case runs once in every round', () => {
  const plan = makePlan(input);
  assert.is(plan.cases.length, 16);
  assert.is(plan.launches.length, 16 * 6);
  for (let round = 0; round < 6; round += 1) {
    const ids = plan.launches.filter((launch) => launch.round === round).map((launch) => launch.case.id);
    assert.is(new Set(ids).size, 16);
  }
});

test('the same seed lays out the same plan, another seed another order', () => {
  assert.equal(makePlan(input), makePlan(input));
  const order = (seed: number): string[] => makePlan({ ...input, seed }).launches.map((launch) => launch.case.id);
  assert.not.equal(order(7), order(8));
});

test('the order differs from round to round', () => {
  const plan = makePlan(input);
  const orderOf = (round: number): string[] => plan.launches.filter((launch) => launch.round === round).map((launch) => launch.case.id);
  assert.not.equal(orderOf(0), orderOf(1));
});

test('launches are numbered in the order they run', () => {
  assert.equal(makePlan(input).launches.map((launch) => launch.index), Array.from({ length: 96 }, (_, index) => index));
});

test('a case with fewer launches is spread over the rounds and is in the first', () => {
  const plan = makePlan({ ...input, selections: [{ ...selection, launches: 12 }, { ...selection, drivers: ['addon'], sizesBytes: [64], launches: 5 }] });
  assert.is(plan.rounds, 12);
  const rounds = plan.launches.filter((launch) => launch.case.id === 'pipe/addon/ping-pong/64B/same-cpu').map((launch) => launch.round);
  assert.is(rounds.length, 5);
  assert.is(rounds[0], 0);
  const gaps = rounds.slice(1).map((round, index) => round - (rounds[index] as number));
  assert.ok(Math.max(...gaps) <= 3, `gaps ${gaps.join(' ')}`);
});

test('a placement that cannot be had skips its cases with the reason and keeps the rest', () => {
  const plan = makePlan({ ...input, placementProblem: (placement) => (placement === 'cross-cpu' ? { code: 'ONE_CPU', reason: 'one' } : null) });
  assert.is(plan.cases.length, 8);
  assert.is(plan.skipped.length, 8);
  assert.equal(plan.skipped[0], { caseId: 'pipe/native/ping-pong/64B/cross-cpu', code: 'ONE_CPU', reason: 'one' });
});

test('a case that two selections name runs once', () => {
  assert.is(makePlan({ ...input, selections: [selection, selection] }).cases.length, 16);
});

test('a driver that a transport lacks makes no case', () => {
  assert.is(makePlan({ ...input, selections: [{ ...selection, drivers: ['js'] }] }).launches.length, 0);
});

test('an id spells what is not the default, and the revision comes from the workload', () => {
  const plan = makePlan({ ...input, selections: [{ ...selection, verify: 'full' }] });
  assert.is(plan.cases[0]?.id, 'pipe/native/ping-pong/64B/same-cpu/verify=full');
  assert.is(plan.cases[0]?.methodRevision, 3);
});

test('a shuffle keeps every item and reaches every order', () => {
  const random = seededRandom(1);
  const seen = new Set<string>();
  for (let i = 0; i < 200; i += 1) seen.add(shuffled(['a', 'b', 'c'], random).join(''));
  assert.equal([...seen].sort(), ['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
});

test('splitmix64 gives the published values', () => {
  // The first two outputs for seed 1234567, from the reference implementation: 6457827717110365317, 3203168211198807973.
  const random = seededRandom(1234567);
  assert.is(random.below(2 ** 32), Number(6457827717110365317n >> 32n));
  assert.is(random.below(2 ** 32), Number(3203168211198807973n >> 32n));
});

test('sizes read and print with powers of 1024', () => {
  for (const [text, bytes] of [['64', 64], ['64B', 64], ['4k', 4096], ['4KiB', 4096], ['4kb', 4096], ['1MiB', 1048576], ['0', 0]] as const) assert.is(parseSize(text), bytes);
  for (const text of ['', '-1', '1.5k', '4 parsecs', 'k', '99999999999999999999']) assert.is(parseSize(text), null);
  assert.equal([64, 1000, 4096, 4097, 1048576].map(formatSize), ['64B', '1000B', '4KiB', '4097B', '1MiB']);
});

test('the time left shrinks to nothing and follows how long launches really took', () => {
  const { launches } = makePlan(input);
  const planned = timeLeftMs(launches, 0, 0);
  assert.is(planned, 96 * 30);
  assert.is(timeLeftMs(launches, 48, 48 * 60), 48 * 60);
  assert.is(timeLeftMs(launches, 96, 5000), 0);
});

test.run();
