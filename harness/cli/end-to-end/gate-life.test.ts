// test-deadline-s: 300
import { appendFileSync, chmodSync, existsSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compileSpin } from '../../../ci/dev/study/power.js';
import { emptyReport, oneCaseReport } from '../../../reports/golden/report-fixture.js';
import {
  clearGround,
  coreTransport,
  gateIn,
  makeGround,
  makeRepository,
  nodeTransport,
  nothingIsLeft,
  runToEnd,
  SMALL,
  start,
  worktreesOf,
  type Ground,
} from './gate-ground.fixture.js';
import { isPeer, untilProcess } from './marked-processes.js';

const test = suite<Ground>('the life of a gate');

let library = '';
let built: Ground;
test.before(async () => {
  built = await makeGround();
  library = await compileSpin(built.folder);
});
test.after(() => clearGround(built));
test.before.each(async (context) => {
  Object.assign(context, await makeGround());
});
test.after.each(clearGround);

const gate = (...args: readonly string[]): string[] => ['gate', ...args, ...SMALL];
/**
 * Both ends of each round trip wait 50 us longer: several times what it takes otherwise, however loaded the machine is.
 */
const slow = (side: 'base' | 'head'): string[] => [
  `--${side}`,
  `env.LD_PRELOAD=${library}`,
  `--${side}`,
  'env.SPIN_NS=50000',
];
const plain = (side: 'base' | 'head'): string[] => [`--${side}`, `env.LD_PRELOAD=${library}`];
/** A peer of a window that does not end by itself. */
const ENDLESS = ['gate', '--effort', 'quick', '--checks', 'none', '--workload', 'ping-pong', '--duration', '60s'];

