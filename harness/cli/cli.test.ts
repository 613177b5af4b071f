import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PlannedCheckRun } from '../runner/perform-check-runs.js';
import { UserError } from '../user-error.js';
import { exitCodeOf, worstExitCode } from './exit-code.js';
import { nearestName, unknownName } from '../discovery/nearest.js';
import { parseCount, parseDuration, parsePlacements, parsePositiveDuration, parseSizes } from './parse-options.js';
import { formatLeft, makeProgress } from './progress.js';
import { addBench } from './commands/bench.js';
import { WARMUP_MS } from './profiles.js';
import { prepareOutput, saveFile, writeWhole } from '../saving/save-file.js';
import { selectNames, checkRunsAt } from '../discovery/select.js';

const messageOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    assert.instance(error, UserError);
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
};

test('sizes come as a list, without repeats', () => {
  assert.equal(parseSizes('64,4k, 64KiB,64'), [64, 4096, 65536]);
});

test('a size that is none says how sizes are written', () => {
  assert.match(
    messageOf(() => parseSizes('64,big')),
    /'big' is not a size.*4KiB/,
  );
  assert.match(
    messageOf(() => parseSizes('0')),
    /from 1 B to 16 MiB/,
  );
  assert.match(
    messageOf(() => parseSizes('17MiB')),
    /16 MiB/,
  );
  assert.match(
    messageOf(() => parseSizes(',')),
    /empty list/,
  );
});

test('durations take their unit from the text, then from the option', () => {
  assert.is(parseDuration('20', 'ms'), 20);
  assert.is(parseDuration('1.5s', 'ms'), 1500);
  assert.is(parseDuration('2m', 's'), 120_000);
  assert.is(parseDuration('250us', 'ms'), 0.25);
  assert.match(
    messageOf(() => parseDuration('soon', 's')),
    /not a duration/,
  );
  assert.match(
    messageOf(() => parsePositiveDuration('0', 's')),
    /no time to measure/,
  );
});

test('counts keep to their range', () => {
  assert.is(parseCount('12', '--launches', 1, 100), 12);
  for (const text of ['0', '101', '1.5', '-1', 'x', ''])
    assert.match(
      messageOf(() => parseCount(text, '--launches', 1, 100)),
      /--launches is a whole number from 1 to 100/,
    );
});

test('a misspelled name suggests the nearest, a foreign one none', () => {
  assert.is(nearestName('unix-steam', ['unix-stream', 'unix-dgram', 'pipe']), 'unix-stream');
  assert.is(nearestName('kafka', ['unix-stream', 'unix-dgram', 'fifo']), null);
  assert.is(
    unknownName('transport', 'pip', ['pipe'], "'ipcbench list transports'").message,
    "No transport is called 'pip'. Did you mean 'pipe'? ('ipcbench list transports')",
  );
  assert.match(
    messageOf(() => parsePlacements('same-cup')),
    /Did you mean 'same-cpu'/,
  );
});

test('a name selects itself or everything it begins at a border, and nothing by letters alone', () => {
  const known = ['unix-stream', 'unix-dgram', 'unixoid', 'pipe'];
  assert.equal(selectNames(['unix'], known, 'transport', ''), ['unix-stream', 'unix-dgram']);
  assert.equal(selectNames(['pipe', 'unix-dgram'], known, 'transport', ''), ['unix-dgram', 'pipe']);
  assert.equal(selectNames([], known, 'transport', ''), known);
  assert.match(
    messageOf(() => selectNames(['pi'], known, 'transport', 'list')),
    /No transport is called 'pi'/,
  );
});

test('where several exit codes hold, the order of the README decides', () => {
  assert.is(worstExitCode([0, 5, 1]), 1);
  assert.is(worstExitCode([1, 2]), 2);
  assert.is(worstExitCode([0, 6, 4, 3, 5]), 5);
  assert.is(worstExitCode([]), 0);
});

