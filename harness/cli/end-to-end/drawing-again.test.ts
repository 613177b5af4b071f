import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hostileGate, plausibleGate } from '../../../reports/golden/gate-fixture.js';
import { plausibleReport } from '../../../reports/golden/report-fixture.js';
import { renderGate, renderGateTerminal } from '../../../reports/render-gate.js';
import { runCli } from './run-cli.js';

const test = suite<{ folder: string }>('drawing again');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'ipcbench-draw-'));
});

test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

test('everything that a gate writes can be drawn from its gate.json alone', async ({ folder }) => {
  writeFileSync(join(folder, 'gate.json'), JSON.stringify(plausibleGate()));
  const result = await runCli([
    'report',
    join(folder, 'gate.json'),
    '--format',
    'html,markdown,junit,benchfmt,bmf,openmetrics,otava,annotations,benchmark-action',
  ]);
  assert.is(result.exitCode, 0, result.stderr);
  const files = renderGate(plausibleGate());
  assert.equal(readdirSync(folder).sort(), ['gate.json', ...files.map((file) => file.name)].sort());
  for (const { name, content } of files) assert.is(readFileSync(join(folder, name), 'utf8'), content, name);
});

test('a gate is told apart by what it says of itself, not by its name', async ({ folder }) => {
  writeFileSync(join(folder, 'monday.json'), JSON.stringify(plausibleGate()));
  const drawn = await runCli(['report', join(folder, 'monday.json'), '--format', 'benchfmt,markdown']);
  assert.is(drawn.exitCode, 0, drawn.stderr);
  assert.equal(readdirSync(folder).sort(), ['monday.base.txt', 'monday.head.txt', 'monday.json', 'monday.md']);
  const printed = await runCli(['report', join(folder, 'monday.json')]);
  assert.is(printed.stdout.trim(), renderGateTerminal(plausibleGate(), { color: false, width: 100 }).trim());
  assert.is(printed.exitCode, 0, 'what it says is about then: drawing it again decides nothing');
});

test('a report is drawn in the formats that other programs read', async ({ folder }) => {
  writeFileSync(join(folder, 'report.json'), JSON.stringify(plausibleReport()));
  const result = await runCli([
    'report',
    join(folder, 'report.json'),
    '--format',
    'benchfmt,bmf,openmetrics,otava',
    '--out',
    join(folder, 'out'),
  ]);
  assert.is(result.exitCode, 0, result.stderr);
  assert.equal(readdirSync(join(folder, 'out')).sort(), [
    'report.bmf.json',
    'report.openmetrics.txt',
    'report.otava.csv',
    'report.txt',
  ]);
});

test('a format that a report does not have is refused before anything is written', async ({ folder }) => {
  writeFileSync(join(folder, 'report.json'), JSON.stringify(plausibleReport()));
  const result = await runCli(['report', join(folder, 'report.json'), '--format', 'html,benchmark-action']);
  assert.is(result.exitCode, 2);
  assert.match(
    result.stderr,
    /report\.json is a report, but 'benchmark-action' can be drawn only from a gate\.json\. Leave it out/,
  );
  assert.equal(readdirSync(folder), ['report.json']);
});

for (const [what, formats, at] of [
  ['pages', 'html', ['a', 'b']],
  ['images', 'png', ['a', 'b']],
  ['one report twice', 'markdown', ['a', 'a']],
] as const) {
  test(`${what} that would be drawn over each other are refused before anything is written`, async ({ folder }) => {
    for (const name of new Set(at)) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'report.json'), JSON.stringify(plausibleReport()));
    }
    const result = await runCli([
      'report',
      ...at.map((name) => join(folder, name, 'report.json')),
      '--format',
      formats,
      '--out',
      join(folder, 'out'),
    ]);
    assert.is(result.exitCode, 2);
    assert.match(
      result.stderr,
      /a\/report\.json and .*report\.json would both be written to .*Draw them separately, each with its own --out\./,
    );
    assert.not.ok(existsSync(join(folder, 'out')));
  });
}

test('two reports are drawn beside themselves, and two of unlike names into one directory', async ({ folder }) => {
  for (const name of ['a', 'b']) writeFileSync(join(folder, `${name}.json`), JSON.stringify(plausibleReport()));
  const result = await runCli([
    'report',
    join(folder, 'a.json'),
    join(folder, 'b.json'),
    '--format',
    'markdown',
    '--out',
    join(folder, 'out'),
  ]);
  assert.is(result.exitCode, 0, result.stderr);
  assert.equal(readdirSync(join(folder, 'out')).sort(), ['a.md', 'b.md']);
});

for (const [what, text, sentence] of [
  [
    'cut short',
    '{"schema":"ipcbench-gate","version":1,',
    /The gate is cut short after 38 characters\. Run 'ipcbench gate'/,
  ],
  ['empty', '', /The gate is empty\. Run 'ipcbench gate'/],
  ['a picture', '\u0089PNG\u0000', /The gate is not text.*Run 'ipcbench gate'/],
] as const) {
  test(`a gate.json that is ${what} advises the command that writes gates`, async ({ folder }) => {
    writeFileSync(join(folder, 'gate.json'), text);
    const result = await runCli(['report', join(folder, 'gate.json')]);
    assert.is(result.exitCode, 2);
    assert.match(result.stderr, sentence);
  });
}

test('a gate.json that is cut short is told in words of its own', async ({ folder }) => {
  writeFileSync(join(folder, 'gate.json'), '{"schema":"ipcbench-gate","version":1}');
  const result = await runCli(['report', join(folder, 'gate.json')]);
  assert.is(result.exitCode, 2);
  assert.match(result.stderr, /gate\.json: The gate's field .* Run 'ipcbench gate' to measure again/);
});

test('a hostile gate steers neither the terminal nor the file names', async ({ folder }) => {
  writeFileSync(join(folder, 'gate.json'), JSON.stringify(hostileGate()));
  const result = await runCli(['report', join(folder, 'gate.json'), '--format', 'terminal,html,benchfmt']);
  assert.is(result.exitCode, 0, result.stderr);
  assert.not.match(result.stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  assert.equal(readdirSync(folder).sort(), ['base.txt', 'gate.html', 'gate.json', 'head.txt']);
});

test.run();
