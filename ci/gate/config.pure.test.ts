import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig, parseShare, UnknownKey } from './config.js';

const test = suite('ipcbench.config.json');

const gate = (said: unknown): string => JSON.stringify({ gate: said });

test('everything it may say is taken', () => {
  const said = {
    transports: ['./dist/mine.js'],
    workload: 'ping-pong',
    size: '64,4KiB',
    placement: 'same-cpu',
    driver: 'js',
    effort: 'thorough',
    timeBudget: '2m',
    failOn: ['inconclusive', 'improved'],
    checks: 'quick',
    baseline: 'baselines',
    budget: '5%',
    rules: [
      { select: '*#cpu', budget: 0.03 },
      { select: '*#p99', gated: true },
    ],
  };
  assert.equal(parseConfig(gate(said)), { ...said, budget: 0.05 });
  assert.equal(parseConfig(gate({})), {});
});

const refusals: readonly (readonly [what: string, text: string, sentence: RegExp])[] = [
  ['no JSON', '{ "gate": ', /^is not valid JSON \(/],
  ['an array', '[]', /^is missing the required key 'gate'$/],
  ['a text', '"5%"', /^has the wrong form: expected an object, got "5%"; for example \{ "gate"/],
  ['nothing', '{}', /^is missing the required key 'gate/],
  [
    'a budget of 0',
    gate({ budget: 0 }),
    /^has a wrong value for 'gate\.budget': '0' is not a budget\. Write it like 5% or 0\.05/,
  ],
  [
    'a budget of 0 %',
    gate({ rules: [{ select: '*', budget: '0%' }] }),
    /^has a wrong value for 'gate\.rules\.0\.budget': '0%' is not a budget/,
  ],
  ['a budget below nothing', gate({ budget: -0.05 }), /'-0.05' is not a budget/],
  [
    'a budget of 500 %',
    gate({ budget: '500%' }),
    /^has a wrong value for 'gate\.budget': a budget of 500 % would let everything pass/,
  ],
  [
    'a budget of 5 where 5 % is meant',
    gate({ budget: 5 }),
    /^has a wrong value for 'gate\.budget': a budget of 500 % .*'5%'/,
  ],
  ['a word for a budget', gate({ budget: 'much' }), /'much' is not a budget/],
  ['true for a budget', gate({ budget: true }), /^has a wrong value for 'gate\.budget': expected a number .*true$/],
  ['a word for a list', gate({ transports: 'pipe' }), /^has a wrong value for 'gate\.transports': .*list.*"pipe"/],
  ['a list for a word', gate({ workload: ['ping-pong'] }), /^has a wrong value for 'gate\.workload': .*text/],
  [
    'an unknown effort',
    gate({ effort: 'fast' }),
    /^has a wrong value for 'gate\.effort': .*"quick".*"default".*"thorough".*"fast"/,
  ],
  [
    'an unknown reason to fail',
    gate({ failOn: ['worse'] }),
    /^has a wrong value for 'gate\.failOn\.0': .*"inconclusive".*"worse"/,
  ],
  ['an empty text', gate({ size: '' }), /^has a wrong value for 'gate\.size': .*empty/],
  [
    'a rule without a selector',
    gate({ rules: [{ budget: '5%' }] }),
    /^is missing the required key 'gate\.rules\.0\.select/,
  ],
  [
    'a rule that says nothing',
    gate({ rules: [{ select: '*' }] }),
    /^has a wrong value for 'gate\.rules\.0': .*budget.*gated/,
  ],
];

for (const [what, text, sentence] of refusals) {
  test(`${what} is told in a sentence`, () => {
    assert.throws(
      () => parseConfig(text),
      (error: Error) => {
        assert.match(error.message, sentence);
        assert.not.match(error.message, /Invalid|Expected|\n/);
        return true;
      },
    );
  });
}

const unknown: readonly (readonly [text: string, key: string, where: string])[] = [
  [gate({ effrot: 'quick' }), 'effrot', "'gate'"],
  [gate({ rules: [{ select: '*', bugdet: 0.1 }] }), 'bugdet', 'A rule'],
  [JSON.stringify({ gate: {}, bench: {} }), 'bench', 'It'],
];

for (const [text, key, where] of unknown) {
  test(`the unknown key ${key} is named with where it stands and what is known there`, () => {
    assert.throws(
      () => parseConfig(text),
      (error: unknown) =>
        error instanceof UnknownKey && error.key === key && error.where === where && error.known.length > 0,
    );
  });
}

test('a share is written in two ways', () => {
  assert.equal(['5%', '5 %', ' 2.5% ', '0.05', 0.05, '100%'].map(parseShare), [0.05, 0.05, 0.025, 0.05, 0.05, 1]);
  for (const wrong of ['', '%', '5%%', '-5%', '5e-2', 'NaN', Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => parseShare(wrong), /is not a budget/);
});

test.run();
