import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Report } from '../model/index.js';
import { makeReportSaver } from './report-saver.js';

function savesWithin(ms: number, costMs: number): number {
  let now = 0;
  let saves = 0;
  const saver = makeReportSaver(
    null,
    () => {
      saves += 1;
      now += costMs;
      return {} as Report;
    },
    () => now,
  );
  while (now < ms) {
    saver.saveIfDue();
    now += 10;
  }
  return saves;
}

test('a report is saved about once a second', () => {
  assert.ok(savesWithin(60_000, 1) >= 58);
  assert.ok(savesWithin(60_000, 1) <= 61);
});

test('a save that takes long comes more seldom: saving takes at most a twenty-fifth of the time', () => {
  for (const costMs of [100, 400, 1000])
    assert.ok(savesWithin(600_000, costMs) * costMs <= 600_000 * 0.045, `${costMs} ms`);
});

test('the last state is always saved, and is what is handed back', () => {
  const directory = mkdtempSync(join(tmpdir(), 'saver-'));
  try {
    let launches = 0;
    const saver = makeReportSaver(directory, () => ({ seed: launches }) as Report);
    saver.saveIfDue();
    launches = 5;
    saver.saveIfDue();
    assert.is((JSON.parse(readFileSync(join(directory, 'report.json'), 'utf8')) as Report).seed, 0);
    const last = saver.save();
    assert.equal(JSON.parse(readFileSync(join(directory, 'report.json'), 'utf8')), last);
    assert.is(last.seed, 5);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test.run();
