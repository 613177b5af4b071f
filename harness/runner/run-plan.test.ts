import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Case, Column, Launch, LaunchOutcome, Plan } from '../model/index.js';
import { runPlan, type PlanLimits, type PlanRunner } from './run-plan.js';

const caseOf = (transport: string, column: string): Case => ({
  id: `${transport}/${column}`,
  transport,
  driver: 'native',
  workload: 'stream',
  sizeBytes: 64,
  placement: 'free',
  verify: 'header',
  methodRevision: 1,
});
const columnOf = (id: string, blocks: number, transports: readonly string[], isHeadline = false): Column => ({
  id,
  cases: transports.map((transport) => caseOf(transport, id)),
  timing: { warmupMs: 1, windowMs: 10 },
  blocks,
  isHeadline,
});
const planOf = (...columns: readonly Column[]): Plan => ({
  seed: 1,
  rounds: Math.max(0, ...columns.map((column) => column.blocks)),
  columns,
  cases: columns.flatMap((column) => column.cases),
  skipped: [],
});
const sampled = (launch: Launch): LaunchOutcome => ({
  kind: 'sample',
  sample: { caseId: launch.case.id, launchIndex: launch.index, round: launch.round } as never,
});
const failed = (launch: Launch): LaunchOutcome => ({
  kind: 'failure',
  failure: { caseId: launch.case.id, launchIndex: launch.index, round: launch.round, message: 'gone', code: null },
});
const NO_LIMITS: PlanLimits = { budgetMs: null, moreUntilMs: null };

interface World extends PlanRunner {
  readonly ran: { readonly launch: Launch; readonly outcome: LaunchOutcome }[];
}

/** Each launch takes 10 ms of its clock. */
function worldOf(outcomeOf: (launch: Launch) => LaunchOutcome = sampled, more: Partial<PlanRunner> = {}): World {
  let now = 0;
  const ran: World['ran'] = [];
  return {
    ran,
    nowMs: () => now,
    launch: async (launch) => {
      now += 10;
      return outcomeOf(launch);
    },
    record: (launch, outcome) => void ran.push({ launch, outcome }),
    ...more,
  };
}
const countOf = (world: World, id: string): number => world.ran.filter(({ launch }) => launch.case.id === id).length;

test('the launches of a block run back to back, one at a time, numbered in the order they run', async () => {
  const world = worldOf();
  await runPlan(planOf(columnOf('x', 3, ['a', 'b']), columnOf('y', 3, ['a', 'b'])), NO_LIMITS, world);
  assert.equal(
    world.ran.map(({ launch }) => launch.index),
    Array.from({ length: 12 }, (_, index) => index),
  );
  for (let block = 0; block < 6; block += 1) {
    const [first, second] = world.ran.slice(2 * block, 2 * block + 2).map(({ launch }) => launch);
    assert.is(first?.case.id.split('/')[1], second?.case.id.split('/')[1]);
    assert.is(first?.round, second?.round);
    assert.not.equal(first?.case.transport, second?.case.transport);
  }
});

test(
  'launches that start together are ended when one of them rejects, and those that do not start together run one ' +
    'by one',
  async () => {
    const ended: number[] = [];
    const groups: number[] = [];
    const world = worldOf(sampled, {
      start: (launches) => {
        if (launches[0]?.case.id.endsWith('/y') === true) return null;
        groups.push(launches.length);
        return {
          measure: async (launch) => {
            if (launch.round === 2) throw new Error('interrupted');
            return sampled(launch);
          },
          end: async () => void ended.push(launches.length),
        };
      },
    });
    let message = '';
    await runPlan(planOf(columnOf('x', 3, ['a', 'b', 'c', 'd', 'e']), columnOf('y', 3, ['a'])), NO_LIMITS, world).catch(
      (error: Error) => (message = error.message),
    );
    assert.is(message, 'interrupted');
    assert.equal(ended, groups);
    assert.equal(groups, [4, 1, 4, 1, 4]);
    assert.is(countOf(world, 'a/x'), 2);
    assert.ok(countOf(world, 'a/y') >= 2);
  },
);

test('a column with fewer blocks than the others is spread over the rounds', async () => {
  const world = worldOf();
  await runPlan(planOf(columnOf('x', 9, ['a']), columnOf('y', 3, ['a'])), NO_LIMITS, world);
  assert.equal(
    world.ran.filter(({ launch }) => launch.case.id === 'a/y').map(({ launch }) => launch.round),
    [0, 3, 6],
  );
});