/** A wrapper that is a file, since words of wrap= are cut at blanks. */
const wrapper = ({ cwd }: Ground, name: string, text: string): string => {
  const path = join(cwd, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
};

test(
  'the same on both sides: open, exit 0, every rendering drawn, ' + 'and --json prints what the file holds',
  async (ground) => {
    const result = await runToEnd(ground, gate('unix-stream', '--json'));
    assert.is(result.exitCode, 0, result.stderr);
    const found = gateIn(ground);
    assert.equal(
      JSON.parse(result.stdout),
      JSON.parse(readFileSync(join(ground.cwd, 'ipcbench-gate', 'gate.json'), 'utf8')),
    );
    assert.equal(
      [found.status, found.isSameVariant, found.exitCode, found.method],
      ['complete', true, 0, 'interleaved'],
    );
    for (const file of ['gate.html', 'gate.md', 'gate.junit.xml'])
      assert.ok(existsSync(join(ground.cwd, 'ipcbench-gate', file)), file);
  },
);

test('env.NAME and wrap= reach the peers of their side, and no other', async (ground) => {
  const seen = join(ground.cwd, 'seen');
  const wrap = wrapper(ground, 'wrap', `echo "$GATE_SIDE $GATE_COMMON" >> ${seen}\nexec "$@"`);
  const result = await runToEnd(
    ground,
    gate(
      'pipe',
      '--base',
      `wrap=${wrap}`,
      '--base',
      'env.GATE_SIDE=base',
      '--head',
      `wrap=${wrap}`,
      '--head',
      'env.GATE_SIDE=head',
      '--head',
      'env.GATE_COMMON=a=b c',
    ),
  );
  assert.is(result.exitCode, 0, result.stderr);
  const lines = readFileSync(seen, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => line.trim());
  const count = (text: string): number => lines.filter((line) => line === text).length;
  // Two peers a launch; what proves the wrapper runs it once without the variables.
  assert.is(count('base'), count('head a=b c'));
  assert.ok(count('base') >= 2 * 23);
  assert.equal([...new Set(lines)].sort(), ['', 'base', 'head a=b c']);
});

test(
  'two refs of the module that lies here: each side has its ' + 'own, and nothing of a checkout is left',
  async (ground) => {
    await makeRepository(ground, ['one', 'two']);
    const result = await runToEnd(
      ground,
      gate(
        '--base',
        'git=one',
        '--base',
        'build=test -f dist/mine.mjs',
        '--base',
        'transport=dist/mine.mjs',
        '--head',
        'git=two',
        '--head',
        'transport={tree}/dist/mine.mjs',
      ),
    );
    assert.is(result.exitCode, 0, result.stderr);
    const { base, head, comparisons, isSameVariant } = gateIn(ground);
    assert.match(base.resolved.join('\n'), /^git one is commit [0-9a-f]{12}\ntransport mine, one file [0-9a-f]{12}$/);
    assert.match(head.resolved.join('\n'), /^git two is commit [0-9a-f]{12}\ntransport mine, one file [0-9a-f]{12}$/);
    assert.equal(
      base.resolved.filter((line) => head.resolved.includes(line)),
      [],
    );
    assert.is(isSameVariant, false);
    assert.ok(comparisons.every((one) => one.caseId === 'mine/native/ping-pong/64B/same-cpu'));
    assert.is(await worktreesOf(ground), 1);
  },
);

test('a head that is worse beyond doubt closes it: exit 1', async (ground) => {
  const result = await runToEnd(ground, gate('unix-stream', ...plain('base'), ...slow('head')));
  assert.is(result.exitCode, 1, result.stderr);
  const time = gateIn(ground).comparisons.find((one) => one.metric === 'round-trip');
  assert.equal([time?.verdict, time?.measurements.length], ['regressed', 2]);
});

test('better beyond two thirds of the budget is 0, and 6 where asked', async (ground) => {
  const result = await runToEnd(
    ground,
    gate('unix-stream', ...slow('base'), ...plain('head'), '--fail-on', 'improved'),
  );
  assert.is(result.exitCode, 6, result.stderr);
  assert.match(result.stdout.replace(/\s+/g, ' '), /base is out of date/);
});

test('too little time to say anything is 0, and 4 where asked', async (ground) => {
  const args = gate('unix-stream', ...plain('base'), ...slow('head'), '--time-budget', '100ms');
  assert.is((await runToEnd(ground, args)).exitCode, 0);
  const asked = await runToEnd(ground, [...args, '--fail-on', 'inconclusive']);
  assert.is(asked.exitCode, 4, asked.stderr);
  assert.equal(
    [
      gateIn(ground).verdict,
      gateIn(ground)
        .warnings.map((one) => one.code)
        .includes('cut-off'),
    ],
    ['inconclusive', true],
  );
});

test('a head whose launches break is 5, given up after three', async (ground) => {
  const wrap = wrapper(ground, 'wrap', 'case "$1" in sh) exec "$@" ;; *) echo "no peer today" >&2; exit 9 ;; esac');
  const result = await runToEnd(ground, gate('unix-stream', 'pipe', '--head', `wrap=${wrap}`));
  assert.is(result.exitCode, 5, result.stderr);
  assert.match(
    result.stdout.replace(/\s+/g, ' '),
    /pipe\/native\/ping-pong\/64B\/same-cpu failed on head in 3 launches: .*no peer today/,
  );
});

test(
  'a promise that base keeps and head does not closes it, however ' + 'fast head is; one that neither keeps is told',
  async (ground) => {
    for (const payload of ['kept', 'flips'] as const)
      writeFileSync(join(ground.cwd, `${payload}.mjs`), nodeTransport('mine', payload));
    // A single pair, as it is the checks that decide.
    const args = (base: string): string[] => [
      'gate',
      '--workload',
      'ping-pong',
      '--effort',
      'quick',
      '--time-budget',
      '100ms',
      '--base',
      `transport=./${base}.mjs`,
      '--head',
      'transport=./flips.mjs',
    ];
    const broken = await runToEnd(ground, args('kept'));
    assert.is(broken.exitCode, 1, broken.stderr);
    assert.equal(
      gateIn(ground).verdictChanges.map((one) => [one.id, one.base, one.head, one.isWorse]),
      [['mine/integrity/position-keyed', 'pass', 'fail', true]],
    );
    const both = await runToEnd(ground, args('flips'));
    assert.is(both.exitCode, 0, both.stderr);
    assert.equal(gateIn(ground).verdictChanges, []);
    assert.match(
      gateIn(ground)
        .warnings.map((one) => one.message)
        .join(),
      /One check fails or is undecided on both base and head, .*: mine\/integrity\/position-keyed\./,
    );
  },
);

for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(
    `${signal} while a pair runs: ${exitCode}, the file says so, ` + `nothing is left, the worktree neither`,
    async (ground) => {
      await makeRepository(ground, ['one']);
      const run = start(ground, [
        ...ENDLESS,
        '--base',
        'git=one',
        '--base',
        'transport=dist/mine.mjs',
        '--head',
        'transport=./dist/mine.mjs',
      ]);
      await untilProcess(ground.mark, isPeer);
      run.kill(signal);
      const result = await run;
      assert.is(result.exitCode, exitCode, result.stderr);
      assert.match(
        result.stderr,
        new RegExp(`^Interrupted by ${signal}\\. The results are in ipcbench-gate/gate\\.json\\.$`, 'm'),
      );
      await nothingIsLeft(ground);
      assert.is(await worktreesOf(ground), 1);
      const found = gateIn(ground);
      assert.equal([found.status, found.verdict, found.exitCode], ['interrupted', 'inconclusive', exitCode]);
    },
  );
}

