import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertGolden } from '../golden/assert-golden.js';
import {
  emptyReport,
  hostileReport,
  oneCaseReport,
  plausibleReport,
  singleLaunchReport,
  verdictsOnlyReport,
} from '../golden/report-fixture.js';
import { selfTestReport } from '../golden/self-test-fixture.js';
import { renderTerminal } from './render-terminal.js';

const plain = { color: false, width: 80 };
const escapeCodes = /\u001b\[\d+m/g;

test('the summary at 80 columns is the one that was approved', () => {
  assertGolden(
    'terminal-80.txt',
    renderTerminal(plausibleReport(), {
      ...plain,
      files: [
        { name: 'report', path: 'ipcbench-report/report.json' },
        { name: 'page', path: 'ipcbench-report/report.html' },
      ],
    }),
  );
});

test('a run that has only begun says so', () => {
  assertGolden('terminal-empty.txt', renderTerminal(emptyReport(), plain));
});

test('one case alone is neither fastest nor slowest', () => {
  assertGolden('terminal-one-case.txt', renderTerminal(oneCaseReport(), plain));
});

test('without intervals nothing is ranked', () => {
  const text = renderTerminal(singleLaunchReport(), plain);
  assertGolden('terminal-single-launch.txt', text);
  assert.not.match(text, /^\* |~ |±\d/m);
});

test('a self-test is a summary too', () => {
  assertGolden('terminal-self-test.txt', renderTerminal(selfTestReport(), plain));
});

test('verdicts alone are a summary too', () => {
  assertGolden('terminal-verdicts.txt', renderTerminal(verdictsOnlyReport(), plain));
});

test('colours add no character and no meaning', () => {
  const coloured = renderTerminal(plausibleReport(), { ...plain, color: true });
  assert.match(coloured, escapeCodes);
  assert.is(coloured.replace(escapeCodes, ''), renderTerminal(plausibleReport(), plain));
});

test('every line but a command fits 80 columns, and 60, and 132', () => {
  for (const width of [60, 80, 132]) {
    const tooLong = renderTerminal(plausibleReport(), { color: false, width })
      .split('\n')
      .filter((line) => [...line].length > width && !line.trimStart().startsWith('$ '));
    assert.equal(tooLong, []);
  }
});

test('more sizes than fit follow below, under the same names', () => {
  const text = renderTerminal(
    plausibleReport({ sizes: [1, 64, 512, 4096, 65536, 1048576], placements: ['same-cpu'], launches: 8 }),
    plain,
  );
  assert.is(text.split('\n').filter((line) => line.startsWith('pipe ')).length > 4, true);
  for (const size of ['1 B', '64 B', '512 B', '4 KiB', '64 KiB', '1 MiB'])
    assert.match(text, new RegExp(` ${size}\\b`));
});

test('what comes from outside cannot steer the terminal', () => {
  const text = renderTerminal(hostileReport(), plain);
  assert.not.match(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028]/);
});

test('a known deviation is there with its link, once, and without its evidence', () => {
  const text = renderTerminal(verdictsOnlyReport(), plain).replace(/\s+/g, ' ');
  const known = verdictsOnlyReport().verdicts.filter((verdict) => verdict.known !== null);
  assert.is(known.length > 0, true);
  assert.match(text, new RegExp(`${known.length} known deviation`));
  for (const verdict of known) {
    assert.is(text.includes(verdict.id) && text.includes(verdict.known?.link ?? '?'), true, verdict.id);
    assert.is(text.includes(verdict.command), false);
  }
});

test('every verdict that did not pass and is not known is there with its evidence and command', () => {
  const text = renderTerminal(verdictsOnlyReport(), plain).replace(/\s+/g, ' ');
  for (const verdict of verdictsOnlyReport().verdicts.filter(
    (candidate) => !['pass', 'skip', 'info'].includes(candidate.verdict) && candidate.known === null,
  )) {
    assert.ok(
      text.includes(verdict.id) && text.includes(verdict.evidence) && text.includes(verdict.command),
      verdict.id,
    );
  }
});

test.run();