test('a failed check is 1, a broken one or a leak is 5, a skip is nothing', () => {
  const verdict = (kind: string, teardown = 'clean'): never => ({ verdict: kind, teardown }) as never;
  assert.is(exitCodeOf({ results: [], verdicts: [verdict('pass'), verdict('skip'), verdict('info')] }), 0);
  assert.is(exitCodeOf({ results: [], verdicts: [verdict('broken'), verdict('fail')] }), 1);
  assert.is(exitCodeOf({ results: [], verdicts: [verdict('broken')] }), 5);
  assert.is(exitCodeOf({ results: [], verdicts: [verdict('pass', 'unclean')] }), 5);
  assert.is(exitCodeOf({ results: [{ failures: [{}] } as never], verdicts: [] }), 5);
});

test('progress writes one growing log to a file and one line to a terminal, and not at every step', () => {
  let now = 0;
  const written: string[] = [];
  const file = makeProgress({ write: (text) => written.push(text) }, () => now);
  file.step('round 1', 61_000);
  now = 9_000;
  file.step('round 2', 50_000);
  now = 10_000;
  file.step('round 3', 49_000);
  file.done();
  assert.equal(written, ['round 1 · about 61 s left\n', 'round 3 · about 49 s left\n']);

  const shown: string[] = [];
  const terminal = makeProgress({ isTTY: true, columns: 12, write: (text) => shown.push(text) }, () => now);
  terminal.step('a long line that does not fit', null);
  terminal.done();
  assert.equal(shown, ['\r\u001b[2Ka long line', '\r\u001b[2K']);
});

test('each scale includes what the smaller one does, and nothing that asks for more', () => {
  const checkRuns = [
    { id: 'a/quick', quick: true },
    { id: 'a/usual', quick: false },
    { id: 'a/drastic', quick: false, thoroughOnly: true },
  ].map((check) => ({ check, module: '', subject: 'pipe' }) as unknown as PlannedCheckRun);
  const at = (scale: 'quick' | 'default' | 'thorough'): string[] =>
    checkRunsAt(scale, checkRuns).map(({ check }) => check.id);
  assert.equal(
    [at('quick'), at('default'), at('thorough')],
    [['a/quick'], ['a/quick', 'a/usual'], ['a/quick', 'a/usual', 'a/drastic']],
  );
});

test('the time left is never said to be over', () => {
  assert.equal([0, 1, 1001, 99_000, 150_000].map(formatLeft), [
    'about 1 s',
    'about 1 s',
    'about 2 s',
    'about 99 s',
    'about 3 min',
  ]);
});

test('progress does not hand on what steers a terminal', () => {
  const shown: string[] = [];
  makeProgress({ isTTY: true, columns: 80, write: (text) => shown.push(text) }, () => 0).step(
    'checking \u001b]0;owned\u0007',
    null,
  );
  assert.equal(shown, ['\r\u001b[2Kchecking \ufffd]0;owned\ufffd']);
});

test('help names the warm-ups that are used', () => {
  const program = new Command();
  addBench(program, {
    argv: [],
    stdout: process.stdout,
    stderr: process.stderr,
    workloads: [],
    settings: [],
    exit: () => undefined,
  });
  const help = (program.commands[0]?.helpInformation() ?? '').replace(/\s+/g, ' ');
  for (const [driver, ms] of Object.entries(WARMUP_MS)) assert.ok(help.includes(`${ms}ms ${driver}`), help);
});

test('a saved file is whole, and a failed save leaves neither a draft nor a stack trace', () => {
  const folder = mkdtempSync(join(tmpdir(), 's-'));
  try {
    saveFile(join(folder, 'report.json'), 'one');
    saveFile(join(folder, 'report.json'), 'two');
    assert.is(readFileSync(join(folder, 'report.json'), 'utf8'), 'two');
    assert.match(
      messageOf(() => writeWhole(join(folder, 'no', 'report.json'), 'x')),
      /cannot be written \(ENOENT\).*--out/,
    );
    writeFileSync(join(folder, 'file'), '');
    assert.match(
      messageOf(() => prepareOutput(join(folder, 'file', 'out'))),
      /cannot be written/,
    );
    assert.equal(readdirSync(folder).sort(), ['file', 'report.json']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
