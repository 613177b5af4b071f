import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Case, Launch, LaunchOutcome, Plan, Sample } from '../model/index.js';
import { runPlan, type PlanProgress } from './run-plan.js';

const caseOf = (id: string): Case => ({ id, transport: 'pipe', driver: 'native', workload: 'stream', sizeBytes: 64, placement: 'free', verify: 'header', methodRevision: 1 });
const planOf = (rounds: number, ids: readonly string[]): Plan => {
  const cases = ids.map(caseOf);
  const launches: Launch[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const one of cases) launches.push({ index: launches.length, round, case: one, timing: { warmupMs: 1, windowMs: 10 }, seed: 1 });
  }
  return { seed: 1, rounds, cases, launches, skipped: [] };
};
const sampled = (launch: Launch): LaunchOutcome => ({ kind: 'sample', sample: { caseId: launch.case.id, launchIndex: launch.index, round: launch.round } as Sample });
const failed = (launch: Launch): LaunchOutcome => ({ kind: 'failure', failure: { caseId: launch.case.id, launchIndex: launch.index, round: launch.round, message: 'gone', code: null } });

test('launches run in the order of the plan, one at a time', async () => {
  const seen: number[] = [];
  let running = 0;
  await runPlan(planOf(3, ['a', 'b']), { budgetMs: null }, {
    nowMs: () => 0,
    launch: async (launch) => {
      running += 1;
      assert.is(running, 1);
      await Promise.resolve();
      running -= 1;
      seen.push(launch.index);
      return sampled(launch);
    },
  });
  assert.equal(seen, [0, 1, 2, 3, 4, 5]);
});

test('a time budget leaves out whole rounds, and the next round must fit', async () => {
  let now = 0;
  const progress = await runPlan(planOf(10, ['a', 'b']), { budgetMs: 70 }, {
    nowMs: () => now,
    launch: async (launch) => {
      now += 10;
      return sampled(launch);
    },
  });
  // Rounds of 20 ms: three end at 60; a fourth would end at 80.
  assert.is(progress.roundsCompleted, 3);
  assert.is(progress.samples.length, 6);
});

test('the first round runs whatever the budget', async () => {
  let now = 0;
  const progress = await runPlan(planOf(3, ['a']), { budgetMs: 1 }, {
    nowMs: () => now,
    launch: async (launch) => {
      now += 100;
      return sampled(launch);
    },
  });
  assert.is(progress.roundsCompleted, 1);
});

test('a case that breaks three times in a row is given up, the others go on', async () => {
  const progress = await runPlan(planOf(6, ['good', 'bad']), { budgetMs: null }, { nowMs: () => 0, launch: async (launch) => (launch.case.id === 'bad' ? failed(launch) : sampled(launch)) });
  assert.is(progress.failures.length, 3);
  assert.is(progress.samples.length, 6);
});

test('a failure between successes does not count towards giving up', async () => {
  const progress = await runPlan(planOf(6, ['flaky']), { budgetMs: null }, { nowMs: () => 0, launch: async (launch) => (launch.index % 2 === 0 ? failed(launch) : sampled(launch)) });
  assert.is(progress.failures.length, 3);
  assert.is(progress.samples.length, 3);
});

test('a case the system refuses is skipped once, with its error', async () => {
  const progress = await runPlan(planOf(4, ['big']), { budgetMs: null }, { nowMs: () => 0, launch: async () => ({ kind: 'skipped', code: 'EMSGSIZE', reason: 'too large' }) });
  assert.equal(progress.skipped, [{ caseId: 'big', code: 'EMSGSIZE', reason: 'too large' }]);
});

test('an interruption hands over what was recorded, then goes on as itself', async () => {
  const saved: PlanProgress[] = [];
  const interruption = new Error('SIGINT');
  let thrown: unknown;
  await runPlan(planOf(3, ['a', 'b']), { budgetMs: null }, {
    nowMs: () => 0,
    launch: async (launch) => {
      if (launch.index === 3) throw interruption;
      return sampled(launch);
    },
    afterRound: (progress) => {
      saved.push({ ...progress, samples: [...progress.samples] });
    },
  }).catch((error: unknown) => {
    thrown = error;
  });
  assert.is(thrown, interruption);
  assert.equal(saved.map((progress) => [progress.roundsCompleted, progress.samples.length]), [[1, 2], [1, 3]]);
});

test.run();
