import { spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { draftName, sweepDrafts } from './drafts.js';
import { prepareOutput, saveFile, writeWhole } from './save-file.js';
import { isSaved, rescueUnsaved } from './unsaved.js';

const test = suite<{ folder: string }>('saving files');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'f-'));
});
test.after.each(({ folder }) => {
  rescueUnsaved(folder);
  rmSync(folder, { recursive: true, force: true });
});

test('a directory that was removed while a run went on is made again', ({ folder }) => {
  const out = join(folder, 'out');
  prepareOutput(out);
  rmSync(out, { recursive: true });
  assert.ok(saveFile(join(out, 'report.json'), '{}'));
  rmSync(out, { recursive: true });
  prepareOutput(join(out, 'histories'));
  assert.ok(saveFile(join(out, 'histories', 'a.json'), '{}'));
  assert.equal(rescueUnsaved(folder), []);
});

test('what cannot be saved does not end the run: the data is kept elsewhere, and a sentence says where', ({
  folder,
}) => {
  const out = join(folder, 'out');
  prepareOutput(out);
  rmSync(out, { recursive: true });
  writeFileSync(out, 'in the way');
  prepareOutput(join(out, 'histories'));
  for (const content of ['first', 'last']) assert.not.ok(saveFile(join(out, 'report.json'), content));
  for (const name of ['report.html', 'report.md', 'junit.xml']) saveFile(join(out, name), name);
  assert.not.ok(isSaved(join(out, 'report.json')));
  const [told = '', where = '', ...more] = rescueUnsaved(folder);
  assert.match(
    told,
    /out\/report\.json, .*report\.html, .*report\.md and 1 more could not be written \((ENOTDIR: a part of the path is a file, not a directory|EEXIST)\)\./,
  );
  const kept =
    /^The results are in (.*\/report\.json) instead\. Draw them with 'ipcbench report .* --format html'\.$/.exec(
      where,
    )?.[1] ?? '';
  assert.is(readFileSync(kept, 'utf8'), 'last');
  assert.equal(more, []);
  assert.equal(rescueUnsaved(folder), [], 'told once');
});

test('what could not be saved once and could later is not told', ({ folder }) => {
  const path = join(folder, 'out', 'gate.json');
  writeFileSync(join(folder, 'out'), 'in the way');
  assert.not.ok(saveFile(path, 'first'));
  rmSync(join(folder, 'out'));
  assert.ok(saveFile(path, 'second'));
  assert.equal(rescueUnsaved(folder), []);
});

test('where there is no room at all, that is said', ({ folder }) => {
  writeFileSync(join(folder, 'out'), 'in the way');
  saveFile(join(folder, 'out', 'gate.json'), '{}');
  assert.match(
    rescueUnsaved(join(folder, 'absent'))[1] ?? '',
    /^They could not be saved in .*absent either \(ENOENT\)\. Make room/,
  );
});

test('a link laid out under a name that could be guessed is not followed', ({ folder }) => {
  const precious = join(folder, 'precious');
  writeFileSync(precious, 'kept');
  for (const name of [`.report.json.${process.pid}.draft`, 'report.json']) symlinkSync(precious, join(folder, name));
  writeWhole(join(folder, 'report.json'), '{}');
  assert.is(readFileSync(precious, 'utf8'), 'kept');
  assert.is(readFileSync(join(folder, 'report.json'), 'utf8'), '{}');
});

test('drafts of runs that were killed go with the next run; those of living ones, links and others stay', ({
  folder,
}) => {
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  const key = 'abcdef012345';
  const stays = [draftName('report.json', process.ppid, key), '.notes.draft', '.report.json.1x.draft', 'report.json'];
  const goes = [
    draftName('report.json', dead, key),
    `.gate.json.${dead}.draft`,
    draftName('report.html', process.pid, key),
    draftName('old.json', process.ppid, key),
  ];
  for (const name of [...stays, ...goes]) writeFileSync(join(folder, name), '');
  utimesSync(join(folder, goes[3] as string), 0, 0);
  const link = draftName('linked.json', dead, key);
  symlinkSync(join(folder, 'report.json'), join(folder, link));
  mkdirSync(join(folder, draftName('folder.json', dead, key)));
  sweepDrafts(folder);
  assert.equal(readdirSync(folder).sort(), [...stays, link, draftName('folder.json', dead, key)].sort());
});

test('pages that an earlier run drew go before the figures of a new one come; what is not ours stays', ({ folder }) => {
  const ours = [
    'report.html',
    'report.md',
    'junit.xml',
    'ping-pong-native-free-by-transport-64B.png',
    'report-placement.png',
    'report-native-same-cpu-latency-ratios.png',
  ];
  for (const name of ours) writeFileSync(join(folder, name), 'drawn by ipcbench');
  for (const name of ['notes.md', 'logo.png', 'gate.html']) writeFileSync(join(folder, name), 'ipcbench');
  saveFile(join(folder, 'report.json'), '{}');
  assert.equal(readdirSync(folder).sort(), ['gate.html', 'logo.png', 'notes.md', 'report.json']);
  // This run's own pages stay when its data is saved again.
  writeFileSync(join(folder, 'report.html'), 'drawn by ipcbench');
  saveFile(join(folder, 'report.json'), '{}');
  assert.ok(existsSync(join(folder, 'report.html')));
});

test('a junit.xml of another tool, and a link in place of a page, are not removed', ({ folder }) => {
  writeFileSync(join(folder, 'junit.xml'), '<testsuites name="jest"/>');
  writeFileSync(join(folder, 'elsewhere'), 'ipcbench');
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'report.html'));
  linkSync(join(folder, 'elsewhere'), join(folder, 'gate.md'));
  saveFile(join(folder, 'report.json'), '{}');
  assert.equal(readdirSync(folder).sort(), ['elsewhere', 'gate.md', 'junit.xml', 'report.html', 'report.json']);
});

test.run();
