import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Verdict } from '../../harness/model/index.js';
import { makeVerdict } from '../../harness/outcome/make-verdict.js';
import type { Report } from '../../harness/model/index.js';
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
import type { ReportData } from './report-data.js';
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

function dataOf(page: string): ReportData {
  const packed = /<script type="application\/octet-stream" id="report-data">([^<]*)<\/script>/.exec(page)?.[1] ?? '';
  return JSON.parse(inflateRawSync(Buffer.from(packed, 'base64')).toString()) as ReportData;
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
    const data = dataOf(renderHtml(report));
    for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) {
      const [, kind, key] = /^(case|verdict)=(.*)$/.exec(target ?? '') ?? [];
      const found =
        kind === undefined
          ? ids.includes(target ?? '')
          : decodeURIComponent(key ?? '') in (kind === 'case' ? data.cases : data.verdicts);
      assert.ok(found, target);
    }
  });
}

test('a broken guarantee takes the headline, and the fastest follows', () => {
  assert.match(
    textOf(renderHtml(plausibleReport())),
    /node-ipc-json breaks a guarantee: What was sent before the end is read before the end\. Fastest 64 B round trip: pipe, 4\.82 µs; fifo takes 1\.09× \[1\.07, 1\.10\] as long\./,
  );
});

test('the headline says which, for what, and the largest difference', () => {
  const text = textOf(renderHtml(withoutFailures()));
  assert.match(
    text,
    /Fastest 64 B round trip: pipe, 4\.82 µs; fifo takes .* as long\. Highest throughput at 64 KiB: socketpair-dgram, 5\.65 GB\/s; .* The fastest round trip takes 43\.9× as long with Node's own API on two CPUs \(212 µs\)/,
  );
});

test('where nothing can be told from the fastest the headline says so', () => {
  const report = withoutFailures();
  const rankings = (report.rankings ?? []).map((ranking) => ({
    ...ranking,
    entries: ranking.entries.map((entry) =>
      entry.standing === 'behind' ? { ...entry, standing: 'tied' as const } : entry,
    ),
  }));
  const page = renderHtml({ ...report, rankings });
  assert.match(textOf(page), /Fastest 64 B round trip: pipe, 4\.82 µs; 6 others cannot be told from it\./);
  assert.not.match(page.replace(/<style>[\s\S]*?<\/style>/, ''), /shade-/, 'what is not told apart is not shaded');
});

test('an empty report says that nothing has been measured yet', () => {
  const page = renderHtml(emptyReport());
  assert.match(textOf(page), /Nothing has been measured yet\. .*0 of 8 rounds done/);
  assert.equal(sectionIds(page), ['machine', 'caveats']);
});

test('verdicts alone make a page of their own', () => {
  const page = renderHtml(verdictsOnlyReport());
  assert.match(textOf(page), /node-ipc-json breaks a guarantee/);
  assert.match(textOf(page), /What breaks 1 guarantee broken; 1 check undecided/);
  assert.equal(sectionIds(page), ['breaks', 'guarantees', 'machine', 'caveats']);
});

test('planted faults make a page of their own, and what was missed stands in the headline', () => {
  const page = renderHtml(selfTestReport());
  assert.match(textOf(page), /3 planted faults, and each/);
  assert.equal(sectionIds(page), ['planted-faults', 'machine', 'caveats']);
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
  assert.not.match(text, /slower, |cannot be told from it; |fastest/);
});

test('a verdict opens with guarantee, quote, level, evidence, clean-up and command', () => {
  const report = verdictsOnlyReport();
  const data = dataOf(renderHtml(report));
  assert.is(Object.keys(data.verdicts).length, report.verdicts.length);
  const verdict = report.verdicts.find((candidate) => candidate.teardown === 'unclean');
  const facts = data.verdicts[verdict?.id ?? '']?.facts ?? [];
  const text = facts.map(([label, at]) => `${data.texts[label]}: ${data.texts[at]}`).join('\n');
  for (const part of [
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

test('a group of guarantees is a sign and a word, never a colour alone', () => {
  const page = renderHtml(verdictsOnlyReport());
  const cells = [...page.matchAll(/<td class="(pass|fail|broken|deviation|info|skip)"[^>]*>([\s\S]*?)<\/td>/g)];
  assert.ok(cells.length > 20);
  for (const [, kind, content] of cells) assert.ok(textOf(content ?? '').includes(kind ?? ''), kind);
});

test('what failed, what was left behind and what could not be decided are spelt out', () => {
  const report = verdictsOnlyReport();
  const text = textOf(renderHtml(report));
  for (const verdict of report.verdicts) {
    if (verdict.verdict === 'fail' || verdict.verdict === 'broken') assert.ok(text.includes(verdict.evidence));
    if (verdict.teardown === 'unclean') assert.ok(text.includes(verdict.teardownEvidence ?? 'nothing'));
  }
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
  const rows = [...page.matchAll(/<th scope="(?:row|col)">(?:<span>)?tcp-loopback([\s\S]*?)<\/th>/g)];
  assert.ok(rows.length >= 3);
  for (const [, rest] of rows) assert.match(rest ?? '', /reference/);
});

test('every case is a cell that opens to its figures and its method', () => {
  const report = plausibleReport();
  const page = renderHtml(report);
  const { cases, texts } = dataOf(page);
  assert.is([...page.matchAll(/ data-case="/g)].length, report.results.length);
  for (const { case: measured, method } of report.results)
    assert.is(texts[cases[measured.id]?.method ?? -1], method, measured.id);
});

test('text from outside stays text', () => {
  const page = renderHtml(hostileReport());
  assert.is(page.split('</script>').length - 1, 2, 'only the data and the code end a script');
  assert.not.match(page, /<b onmouseover/);
  assert.not.match(page, /\u2028|\u001b/);
  assert.ok(textOf(page).includes(hostileText.slice(0, 20)));
});

test('a page of 110 cases and 12 launches is made in 1.5 s and stays under 0.55 MB', () => {
  const report = largeReport();
  const page = renderHtml(report);
  assert.ok(page.length < 550_000, `${page.length} characters`);
  // On a busy machine one try may be slow: the best of three is the renderer's own.
  const tries = [1, 2, 3].map(() => {
    const begun = performance.now();
    renderHtml(report);
    return performance.now() - begun;
  });
  assert.ok(Math.min(...tries) < 1500, `${tries.map(Math.round).join(', ')} ms`);
});

/** The plausible report without its failed check. */
function withoutFailures(): Report {
  const report = plausibleReport();
  return { ...report, verdicts: report.verdicts.filter(({ verdict }) => verdict !== 'fail') };
}

test.run();
