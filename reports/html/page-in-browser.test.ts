// test-deadline-s: 240
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import type { GateReport, Report } from '../../harness/model/index.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { skip } from '../../ci/dev/test-runner/skip.js';
import { emptyGate, hostileGate, largeGate, plausibleGate } from '../golden/gate-fixture.js';
import {
  emptyReport,
  hostileReport,
  oneCaseReport,
  plausibleReport,
  singleLaunchReport,
  verdictsOnlyReport,
} from '../golden/report-fixture.js';
import { renderGateHtml } from './render-gate-html.js';
import { renderHtml } from './render-html.js';

const executablePath = '/usr/bin/chromium';
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const axeViolations =
  `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => ` +
  "`${id}: ${nodes.slice(0, 3).map(({ target }) => target.join(' ')).join(', ')}`))";

let browser: Browser;
let directory: string;

test.before(async () => {
  if (!existsSync(executablePath))
    skip('no chromium at /usr/bin/chromium: apt-get install -y --no-install-recommends chromium');
  directory = await mkdtemp(join(tmpdir(), 'ipcbench-page-'));
  browser = await chromium.launch({ executablePath, args });
});

test.after(async () => {
  await browser?.close();
  if (directory !== undefined) await rm(directory, { recursive: true });
});

/** Opens a report's page from a file, and afterwards holds it to having asked for nothing and complained of nothing. */
async function onPage(
  report: Report | GateReport,
  options: BrowserContextOptions,
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const file = join(directory, 'report.html');
  const troubles: string[] = [];
  try {
    await writeFile(file, report.schema === 'ipcbench-gate' ? renderGateHtml(report) : renderHtml(report));
    const page = await context.newPage();
    page.on('console', (message) => troubles.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
    page.on('request', (request) => {
      if (request.url() !== pathToFileURL(file).href && !request.url().startsWith('data:font/'))
        troubles.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    await use(page);
    assert.equal(troubles, []);
  } finally {
    await context.close();
  }
}

/** Charts are drawn as they come near the window: walk past all of them. */
async function scrollThrough(page: Page): Promise<void> {
  const height = await page.evaluate<number>('document.documentElement.scrollHeight');
  for (let top = 0; top < height; top += 600) {
    await page.evaluate(`scrollTo(0, ${top})`);
    await page.waitForTimeout(20);
  }
}

// Marks that stand for data: whatever is neither transparent nor grey.
const paintedShare =
  `[...document.querySelectorAll('figure.chart:not([hidden]) canvas')].map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let coloured = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] > 200 && Math.max(data[at], data[at + 1], data[at + 2]) - Math.min(data[at], data[at + ` +
  `1], data[at + 2]) > 60) coloured++;
  }
  return coloured / (data.length / 4);
})`;

const overflow = 'document.documentElement.scrollWidth - window.innerWidth';

const READY = 'html[data-ready]';

const tabStops =
  `[...document.querySelectorAll('a[href], button, input, select, summary, [tabindex]')]` +
  '.filter((element) => element.tabIndex >= 0 && element.checkVisibility()).length';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the page of a report opens in the ${colorScheme} theme, with no request and no complaint`, async () => {
    await onPage(plausibleReport(), { colorScheme }, async (page) => {
      await page.locator(READY).waitFor({ state: 'attached' });
      const background = await page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
      assert.is(background, colorScheme === 'light' ? 'rgb(250, 249, 245)' : 'rgb(20, 22, 24)');
      assert.ok(await page.evaluate<boolean>("document.fonts.check('16px Inter')"));
    });
  });

  test(`axe-core finds nothing in the ${colorScheme} theme, at load and with a panel open`, async () => {
    await onPage(plausibleReport(), { colorScheme }, async (page) => {
      await page.locator(READY).waitFor({ state: 'attached' });
      // Run as an expression: a script element is what the page's policy refuses.
      await page.evaluate(axeSource);
      assert.equal(await page.evaluate<readonly string[]>(axeViolations), [], 'at load');
      await page.locator('.grid td a').first().click();
      assert.equal(await page.evaluate<readonly string[]>(axeViolations), [], 'with a panel open');
    });
  });
}

test('the page is small: height on a desk and on a phone, tab stops, printed pages', async () => {
  await onPage(plausibleReport(), {}, async (page) => {
    await page.locator(READY).waitFor({ state: 'attached' });
    assert.ok((await page.evaluate<number>('document.documentElement.scrollHeight')) <= 5000);
    assert.ok((await page.evaluate<number>(tabStops)) <= 120);
    const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
    assert.ok([...pdf.matchAll(/\/Type\s*\/Page\b(?!s)/g)].length <= 12);
    await page.setViewportSize({ width: 390, height: 844 });
    assert.ok((await page.evaluate<number>('document.documentElement.scrollHeight')) <= 7000);
  });
});

test('the first screen names a transport, a figure, a doubt and what breaks', async () => {
  await onPage(plausibleReport(), { viewport: { width: 1280, height: 800 } }, async (page) => {
    const bottom = await page.locator('.boxes').evaluate((boxes) => boxes.getBoundingClientRect().bottom);
    assert.ok(bottom < 800, `${bottom} px`);
    const text = (await page.locator('.boxes').innerText()).replace(/\s+/g, ' ');
    assert.match(
      text,
      /Which pipe for 64 B round trips.* How fast 4\.82 µs \[4\.77, 4\.90\].* How sure Half of the figures/,
    );
    assert.match(text, /What breaks 1 guarantee broken/);
  });
});

test('the theme can be changed by keyboard', async () => {
  await onPage(oneCaseReport(), { colorScheme: 'light' }, async (page) => {
    await page.focus('.theme-toggle');
    await page.keyboard.press('Enter');
    assert.is(
      await page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor'),
      'rgb(20, 22, 24)',
    );
    assert.is(await page.textContent('.theme-toggle'), 'Light');
  });
});

test('a group opens to its checks by keyboard, a check to its verdict, and Back closes it', async () => {
  await onPage(verdictsOnlyReport(), {}, async (page) => {
    await page.locator(READY).waitFor({ state: 'attached' });
    const group = page.locator('tr[data-group="loss"] button');
    await group.focus();
    await page.keyboard.press('Enter');
    assert.is(await group.getAttribute('aria-expanded'), 'true');
    await page.locator('tr.check td.fail a').first().click();
    const panel = page.locator('dialog.panel[open]');
    const text = (await panel.innerText()).replace(/\s+/g, ' ');
    assert.match(
      text,
      /fail: node-ipc-json\/loss\/tail Guarantee What was sent before the end is read before the end\./,
    );
    assert.match(text, /Observed 9,722 of 10,000 messages arrived.* Level MUST, through the js driver Clean-up clean/);
    assert.ok(page.url().includes('#verdict=node-ipc-json'));
    await page.goBack();
    assert.is(await panel.count(), 0);
  });
});

test('the view is in the address: it survives a reload, and keys of others are kept', async () => {
  await onPage(plausibleReport(), {}, async (page) => {
    await page.locator(READY).waitFor({ state: 'attached' });
    await page.evaluate("location.hash = '#other=1'");
    await page.locator('select[name="show"]').selectOption('ratio');
    await page.locator('input[name="b"][value="js/cross-cpu"]').uncheck();
    await page.locator('input[name="t"]').fill('unix');
    const shown = async (): Promise<readonly [string | null, number]> => [
      await page.locator('.filter output').textContent(),
      await page.locator('.grid tr[data-transport]:visible').count(),
    ];
    const before = await shown();
    assert.match(page.url(), /other=1.*show=ratio/);
    await page.reload();
    await page.locator(READY).waitFor({ state: 'attached' });
    assert.equal(await shown(), before);
    assert.match((await page.locator('.grid td.behind:visible b').first().textContent()) ?? '', /×$/);
    await page.locator('.grid td a:visible').first().click();
    assert.match(page.url(), /show=ratio.*case=/);
    await page.keyboard.press('Escape');
    assert.is(await page.locator('dialog.panel[open]').count(), 0);
    assert.match(page.url(), /show=ratio/);
  });
});

test('the arrow keys move in the grid, which is one tab stop', async () => {
  await onPage(plausibleReport(), {}, async (page) => {
    await page.locator(READY).waitFor({ state: 'attached' });
    await page.locator('.grid td a[tabindex="0"]').focus();
    const at = async (): Promise<string> => await page.evaluate<string>('document.activeElement.dataset.case');
    const first = await at();
    await page.keyboard.press('ArrowDown');
    const below = await at();
    assert.is(below.split('/').slice(1).join('/'), first.split('/').slice(1).join('/'));
    assert.is.not(below, first);
    await page.keyboard.press('ArrowRight');
    assert.is((await at()).split('/')[0], below.split('/')[0]);
    assert.is(await page.locator('.grid td a[tabindex="0"]').count(), 1);
  });
});

for (const [name, report] of Object.entries({
  plausible: plausibleReport(),
  hostile: hostileReport(),
  empty: emptyReport(),
  singleLaunch: singleLaunchReport(),
})) {
  test(`nothing of the ${name} report is wider than a phone`, async () => {
    await onPage(report, { viewport: { width: 390, height: 844 } }, async (page) => {
      await page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })");
      await scrollThrough(page);
      assert.is(await page.evaluate<number>(overflow), 0);
    });
  });
}

test('paper is light, and has neither filter nor panel', async () => {
  await onPage(verdictsOnlyReport(), { colorScheme: 'dark' }, async (page) => {
    await page.emulateMedia({ media: 'print' });
    assert.is(
      await page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor'),
      'rgb(255, 255, 255)',
    );
    assert.is(await page.locator('.contents:visible, .filter:visible').count(), 0);
  });
});

test('without JavaScript the answer, every figure and every deviation are there', async () => {
  await onPage(plausibleReport(), { javaScriptEnabled: false }, async (page) => {
    assert.match(await page.locator('.boxes').innerText(), /4\.82\sµs/);
    assert.ok((await page.locator('.grid td.leader').count()) > 4);
    assert.ok((await page.locator('.breaks li').count()) > 0);
    assert.is(await page.locator('.filter:visible').count(), 0);
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`a gate's plots are drawn in the ${colorScheme} theme, with no request and no complaint`, async () => {
    await onPage(plausibleGate(), { colorScheme }, async (page) => {
      await page.locator('.pairs-chart').waitFor({ state: 'visible' });
      const shares = await page.evaluate<number[]>(paintedShare);
      assert.is(shares.length, 3);
      assert.ok(
        shares.every((share) => share > 0.0003),
        shares.join(' '),
      );
      assert.match(
        (await page.locator('[data-forest="gate-gated"] canvas').getAttribute('aria-label')) ?? '',
        /regressed, \+6\.0 \[\+4\.7, \+7\.0\] %; .*improved/,
      );
    });
  });
}