test(
  'a time budget is never passed, whatever does not fit is counted, ' + 'and the headline column has its blocks',
  async () => {
    for (let budgetMs = 70; budgetMs <= 420; budgetMs += 10) {
      const world = worldOf();
      const plan = planOf(columnOf('x', 10, ['a', 'b'], true), columnOf('y', 10, ['a', 'b']));
      const end = await runPlan(plan, { budgetMs, moreUntilMs: null }, world);
      assert.ok(world.nowMs() <= budgetMs, `${world.nowMs()} of ${budgetMs} ms`);
      assert.is(world.ran.length / 2 + end.blocksLeftOut, 20);
      assert.ok(countOf(world, 'a/x') >= countOf(world, 'a/y'));
      assert.ok(countOf(world, 'a/y') >= 1);
    }
  },
);

test('a machine that turns slow gets fewer blocks, not more time', async () => {
  let now = 0;
  const ran: Launch[] = [];
  await runPlan(
    planOf(columnOf('x', 20, ['a']), columnOf('y', 20, ['a'])),
    { budgetMs: 500, moreUntilMs: null },
    {
      nowMs: () => now,
      launch: async (launch) => {
        now += ran.length < 10 ? 10 : 50;
        return sampled(launch);
      },
      record: (launch) => void ran.push(launch),
    },
  );
  assert.ok(now <= 550, `${now} ms: no more than the one launch that turned out slow beyond the budget`);
  assert.ok(ran.length >= 16);
});

test('a case that breaks three times in a row is given up, the others go on', async () => {
  const world = worldOf((launch) => (launch.case.transport === 'bad' ? failed(launch) : sampled(launch)));
  await runPlan(planOf(columnOf('x', 6, ['good', 'bad'])), NO_LIMITS, world);
  assert.is(countOf(world, 'bad/x'), 3);
  assert.is(countOf(world, 'good/x'), 6);
});

test('a failure between successes does not count towards giving up', async () => {
  const world = worldOf((launch) => (launch.index % 2 === 0 ? failed(launch) : sampled(launch)));
  await runPlan(planOf(columnOf('x', 6, ['flaky'])), NO_LIMITS, world);
  assert.is(world.ran.length, 6);
});

test('a case the system refuses is launched once', async () => {
  const world = worldOf(() => ({ kind: 'skipped', code: 'EMSGSIZE', reason: 'too large' }));
  await runPlan(planOf(columnOf('x', 4, ['big'])), NO_LIMITS, world);
  assert.is(world.ran.length, 1);
});

test('further blocks run for the columns that are asked for, until the time is up', async () => {
  const asked: number[] = [];
  const world = worldOf(sampled, {
    moreFor: (costs, leftMs) => {
      asked.push(leftMs);
      assert.ok(costs.every(({ done, blockMs }) => done >= 2 && blockMs === 10));
      return ['x'];
    },
  });
  const end = await runPlan(
    planOf(columnOf('x', 2, ['a']), columnOf('y', 2, ['a'])),
    { budgetMs: null, moreUntilMs: 75 },
    world,
  );
  assert.equal(asked, [35, 25, 15, 5]);
  assert.is(end.blocksAdded, 3);
  assert.is(countOf(world, 'a/x'), 5);
  assert.is(countOf(world, 'a/y'), 2);
});

test('nothing is added once nobody asks for more', async () => {
  const world = worldOf(sampled, { moreFor: () => [] });
  const end = await runPlan(planOf(columnOf('x', 2, ['a'])), { budgetMs: null, moreUntilMs: 1e9 }, world);
  assert.is(end.blocksAdded, 0);
  assert.is(end.roundsCompleted, 2);
});

test('an interruption goes on as itself, and everything before it was recorded', async () => {
  const interruption = new Error('SIGINT');
  const world = worldOf((launch) => {
    if (launch.index === 3) throw interruption;
    return sampled(launch);
  });
  const thrown = await runPlan(planOf(columnOf('x', 3, ['a', 'b'])), NO_LIMITS, world).catch((error: unknown) => error);
  assert.is(thrown, interruption);
  assert.is(world.ran.length, 3);
});

test.run();
