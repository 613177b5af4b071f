import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Report } from '../harness/model/index.js';
import {
  emptyReport,
  oneCaseReport,
  plausibleReport,
  singleLaunchReport,
  verdictsOnlyReport,
} from './golden/report-fixture.js';
import { selfTestReport } from './golden/self-test-fixture.js';
import { textFormats, type TextFormat } from './formats.js';
import { parseReport } from './schema/parse-report.js';
import { renderTerminal } from './terminal/render-terminal.js';

const renderers: Readonly<Record<string, (report: Report) => string>> = {
  terminal: (report) => renderTerminal(report, { color: false, width: 4000 }),
  ...Object.fromEntries(
    Object.entries<TextFormat>(textFormats).flatMap(([name, { report }]) =>
      report === null ? [] : [[name, (drawn: Report) => report.render(drawn)] as const],
    ),
  ),
};

test('every format renders every state of a report', () => {
  for (const report of [
    emptyReport(),
    oneCaseReport(),
    singleLaunchReport(),
    verdictsOnlyReport(),
    selfTestReport(),
    plausibleReport(),
  ]) {
    for (const [name, render] of Object.entries(renderers)) {
      const text = render(report).replace(/<script[\s\S]*?<\/script>/g, '');
      assert.not.match(text, /undefined|NaN(?!o)|\[object /, name);
      if (['terminal', 'html', 'markdown'].includes(name)) assert.ok(text.length > 100, name);
    }
  }
});

test('a report that was written, read and rendered looks like the one that was rendered at once', () => {
  const report = plausibleReport();
  const read = parseReport(JSON.stringify(report));
  for (const [name, render] of Object.entries(renderers)) assert.is(render(read), render(report), name);
});

test('every warning appears, with its hint, wherever a person reads the report', () => {
  const report = plausibleReport();
  for (const name of ['terminal', 'html', 'markdown']) {
    const text = renderers[name]?.(report).replace(/&#39;/g, "'") ?? '';
    for (const { message, hint } of report.warnings) {
      assert.ok(text.includes(message), `${name}: ${message}`);
      assert.ok(hint === null || text.includes(hint), `${name}: ${hint}`);
    }
  }
});

test.run();
