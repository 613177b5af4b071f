import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Case, Column, LaunchRecord, Plan } from '../model/index.js';
import { seededRandom } from '../plan/random.js';
import type { CaseRecord } from '../stats/case-record.js';
import { openRace, type Race, type RaceGoal } from './race.js';

const caseOf = (transport: string): Case => ({
  id: `${transport}/c`,
  transport,
  driver: 'native',
  workload: 'ping-pong',
  sizeBytes: 64,
  placement: 'same-cpu',
  verify: 'header',
  methodRevision: 1,
});

interface World {
  readonly race: Race;
  /** One more block: noise that all share, and each transport's own. */
  addBlock(): void;
  readonly column: Column;
  blocks(): number;
}

function worldOf(factors: readonly number[], goal: RaceGoal, seed: number, references: readonly string[] = []): World {
  const random = seededRandom(seed);
  const uniform = (): number => random.below(1_000_000) / 1_000_000;
  const cases = factors.map((_, index) => caseOf(`t${index}`));
  const column: Column = { id: 'c', cases, timing: { warmupMs: 1, windowMs: 10 }, blocks: 20, isHeadline: true };
  const plan: Plan = { seed: 1, rounds: 20, columns: [column], cases, skipped: [] };
  const launches = factors.map((): LaunchRecord[] => []);
  const records = new Map(
    cases.map((one, index): [string, CaseRecord] => [
      one.id,
      {
        case: one,
        launches: launches[index] as LaunchRecord[],
        failures: [],
        add: () => undefined,
        addFailure: () => undefined,
        result: () => null,
      },
    ]),
  );
  let round = 0;
  return {
    race: openRace(plan, records, new Set(references), goal),
    column,
    blocks: () => round,
    addBlock: () => {
      const slow = uniform() < 0.5 ? 1 : 1.6;
      for (const [index, factor] of factors.entries()) {
        const p25Ns = 1000 * factor * slow * (1 + 0.1 * uniform());
        launches[index]?.push({ round, p25Ns, p50Ns: p25Ns, bytesPerSecond: null } as LaunchRecord);
      }
      round += 1;
    },
  };
}

/** The planned blocks, then as many as are asked for while there is time for `most` blocks in all. */
function runRace(world: World, most: number): void {
  while (world.blocks() < world.column.blocks) world.addBlock();
  for (;;) {
    const leftMs = (most - world.blocks()) * 10;
    if (
      world.race.moreFor([{ column: world.column, done: world.blocks(), blockMs: 10 }], leftMs).length === 0 ||
      leftMs < 10
    )
      return;
    world.addBlock();
  }
}

test('a column whose pairs are told gets no more blocks', () => {
  const world = worldOf([1, 1.5, 2], { kind: 'order' }, 1);
  runRace(world, 500);
  assert.is(world.blocks(), 20);
  assert.equal(
    world.race.rankings()[0]?.entries.map(({ standing }) => standing),
    ['leader', 'behind', 'behind'],
  );
});

test('a small difference gets blocks until it is told', () => {
  const world = worldOf([1, 1.02], { kind: 'order' }, 3);
  runRace(world, 2000);
  assert.ok(world.blocks() > 20, `${world.blocks()}`);
  assert.is(world.race.rankings()[0]?.entries[1]?.standing, 'behind');
});

test('two that are the same are given up rather than measured until the time is over', () => {
  const world = worldOf([1, 1], { kind: 'order' }, 12);
  runRace(world, 2000);
  assert.ok(world.blocks() < 1000, `${world.blocks()}`);
});

test('planned blocks alone: nothing more is asked for, and the whole error goes into the one look', () => {
  const world = worldOf([1, 1.5], { kind: 'planned' }, 1);
  runRace(world, 500);
  assert.is(world.blocks(), 20);
  assert.is(world.race.rankings()[0]?.entries[1]?.standing, 'behind');
});

test('a reference is not ranked', () => {
  const world = worldOf([1, 1.5, 0.5], { kind: 'order' }, 1, ['t2']);
  runRace(world, 100);
  assert.equal(
    world.race.rankings()[0]?.entries.map(({ transport }) => transport),
    ['t0', 't1'],
  );
});

test('equal transports: over all looks of a race, any two are told apart in at most 5 % of 400 runs', () => {
  let alarms = 0;
  for (let seed = 0; seed < 400; seed += 1) {
    const world = worldOf([1, 1, 1, 1], { kind: 'order' }, 1000 + seed);
    runRace(world, 80);
    if (world.race.rankings()[0]?.entries.some(({ rank }) => rank.from > 1 || rank.to < 4)) alarms += 1;
  }
  assert.ok(alarms <= 20, `${alarms} of 400`);
});

test('precision: blocks until every interval is as narrow as was asked for, or the time is up and it is said', () => {
  const reached = worldOf([1, 1.3], { kind: 'precision', share: 0.02 }, 5);
  runRace(reached, 2000);
  const [ranking] = reached.race.rankings();
  for (const { ratio, low, high } of ranking?.entries ?? [])
    assert.ok((high ?? 9) / ratio - 1 <= 0.02 && 1 - (low ?? 0) / ratio <= 0.02, `${low} ${ratio} ${high}`);
  assert.equal(reached.race.missed(), []);

  const cut = worldOf([1, 1.3], { kind: 'precision', share: 0.001 }, 5);
  runRace(cut, 40);
  cut.race.rankings();
  assert.is(cut.blocks(), 40);
  assert.is(cut.race.missed()[0]?.columnId, 'c');
  assert.ok((cut.race.missed()[0]?.share ?? 0) > 0.001);
});

test('intervals that were stopped for being narrow hold the true ratio', () => {
  let held = 0;
  for (let seed = 0; seed < 200; seed += 1) {
    const world = worldOf([1, 1.3], { kind: 'precision', share: 0.015 }, 7000 + seed);
    runRace(world, 400);
    const entry = world.race.rankings()[0]?.entries[1];
    if ((entry?.low ?? 0) <= 1.3 && 1.3 <= (entry?.high ?? 0)) held += 1;
  }
  assert.ok(held >= 188, `${held} of 200`);
});

test.run();
