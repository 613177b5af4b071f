import { defineProcedure } from '../../../../harness/define.js';
import type { Served } from '../../children/cluster-primary.js';
import { judgeExpected } from '../../support/expectations.js';
import { needLoopback } from '../../support/need-loopback.js';
import { outputOf } from '../../support/process-state.js';
import { withRateBound } from '../../support/loss-rate-bound.js';

/**
 * "Some built-in smarts" are documented beside the round robin, so no more than a fair share is asked for: half of an
 * equal one.
 */
const FAIR = 0.5;

export const roundRobin = defineProcedure<Served>({
  id: 'handles/round-robin',
  guarantee: 'The primary of a cluster passes each connection to one worker, in round-robin order.',
  level: 'MUST',
  source: () => ({
    document: 'Node.js 20, cluster, How it works',
    quote:
      'The first one (and the default one on all platforms except Windows) is the round-robin approach, where ' +
      'the primary process listens on a port, accepts new connections and distributes them across the workers ' +
      'in a round-robin fashion, with some built-in smarts to avoid overloading a worker process.',
  }),
  subjects: ['node-cluster'],
  expected: 'Each connection answered once, by a worker; no worker below half of an equal share.',
  procedure:
    'A primary with 2 workers that listen on one port; n clients connect, half of them one after the other and ' +
    'half at once, and read which worker answers.',
  quick: false,
  observe: async (checkRun) => {
    needLoopback(checkRun);
    const clients = checkRun.count({ quick: 20, default: 40, thorough: 2000 });
    const primary = checkRun.child(new URL('../../children/cluster-primary.js', import.meta.url), {
      args: ['2', String(clients)],
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return JSON.parse(await outputOf(primary)) as Served;
  },
  judge: ({ roundRobin: isRoundRobin, workers, answers }) => {
    const counts = workers.map((pid) => answers.filter((answer) => answer === String(pid)).length);
    const judged = judgeExpected(
      {
        'connections that were answered once, by a worker': [
          counts.reduce((sum, count) => sum + count, 0),
          answers.length,
        ],
        'every worker got a fair share': [Math.min(...counts) >= (FAIR * answers.length) / workers.length, true],
      },
      'fail',
      {
        'The policy is SCHED_RR': [isRoundRobin, true],
        'Several workers': [workers.length > 1, true],
        'At least 10 connections a worker': [answers.length >= 10 * workers.length, true],
      },
    );
    return withRateBound(
      { ...judged, evidence: `${judged.evidence.slice(0, -1)}; by worker: ${counts.join(', ')}.` },
      'loss or repetition',
      answers.length,
      'connections',
    );
  },
  proofs: [
    { name: 'in turn', observation: served(10, 10), verdict: 'pass' },
    { name: 'nearly in turn', observation: served(15, 5), verdict: 'pass' },
    {
      name: 'three in turn',
      observation: {
        roundRobin: true,
        workers: [1, 2, 3],
        answers: [...served(10, 10).answers, ...Array<string>(10).fill('3')],
      },
      verdict: 'pass',
    },
    { name: 'one of them gets most', observation: served(16, 4), verdict: 'fail' },
    {
      name: 'one is not answered',
      observation: { ...served(10, 9), answers: [...served(10, 9).answers, ''] },
      verdict: 'fail',
    },
    {
      name: 'one is answered twice',
      observation: { ...served(10, 9), answers: [...served(10, 9).answers, '12'] },
      verdict: 'fail',
    },
    { name: 'another policy', observation: { ...served(10, 10), roundRobin: false }, verdict: 'broken' },
    {
      name: 'one worker',
      observation: { roundRobin: true, workers: [1], answers: served(20, 0).answers },
      verdict: 'broken',
    },
    { name: 'few connections', observation: served(10, 9), verdict: 'broken' },
  ],
});

function served(first: number, second: number): Served {
  return {
    roundRobin: true,
    workers: [1, 2],
    answers: [...Array<string>(first).fill('1'), ...Array<string>(second).fill('2')],
  };
}