test('SIGTERM while a base is built: 143, and what the build started is gone', async (ground) => {
  await makeRepository(ground, ['one']);
  const run = start(ground, [
    ...ENDLESS,
    '--base',
    'git=one',
    '--base',
    'build=sleep 600; true',
    '--base',
    'transport=dist/mine.mjs',
    '--head',
    'transport=./dist/mine.mjs',
  ]);
  await untilProcess(ground.mark, ({ command }) => command.startsWith('sleep 600'));
  run.kill('SIGTERM');
  const { exitCode, stderr } = await run;
  assert.equal([exitCode, stderr.split('\n').at(-1)], [143, 'Interrupted by SIGTERM. Nothing was measured.']);
  await nothingIsLeft(ground);
  assert.is(await worktreesOf(ground), 1);
});

test(
  'a killed gate leaves a worktree that does not hinder the next, and goes with it; its file says neither open ' +
    'nor closed',
  async (ground) => {
    await makeRepository(ground, ['one']);
    const args = ['--base', 'git=one', '--base', 'transport=dist/mine.mjs', '--head', 'transport=./dist/mine.mjs'];
    const run = start(ground, [...ENDLESS, ...args]);
    await untilProcess(ground.mark, isPeer);
    run.kill('SIGKILL');
    await run;
    assert.is(await worktreesOf(ground), 2);
    const next = await runToEnd(ground, gate(...args));
    assert.is(next.exitCode, 0, next.stderr);
    assert.is(await worktreesOf(ground), 1);
  },
);

test('a wrapper that stays between the harness and its peer is no way to outlive an interruption', async (ground) => {
  const wrap = wrapper(ground, 'wrap', '"$@"; exit $?');
  const run = start(ground, [...ENDLESS, 'unix-stream', '--head', `wrap=${wrap}`, '--base', `wrap=${wrap}`]);
  await untilProcess(ground.mark, ({ command }) => /^\S*ipcbench-peer (?!end-marked)/.test(command));
  run.kill('SIGINT');
  assert.is((await run).exitCode, 130);
  // The harness is not the peer's parent here, so it sees the end of its channel and not that of the process.
  await nothingIsLeft(ground, 1000);
});

test(
  'two gates at once, in one repository, neither disturb each ' + 'other nor remove what the other holds',
  async (ground) => {
    await makeRepository(ground, ['one']);
    const args = gate('--base', 'git=one', '--base', 'transport=dist/mine.mjs', '--head', 'transport=./dist/mine.mjs');
    const runs = await Promise.all(['o1', 'o2'].map((out) => start(ground, [...args, '--out', out])));
    for (const run of runs) assert.is(run.exitCode, 0, run.stderr);
    assert.equal(
      ['o1', 'o2'].map((out) => gateIn(ground, out).status),
      ['complete', 'complete'],
    );
    await nothingIsLeft(ground);
    assert.is(await worktreesOf(ground), 1);
  },
);

test(
  'compare shows the same figures and closes nothing; of two reports ' +
    'it says that they were recorded at different times',
  async (ground) => {
    const live = await runToEnd(ground, [
      'compare',
      'unix-stream',
      '--a',
      `env.LD_PRELOAD=${library}`,
      '--b',
      `env.LD_PRELOAD=${library}`,
      '--b',
      'env.SPIN_NS=50000',
      ...SMALL,
    ]);
    assert.is(live.exitCode, 0, live.stderr);
    assert.equal([gateIn(ground).kind, gateIn(ground).verdict], ['compare', 'regressed']);
    for (const name of ['a.json', 'b.json'])
      writeFileSync(join(ground.cwd, name), JSON.stringify({ ...emptyReport(), ...oneCaseReport() }));
    const recorded = await runToEnd(ground, ['compare', 'a.json', 'b.json', '--out', 'recorded']);
    assert.is(recorded.exitCode, 0, recorded.stderr);
    assert.equal([gateIn(ground, 'recorded').method, gateIn(ground, 'recorded').isSameVariant], ['reports', false]);
    assert.match(recorded.stdout, /recorded at different times/);
  },
);

