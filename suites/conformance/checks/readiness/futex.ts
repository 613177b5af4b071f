import { defineProcedure, type ForkedProgram, type Outcome } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { withRateBound } from '../../support/loss-rate-bound.js';

interface Ring {
  readonly slots: number;
  readonly numbers: number;
  readonly put: number;
  readonly taken: number;
  /** Slots that did not hold the number whose turn it was. */
  readonly wrong: number;
  /** Of either side: ETIMEDOUT is a wake-up that never came. */
  readonly errors: readonly string[];
}

/** What every queue in shared memory rests on, and a processor with a weaker order of memory could break. */
export const futexReference = defineProcedure<readonly Ring[]>({
  id: 'readiness/futex-reference',
  guarantee:
    'Two processes with a ring in shared memory and a futex for each side lose no wake-up, and see a slot only ' +
    'with its number.',
  level: 'MUST',
  source: () => ({
    document: 'futex(2), DESCRIPTION',
    quote:
      "The loading of the futex word's value, the comparison of that value with the expected value, and the " +
      'actual blocking will happen atomically and will be totally ordered with respect to concurrent operations ' +
      'performed by other threads on the same futex word.',
  }),
  subjects: ['shared-memory'],
  expected: 'Every number in order; no process waits forever.',
  procedure:
    'One process puts numbers from 0 into a ring of 1, 7 and 50 slots, another takes them; each waits on the ' +
    'count of the other with FUTEX_WAIT while the ring is full or empty.',
  quick: false,
  deadlineMs: 60_000,
  observe: (checkRun) => {
    const { sys, defer } = checkRun;
    return [1, 7, 50].map((slots) => {
      const plan = {
        word: 0,
        slots,
        numbers: checkRun.count({ quick: 500, default: 5000, thorough: 1_000_000 }),
        timeoutMs: 5000,
      };
      const board = sys.createBoard(slots + 2);
      const [putter, taker] = (['ringPut', 'ringTake'] as const).map((op) =>
        sys.forkProgram([{ op, ...plan, as: 'ring' }], { board }),
      ) as [ForkedProgram, ForkedProgram];
      defer(() => [putter, taker].forEach((program) => program.end()));
      const outcomes = [putter, taker].map((program) => {
        program.wait(30_000);
        return program.outcome('ring');
      });
      const [put, taken] = outcomes as [Outcome, Outcome];
      return {
        slots,
        numbers: plan.numbers,
        put: put.value,
        taken: taken.counts['numbers'] ?? 0,
        wrong: taken.counts['wrong'] ?? 0,
        errors: outcomes.flatMap(({ error }) => error ?? []),
      };
    });
  },
  judge: (rings) =>
    withRateBound(
      judgeExpected(
        {
          [`Taken, with ${rings.map(({ slots }) => slots).join(', ')} slots`]: [
            rings.map(({ taken }) => taken),
            rings.map(({ numbers }) => numbers),
          ],
          put: [rings.map(({ put }) => put), rings.map(({ numbers }) => numbers)],
          'out of their turn': [rings.map(({ wrong }) => wrong), rings.map(() => 0)],
          errors: [rings.flatMap(({ errors }) => errors), []],
        },
        'fail',
        { 'Something was to be put': [rings.length > 0 && rings.every(({ numbers }) => numbers > 0), true] },
      ),
      'loss or disorder',
      rings.reduce((sum, { taken }) => sum + taken, 0),
      'numbers',
    ),
  proofs: [
    { name: 'in turn', observation: [ring({}), ring({ slots: 7 })], verdict: 'pass' },
    { name: 'a wake-up lost', observation: [ring({ taken: 312, errors: ['ETIMEDOUT'] })], verdict: 'fail' },
    { name: 'not all was taken', observation: [ring({ taken: 312 })], verdict: 'fail' },
    { name: 'the putter was left waiting', observation: [ring({ put: -1 })], verdict: 'fail' },
    { name: 'an error at the end', observation: [ring({ errors: ['ETIMEDOUT'] })], verdict: 'fail' },
    { name: 'a number before its slot', observation: [ring({}), ring({ wrong: 1 })], verdict: 'fail' },
    { name: 'nothing to put', observation: [ring({ numbers: 0, put: 0, taken: 0 })], verdict: 'broken' },
    {
      name: 'nothing to put into one of them',
      observation: [ring({}), ring({ numbers: 0, put: 0, taken: 0 })],
      verdict: 'broken',
    },
    { name: 'no ring', observation: [], verdict: 'broken' },
  ],
});

// A function: the proofs above are made while this module is being read.
function ring(changed: Partial<Ring>): Ring {
  return { slots: 1, numbers: 5000, put: 5000, taken: 5000, wrong: 0, errors: [], ...changed };
}