test('another comparison’s pairs can be chosen by keyboard', async () => {
  await onPage(plausibleGate(), {}, async (page) => {
    await page.locator('.pairs-chart').waitFor({ state: 'visible' });
    const label = async (): Promise<string> =>
      (await page.locator('.pairs-chart canvas').getAttribute('aria-label')) ?? '';
    assert.match(
      await label(),
      /^Changes of 40 pairs and 40 pairs over time: unix-stream · ping-pong · 64 B · same-cpu · round trip/,
    );
    await page.focus('.comparison-select');
    await page.keyboard.press('End');
    assert.match(await label(), /^Changes of 40 pairs over time: /);
  });
});

test('comparisons sort by their change, where there is one', async () => {
  await onPage(plausibleGate(), {}, async (page) => {
    const table = page.locator('.comparisons').first();
    await table.locator('thead th').nth(4).locator('button').click();
    const changes = await table
      .locator('tbody tr td:nth-child(5)')
      .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-value')));
    assert.equal(changes.slice(-2), [null, null]);
    const values = changes.filter((value) => value !== null).map(Number);
    assert.equal(
      values,
      [...values].sort((a, b) => a - b),
    );
  });
});

for (const [name, gate] of Object.entries({
  plausible: plausibleGate(),
  hostile: hostileGate(),
  empty: emptyGate(),
  large: largeGate(),
})) {
  test(`nothing of the ${name} gate is wider than a phone`, async () => {
    await onPage(gate, { viewport: { width: 390, height: 844 } }, async (page) => {
      await page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })");
      await page.evaluate("document.fonts.load('12px Inter')");
      await scrollThrough(page);
      assert.is(await page.evaluate<number>(overflow), 0);
    });
  });
}

test.run();
