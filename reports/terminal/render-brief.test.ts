import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hostileReport, largeReport, oneCaseReport, plausibleReport } from '../golden/report-fixture.js';
import { formatFigure } from '../units/estimate.js';
import { figureCells } from '../view/grid.js';
import { overview } from '../view/overview.js';
import { renderBrief, renderSummary } from './render-brief.js';
import { renderTerminal } from './render-terminal.js';

test('a summary takes at most 45 lines, at 60, 80 and 140 columns', () => {
  for (const report of [plausibleReport(), largeReport(), hostileReport()])
    for (const width of [60, 80, 140]) {
      const lines = renderSummary(report, { color: false, width }).trimEnd().split('\n');
      assert.ok(lines.length <= 45, `${lines.length} lines at ${width}`);
      const wide = lines.filter((line) => [...line].length > width && !line.trimStart().startsWith('$ '));
      // A name longer than the terminal is wide cannot be wrapped.
      if (report.transports.every(({ name }) => name.length < 40)) assert.equal(wide, []);
    }
});

test('a short run is told in full', () => {
  const options = { color: false, width: 100 };
  assert.is(renderSummary(oneCaseReport(), options), renderTerminal(oneCaseReport(), options));
});

test('the summary prints the digits of the grid, and what failed with its command', () => {
  const report = plausibleReport();
  const text = renderBrief(report, { color: false, width: 160 });
  const { grid, headline } = overview(report);
  const [first] = figureCells(grid);
  assert.ok(text.includes(formatFigure('latency', first?.value ?? null)));
  assert.ok(text.includes(headline[0] ?? 'none'));
  const failed = report.verdicts.find(({ verdict }) => verdict === 'fail');
  assert.ok(text.includes(`$ ${failed?.command ?? 'none'}`));
});

test.run();
