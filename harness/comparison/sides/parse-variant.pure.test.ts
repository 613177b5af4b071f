import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../../user-error.js';
import { parseVariant, VARIANT_KEYS } from './parse-variant.js';

const test = suite('key=value of a variant');

const NOTHING = { transports: [], runtime: null, env: {}, wrap: [], git: null, report: null };

test('nothing is this installation as it is', () => {
  assert.equal(parseVariant('base', []), { side: 'base', settings: [], ...NOTHING });
});

test('every key is taken, values whole: with = in them, empty for a variable, words for a wrapper', () => {
  const settings = [
    'git=main',
    'build=npm ci && npm run build',
    'transport=dist/mine.js',
    'transport={tree}/other.js',
    'runtime=/opt/node',
    'env.A=x=y',
    'env._b2=',
    'wrap=taskset -c 2  nice\\ one',
  ];
  assert.equal(parseVariant('head', settings), {
    side: 'head',
    settings,
    transports: ['dist/mine.js', '{tree}/other.js'],
    runtime: '/opt/node',
    env: { A: 'x=y', _b2: '' },
    wrap: ['taskset', '-c', '2', 'nice one'],
    git: { ref: 'main', build: 'npm ci && npm run build' },
    report: null,
  });
  assert.is(parseVariant('a', ['report=r.json']).report, 'r.json');
});

test('a variable that is known, and one that is another word, is taken', () => {
  for (const name of [
    'LD_PRELOAD',
    'LD_BIND_NOT',
    'LD_BIND_NOW',
    'NODE_PATH',
    'PATH',
    'HOME',
    'MINE',
    'LD_MINE',
    'SPIN_NS',
  ])
    assert.equal(parseVariant('base', [`env.${name}=1`]).env, { [name]: '1' });
});

test('{tree} alone is enough to make a checkout matter', () => {
  assert.equal(parseVariant('base', ['git=v1', 'env.LD_LIBRARY_PATH={tree}/lib']).git, { ref: 'v1', build: null });
});

const refusals: readonly (readonly [settings: readonly string[], sentence: RegExp])[] = [
  [['main'], /^--base takes key=value, not 'main'\. Keys: transport, runtime/],
  [
    ['env.LD_PRELOD=/a.so'],
    /^--base env\.LD_PRELOD= looks like a typo of env\.LD_PRELOAD=: no known program reads it\. Correct it; .* wrap="env LD_PRELOD=…"\.$/,
  ],
  [['env.LD_LIBRARY_PTAH=/lib'], /looks like a typo of env\.LD_LIBRARY_PATH=/],
  [['env.NODE_OPTION=--jitless'], /looks like a typo of env\.NODE_OPTIONS=/],
  [['env.ld_preload=/a.so'], /looks like a typo of env\.LD_PRELOAD=/],
  [['=main'], /^--base takes key=value, not '=main'/],
  [['runtme=node'], /No key of --base is called 'runtme'\. Did you mean 'runtime'\? \(--base takes /],
  [['env=A'], /No key of --base is called 'env'/],
  [['env.2=A'], /No key of --base is called 'env\.2'/],
  [['env.=A'], /No key of --base is called 'env\.'/],
  [['git='], /^--base git= has no value\. Give it one, or leave it out\.$/],
  [['runtime=a', 'runtime=b'], /^--base was given runtime= twice/],
  [['env.A=1', 'env.A=2'], /^--base was given env\.A= twice/],
  [['build=make'], /^--base build= needs git=/],
  [['git=main'], /^--base git=main has no effect by itself\. Name what is used from it: transport=/],
  [['git=main', 'build=make {tree}'], /^--base git=main has no effect by itself/],
  [
    ['report=r.json', 'env.A=1', 'wrap=nice'],
    /^--base report= is a recorded measurement, .*Leave out env\.A=1 and wrap=nice\.$/,
  ],
];

for (const [settings, sentence] of refusals) {
  test(`${settings.join(' ')} is refused in a sentence`, () => {
    assert.throws(
      () => parseVariant('base', settings),
      (error: unknown) => {
        assert.ok(error instanceof UserError);
        assert.match(error.message, sentence);
        assert.is(error.exitCode, 2);
        return true;
      },
    );
  });
}

test('a variable that is called NAME is one like any other', () => {
  assert.equal(parseVariant('base', ['env.NAME=A']).env, { NAME: 'A' });
});

test('each key says what it is for', () => {
  for (const use of Object.values(VARIANT_KEYS)) assert.ok(use.length > 20);
});

test.run();
