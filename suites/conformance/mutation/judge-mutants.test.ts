import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeMutants } from './judge-mutants.js';

const module = `export const one = defineProcedure({
    observe: (trial) => trial.count > 3,
    judge: ({ count, name }) => judgeExpected({
        'the count': [count > 3, true],
        name: [name, 'x'],
    }, 'fail'),
    proofs: [
        { name: 'good', observation: { count: 4 > 3 } },
    ],
});
export const two = defineProcedure({
    judge(seen) {
        return answerTo(seen);
    },
    proofs: [sample(2 > 1)],
});
function answerTo(seen) {
    return few(seen) ? broken : pass;
}
const few = (seen) => seen.length === 0;
const sample = (value) => value !== 1;
`;

test('only judges and what they call are made wrong', () => {
  assert.equal(
    [...new Set(judgeMutants(module).map((mutant) => mutant.line))].sort((a, b) => a - b),
    [4, 5, 20],
  );
});

test('a line that holds something against something is left out, once each', () => {
  const leftOut = judgeMutants(module).filter(({ change }) => change === 'line left out');
  assert.equal(
    leftOut.map(({ line }) => line),
    [4, 5],
  );
  assert.not.match(leftOut[0]?.source ?? '', /the count/);
  assert.match(leftOut[0]?.source ?? '', /name: \[name, 'x'\]/);
});

test.run();