test('a baseline: none, recorded, held to, never replaced by a failure, appended to', async (ground) => {
  writeFileSync(join(ground.cwd, 'mine.mjs'), coreTransport('mine'));
  const args = (...more: readonly string[]): string[] =>
    gate('--transport', './mine.mjs', '--baseline', 'b', '--head', `env.LD_PRELOAD=${library}`, ...more);
  const file = (): string => readFileSync(join(ground.cwd, 'b', readdirSync(join(ground.cwd, 'b'))[0] ?? ''), 'utf8');

  const none = await runToEnd(ground, args());
  assert.is(none.exitCode, 3, none.stderr);
  assert.match(
    none.stderr,
    /^There is no baseline of this machine in b \(expected b\/[0-9a-f]{16}\.jsonl\)\. Record one with --update from code that is known to be good\.$/m,
  );
  assert.not.ok(existsSync(join(ground.cwd, 'b')));

  const first = await runToEnd(ground, args('--update'));
  assert.is(first.exitCode, 0, first.stderr);
  assert.match(first.stdout, /Recorded \d+ comparisons as number 1 in b\/[0-9a-f]{16}\.jsonl\./);
  const recorded = file();
  assert.is(recorded.split('\n').length, 2);

  // What the two records say of each other is the machine's: no figure is held to here, but that the same code does not
  // close it.
  const same = await runToEnd(ground, args('--budget', '100%'));
  assert.is(same.exitCode, 0, same.stderr);
  assert.is(file(), recorded);
  assert.equal([gateIn(ground).method, gateIn(ground).isSameVariant], ['baseline', false]);
  assert.match(gateIn(ground).base.resolved.join(), /^1 record, the last of /);

  const worse = await runToEnd(ground, args('--head', 'env.SPIN_NS=50000', '--update'));
  assert.is(worse.exitCode, 1, worse.stderr);
  assert.match(worse.stdout, /The baseline is unchanged: a failed run is never recorded\./);
  assert.is(file(), recorded);

  appendFileSync(join(ground.cwd, 'b', readdirSync(join(ground.cwd, 'b'))[0] ?? ''), '{"schema":"ipcbench-base');
  const again = await runToEnd(ground, args('--budget', '100%', '--update'));
  assert.is(again.exitCode, 0, again.stderr);
  assert.match(again.stdout, /truncated/);
  assert.match(again.stdout, /Recorded \d+ comparisons as number 2 in /);
  assert.match(
    again.stdout,
    /mine\/native\/ping-pong\/64B\/same-cpu#round-trip: [+−][\d.]+ % compared with the last record\./,
  );
  assert.ok(file().startsWith(recorded));
  assert.is(file().split('\n').length, 3);
});

test(
  'a baseline that is damaged is told with its line, one of ' + 'another machine with the way to see it',
  async (ground) => {
    writeFileSync(join(ground.cwd, 'mine.mjs'), coreTransport('mine'));
    const args = (...more: readonly string[]): string[] =>
      gate('--transport', './mine.mjs', '--baseline', 'b', ...more);
    assert.is((await runToEnd(ground, args('--update'))).exitCode, 0);
    const [name = ''] = readdirSync(join(ground.cwd, 'b'));
    const path = join(ground.cwd, 'b', name);
    const text = readFileSync(path, 'utf8');
    // A machine is known by its fingerprint, which is in each record and names the file.
    const other = '0'.repeat(16);
    writeFileSync(join(ground.cwd, 'b', `${other}.jsonl`), text.replaceAll(name.replace('.jsonl', ''), other));
    writeFileSync(path, `${text}half a line\n${text}`);
    const damaged = await runToEnd(ground, args());
    assert.is(damaged.exitCode, 2);
    assert.match(
      damaged.stderr,
      new RegExp(
        `^b/${name}, line 2, is not a record\\. Restore the file from version control, or remove that line\\.$`,
        'm',
      ),
    );

    unlinkSync(path);
    const foreign = await runToEnd(ground, args());
    assert.is(foreign.exitCode, 3);
    assert.match(foreign.stderr, /There is one of other machines; --other-machine compares with the newest of them/);
    const shown = await runToEnd(
      ground,
      args('--other-machine', '--head', `env.LD_PRELOAD=${library}`, '--head', 'env.SPIN_NS=50000'),
    );
    assert.match(shown.stdout.replace(/\s+/g, ' '), /recorded on another machine/);
    assert.not.equal(shown.exitCode, 1);
  },
);

test.run();
