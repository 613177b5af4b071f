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
import { markdownCode, markdownText } from './markdown-text.js';
import { renderMarkdown } from './render-markdown.js';

test('the table for a pull request is the one that was approved', () => {
  assertGolden('report.md', renderMarkdown(plausibleReport()));
});

test('an empty report still names the machine and its state', () => {
  assertGolden('report-empty.md', renderMarkdown(emptyReport()));
});

test('one case, one launch, and verdicts alone render', () => {
  assertGolden('report-one-case.md', renderMarkdown(oneCaseReport()));
  assert.not.match(renderMarkdown(singleLaunchReport()), /\*\*\d|≈/);
  assert.match(
    renderMarkdown(verdictsOnlyReport()),
    /\*\*Conformance\*\*: 45 pass, 1 fail, 1 broken, 1 deviation, 1 info, 5 skip/,
  );
});

test('every row of a table has as many cells as its header, whatever the names', () => {
  for (const report of [plausibleReport(), hostileReport()]) {
    const widths = renderMarkdown(report)
      .split('\n\n')
      .filter((section) => section.startsWith('**') || section.startsWith('|'))
      .flatMap((section) => [
        new Set(
          section
            .split('\n')
            .filter((line) => line.startsWith('|'))
            .map((line) => line.replace(/\\\|/g, '').split('|').length),
        ),
      ])
      .filter((found) => found.size > 0);
    assert.ok(widths.length > 0);
    for (const found of widths) assert.is(found.size, 1);
  }
});

test('text from outside is text, not markup', () => {
  assert.is(markdownText('</script><b>|`*_x_'), '&lt;/script&gt;&lt;b&gt;\\|\\`\\*\\_x\\_');
  assert.is(markdownText('net.core.wmem_default'), 'net.core.wmem_default');
  assert.is(markdownText('@someone #12'), '@\u2060someone #\u206012');
});

test('code keeps its backticks', () => {
  assert.is(markdownCode('a'), '`a`');
  assert.is(markdownCode('a``b'), '```a``b```');
  assert.is(markdownCode('`a'), '`` `a ``');
});

test.run();
