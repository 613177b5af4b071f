import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  emptyReport,
  oneCaseReport,
  plausibleReport,
  singleLaunchReport,
  verdictsOnlyReport,
} from './golden/report-fixture.js';
import { selfTestReport } from './golden/self-test-fixture.js';
import { renderings } from './index.js';
import { parseReport } from './schema/parse-report.js';

test('every rendering of text renders every state of a report', () => {
  for (const report of [
    emptyReport(),
    oneCaseReport(),
    singleLaunchReport(),
    verdictsOnlyReport(),
    selfTestReport(),
    plausibleReport(),
  ]) {
    for (const [name, rendering] of Object.entries(renderings)) {
      if (rendering.kind === 'files') continue;
      const text = rendering.render(report, { color: false, width: 80 });
      assert.ok(text.length > 100, name);
      assert.not.match(text.replace(/<script>[\s\S]*?<\/script>/g, ''), /undefined|NaN|\[object /, name);
    }
  }
});

test('a report that was written, read and rendered looks like the one that was rendered at once', () => {
  const report = plausibleReport();
  const read = parseReport(JSON.stringify(report));
  for (const rendering of Object.values(renderings)) {
    if (rendering.kind === 'text')
      assert.is(
        rendering.render(read, { color: false, width: 80 }),
        rendering.render(report, { color: false, width: 80 }),
      );
  }
});

test('every warning appears in every rendering, with its way out', () => {
  const report = plausibleReport();
  for (const [name, rendering] of Object.entries(renderings)) {
    if (rendering.kind === 'files') continue;
    const text = rendering.render(report, { color: false, width: 4000 }).replace(/&#39;/g, "'");
    for (const { message, hint } of report.warnings) {
      assert.ok(text.includes(message), `${name}: ${message}`);
      assert.ok(hint === null || text.includes(hint), `${name}: ${hint}`);
    }
  }
});

test.run();
