import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Verdict } from '../../harness/model/index.js';
import { makeVerdict } from '../../harness/outcome/make-verdict.js';
import {
  emptyReport,
  hostileReport,
  hostileText,
  largeReport,
  oneCaseReport,
  plausibleReport,
  singleLaunchReport,
  verdictsOnlyReport,
} from '../golden/report-fixture.js';
import { killRow, selfTestReport } from '../golden/self-test-fixture.js';
import type { PageData } from './page-data.js';
import { renderHtml } from './render-html.js';

const every = {
  empty: emptyReport(),
  oneCase: oneCaseReport(),
  singleLaunch: singleLaunchReport(),
  verdictsOnly: verdictsOnlyReport(),
  plausible: plausibleReport(),
  hostile: hostileReport(),
};

/** Text as a reader sees it: no script, no style, no tags. */
function textOf(page: string): string {
  return page
    .replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ');
}

function sectionIds(page: string): readonly string[] {
  return [...page.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id ?? '');
}

function pageData(page: string): PageData {
  return JSON.parse(
    /<script type="application\/json" id="page-data">([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '',
  ) as PageData;
}

const deviating = (verdict: Verdict, link: string): Verdict =>
  makeVerdict(verdict, { verdict: 'deviation', evidence: verdict.evidence, known: { link, note: 'known' } });

for (const address of [
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  ' \u0001javascript:alert(1)',
  'java\nscript:alert(1)',
  'file:///etc/passwd',
  '//other.example/x',
]) {
  test(`${JSON.stringify(address)} as the link of a deviation is text`, () => {
    const report = plausibleReport();
    const page = renderHtml({
      ...report,
      verdicts: report.verdicts.map((verdict) => deviating(verdict, address)),
    });
    assert.equal(
      [...page.matchAll(/href="(?!#)([^"]*)"/g)].map(([, target]) => target),
      [],
    );
    assert.ok(page.includes('known'));
  });
}

test('an address of the web as the link of a deviation is one', () => {
  const report = plausibleReport();
  const page = renderHtml({
    ...report,
    verdicts: report.verdicts.map((verdict) => deviating(verdict, 'https://github.com/nodejs/node/issues/1')),
  });
  assert.ok(page.includes('<a href="https://github.com/nodejs/node/issues/1" rel="noreferrer">'));
});

for (const [name, report] of Object.entries(every)) {
  test(`the page of the ${name} report asks for nothing outside of it`, () => {
    const page = renderHtml(report);
    // A link to where a deviation is discussed asks for nothing until it is followed.
    const outside = [
      ...page
        .replace(/<script>[\s\S]*?<\/script>/g, '')
        .replace(/<a href="https:[^"]*" rel="noreferrer">/g, '')
        .matchAll(/(?:src|href|action|url)\s*[=(]\s*["']?([^"')\s>]+)/g),
    ].map(([, target]) => target ?? '');
    assert.equal(
      outside.filter((target) => !target.startsWith('#') && !target.startsWith('data:font/woff2')),
      [],
    );
    assert.not.match(page, /sourceMappingURL|@import/);
  });

  test(`the page of the ${name} report allows its own script and style by hash, and nothing else`, () => {
    const page = renderHtml(report);
    const policy =
      /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1]?.replace(/&#39;/g, "'") ?? '';
    const hash = (text: string | undefined): string =>
      `'sha256-${createHash('sha256')
        .update(text ?? '')
        .digest('base64')}'`;
    const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)];
    const styles = [...page.matchAll(/<style>([\s\S]*?)<\/style>/g)];
    assert.is(scripts.length, 1);
    assert.is(styles.length, 1);
    assert.is(
      policy,
      `default-src 'none'; script-src ${hash(scripts[0]?.[1])}; style-src ${hash(styles[0]?.[1])}; font-src ` +
        `data:; base-uri 'none'; form-action 'none'`,
    );
    assert.not.match(
      page.replace(/<script[\s\S]*?<\/script>/g, ''),
      /\s(?:style|on[a-z]+)="/,
      'a style attribute or an event handler would be refused',
    );
  });

  test(`every link on the page of the ${name} report leads somewhere, and no name is used twice`, () => {
    const page = renderHtml(report).replace(/<script>[\s\S]*?<\/script>/g, '');
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id ?? '');
    assert.is(new Set(ids).size, ids.length);
    for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.includes(target ?? ''), target);
  });
}

test('the headline answers, with its figure and never across placements', () => {
  const text = textOf(renderHtml(plausibleReport()));
  assert.match(
    text,
    /On this machine, pipe has the fastest 64 B round trip: 4\.82 µs\. Next is fifo, 1\.09× \[1\.07, 1\.10\] as long\. Interval \[4\.77, 4\.90\], with both peers on one CPU, native driver\./,
  );
  assert.match(text, /Highest throughput at 64 KiB there: socketpair-dgram, 5\.65 GB\/s \[5\.51, 5\.75\]\./);
});

test('where nothing can be told from the fastest the headline names no winner', () => {
  const report = plausibleReport();
  const rankings = (report.rankings ?? []).map((ranking) => ({
    ...ranking,
    entries: ranking.entries.map((entry) =>
      entry.standing === 'behind' ? { ...entry, standing: 'tied' as const } : entry,
    ),
  }));
  assert.match(
    textOf(renderHtml({ ...report, rankings })),
    /pipe and 6 others share the fastest 64 B round trip, about 4\.82 µs: no measurable difference\./,
  );
});

test('an empty report says that nothing has been measured yet', () => {
  const page = renderHtml(emptyReport());
  assert.match(textOf(page), /Nothing has been measured yet\. .*0 of 8 rounds done/);
  assert.equal(sectionIds(page), ['machine', 'caveats']);
});

test('verdicts alone make a page of their own', () => {
  const page = renderHtml(verdictsOnlyReport());
  assert.match(textOf(page), /45 of 54 checks passed; 1 promise was broken, and 1 could not be decided\./);
  assert.equal(sectionIds(page), ['machine', 'conformance', 'caveats']);
});

test('planted faults make a page of their own, and what was missed stands in the headline', () => {
  const page = renderHtml(selfTestReport());
  assert.match(textOf(page), /3 planted faults, and each/);
  assert.equal(sectionIds(page), ['machine', 'planted-faults', 'caveats']);
  assert.match(
    page,
    /<th scope="row"><code>drop-last \(message\)<\/code><\/th><td><span class="cell pass" title="20 of 20 runs failed, 0 could not be decided">caught<\/span><\/td><td><span class="cell skip"/,
  );
  assert.match(
    page,
    /<th scope="row"><code>swap-descriptors<\/code><\/th><td><code>scm\/order<\/code><\/td><td><code>scm\/basic<\/code><\/td>/,
  );
  const missed = renderHtml(
    selfTestReport(
      killRow('leave-file', 'system', 'teardown', 'missed'),
      killRow('leave-file', 'system', 'scm/basic', 'false alarm'),
    ),
  );
  assert.match(textOf(missed), /2 things went wrong: the checks are not proven here\./);
  assert.match(
    textOf(missed),
    /Not proven\. .*; missed: leave-file by teardown; false alarm: leave-file by scm\/basic\./,
  );
  assert.match(missed, /<code>teardown<\/code> <strong>missed<\/strong>/);
});

test('one launch ranks nothing', () => {
  const text = textOf(renderHtml(singleLaunchReport()));
  assert.match(text, /Too few launches to rank anything/);
  assert.not.match(text, /Slower|No measurable difference|fastest/);
});

test('each cell of the matrix leads to promise, quote, level, verdict, evidence, teardown and command', () => {
  const report = verdictsOnlyReport();
  const page = renderHtml(report);
  assert.is([...page.matchAll(/<a class="cell [a-z]+" href="#verdict-\d+">/g)].length, report.verdicts.length);
  const verdict = report.verdicts.find((candidate) => candidate.teardown === 'unclean');
  const details = /<details class="verdict" id="verdict-11">[\s\S]*?<\/details>/.exec(page)?.[0] ?? '';
  const text = textOf(details);
  for (const part of [
    verdict?.id,
    verdict?.promise,
    verdict?.source.document,
    verdict?.source.quote,
    verdict?.level,
    verdict?.evidence,
    verdict?.teardownEvidence,
    verdict?.command,
  ]) {
    assert.ok(text.includes(part ?? 'nothing'), part ?? '');
  }
});

test('a verdict is a word and a sign, never a colour alone', () => {
  const page = renderHtml(verdictsOnlyReport());
  for (const [, kind, content] of page.matchAll(/<a class="cell ([a-z]+)" href="[^"]+">([\s\S]*?)<\/a>/g))
    assert.ok(textOf(content ?? '').includes(kind ?? ''), kind);
});

test('warnings, failures and skips stand with their ways out', () => {
  const report = plausibleReport();
  const text = textOf(renderHtml(report));
  for (const { message, hint } of report.warnings) {
    assert.ok(text.includes(message), message);
    if (hint !== null) assert.ok(text.includes(hint), hint);
  }
  for (const { reason } of report.skipped) assert.ok(text.includes(textOf(reason).trim()), reason);
  assert.match(
    text,
    /unix-dgram\/native\/stream\/64KiB\/cross-cpu EMSGSIZE 20 of 20 launches: The initiator could not send/,
  );
});

test('a reference is called one wherever it stands', () => {
  const page = renderHtml(plausibleReport());
  const rows = [...page.matchAll(/<th scope="(?:row|col)">tcp-loopback([\s\S]*?)<\/th>/g)];
  assert.ok(rows.length > 10);
  for (const [, rest] of rows) assert.match(rest ?? '', /reference/);
  for (const group of pageData(page).groups)
    for (const chart of group.byTransport)
      assert.ok(chart.rows.every((row) => row.reference === (row.transport === 'tcp-loopback')));
});

test('every figure is in a table, and links to how it was measured', () => {
  const report = plausibleReport();
  const page = renderHtml(report);
  assert.is([...page.matchAll(/<td class="method"><a href="#method-\d+">/g)].length, report.results.length);
  const text = textOf(page);
  for (const paragraph of new Set(report.results.map((result) => result.method))) assert.ok(text.includes(paragraph));
});

test('a curve has at most 500 points and is drawn only as far as it was seen', () => {
  const groups = pageData(renderHtml(plausibleReport())).groups;
  const curves = groups.flatMap((group) => group.percentiles.flatMap((chart) => chart.series));
  assert.ok(curves.length > 20);
  for (const { points } of curves) {
    assert.ok(points.length > 10 && points.length <= 500);
    // 32,000 round trips: beyond 1 in 3,200 lie fewer than ten.
    assert.ok((points.at(-1)?.[0] ?? 0) <= 3200);
  }
});

test('a histogram that cannot be read costs its curve, nothing else', () => {
  const page = renderHtml(hostileReport());
  const first = pageData(page).groups[0];
  assert.ok(
    first?.percentiles.every((chart) => chart.series.every((series) => !series.transport.includes('onmouseover'))),
  );
  assert.ok(first?.byTransport.some((chart) => chart.rows.some((row) => row.transport.includes('onmouseover'))));
});

test('text from outside stays text', () => {
  const page = renderHtml(hostileReport());
  assert.is(page.split('</script>').length - 1, 2, 'only the data and the code end a script');
  assert.not.match(page, /<b onmouseover/);
  assert.not.match(page, /\u2028|\u001b/);
  assert.ok(page.includes('\\u003c/script>'), 'the data holds the name, escaped');
  assert.ok(textOf(page).includes(hostileText.slice(0, 20)));
});

test('a page of 110 cases and 12 launches is made in 1.5 s and stays under 2 MB', () => {
  const report = largeReport();
  const page = renderHtml(report);
  assert.ok(page.length < 2_000_000, `${page.length} characters`);
  // On a busy machine one try may be slow: the best of three is the renderer's own.
  const tries = [1, 2, 3].map(() => {
    const begun = performance.now();
    renderHtml(report);
    return performance.now() - begun;
  });
  assert.ok(Math.min(...tries) < 1500, `${tries.map(Math.round).join(', ')} ms`);
});

test.run();
