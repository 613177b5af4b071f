// test-deadline-s: 240
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
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

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every chart is drawn in the ${colorScheme} theme, with no request and no complaint`, async () => {
    await onPage(plausibleReport(), { colorScheme }, async (page) => {
      await scrollThrough(page);
      const shares = await page.evaluate<number[]>(paintedShare);
      // Eight groups: four with percentiles, all with rows and lines.
      assert.is(shares.length, 20);
      assert.ok(
        shares.every((share) => share > 0.0003),
        shares.join(' '),
      );
      const background = await page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
      assert.is(background, colorScheme === 'light' ? 'rgb(250, 249, 245)' : 'rgb(20, 22, 24)');
      assert.ok(await page.evaluate<boolean>("document.fonts.check('16px Inter')"));
    });
  });
}

test('the theme can be changed by keyboard, and the charts follow', async () => {
  await onPage(oneCaseReport(), { colorScheme: 'light' }, async (page) => {
    await scrollThrough(page);
    await page.focus('.theme-toggle');
    await page.keyboard.press('Enter');
    assert.is(
      await page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor'),
      'rgb(20, 22, 24)',
    );
    assert.is(await page.textContent('.theme-toggle'), 'Light');
    assert.ok((await page.evaluate<number[]>(paintedShare)).every((share) => share > 0.0003));
  });
});

test('a cell of the matrix opens by keyboard, and gives the focus back', async () => {
  await onPage(verdictsOnlyReport(), {}, async (page) => {
    await page.focus('.matrix a.cell.fail');
    await page.keyboard.press('Enter');
    const dialog = page.locator('dialog[open]');
    const text = (await dialog.innerText()).replace(/\s+/g, ' ');
    assert.match(
      text,
      /node-ipc-json\/loss\/tail Promise What was sent before the end is read before the end\. Source .* Level MUST, through the js driver Verdict ✗ fail/,
    );
    assert.match(
      text,
      /Observed 9,722 of 10,000 messages arrived.* Teardown clean.* Command ipcbench check node-ipc-json --check loss\/tail/,
    );
    await page.keyboard.press('Escape');
    assert.is(await dialog.count(), 0);
    assert.ok(await page.evaluate<boolean>("document.activeElement.matches('.matrix a.cell.fail')"));
  });
});

test('a table sorts by a column, from the keyboard, up and down', async () => {
  await onPage(plausibleReport(), {}, async (page) => {
    await page.locator('.all-figures').first().locator('summary').click();
    const table = page.locator('.all-figures').first().locator('table');
    const header = table.locator('thead th').nth(2);
    const column = async (): Promise<readonly number[]> =>
      await table
        .locator('tbody tr td:nth-child(3)[data-value]')
        .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute('data-value'))));
    await header.locator('button').focus();
    await page.keyboard.press('Enter');
    assert.is(await header.getAttribute('aria-sort'), 'ascending');
    assert.equal(
      await column(),
      [...(await column())].sort((a, b) => a - b),
    );
    await page.keyboard.press('Space');
    assert.is(await header.getAttribute('aria-sort'), 'descending');
    assert.equal(
      await column(),
      [...(await column())].sort((a, b) => b - a),
    );
  });
});

test('a transport can be hidden in all charts of a group, and another size looked at', async () => {
  await onPage(plausibleReport(), {}, async (page) => {
    const group = page.locator('section.group').first();
    await group.scrollIntoViewIfNeeded();
    const pipe = group.locator('.legend button', { hasText: /^pipe$/ });
    await pipe.focus();
    await page.keyboard.press('Enter');
    assert.is(await pipe.getAttribute('aria-pressed'), 'false');
    assert.ok(
      await page.evaluate<boolean>("document.activeElement.dataset.transport === 'pipe'"),
      'the focus stays where it was',
    );
    await group.locator('select').selectOption('65536');
    assert.is((await group.locator('[data-chart="by-transport"] .size').textContent())?.trim(), 'at 64 KiB');
    assert.match(
      (await group.locator('[data-chart="by-transport"] canvas').getAttribute('aria-label')) ?? '',
      /^Round trip at 64 KiB, ping-pong, native driver, both peers on one CPU\. pipe 27\.6 µs/,
    );
  });
});

test('a drag zooms, and a button undoes it', async () => {
  await onPage(plausibleReport(), {}, async (page) => {
    const figure = page.locator('section.group').first().locator('[data-chart="by-size"]');
    await figure.scrollIntoViewIfNeeded();
    // Named as it is drawn: what is pressed before that, nobody hears.
    const canvas = figure.locator('canvas[aria-label]');
    await canvas.waitFor();
    const box = await canvas.boundingBox();
    assert.ok(box !== null);
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.3);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.6, { steps: 4 });
    await page.mouse.up();
    const reset = figure.locator('.reset-zoom');
    await reset.waitFor({ state: 'visible' });
    await reset.focus();
    await page.keyboard.press('Enter');
    await reset.waitFor({ state: 'hidden' });
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

test('on paper everything is unfolded and light', async () => {
  await onPage(verdictsOnlyReport(), { colorScheme: 'dark' }, async (page) => {
    const closed = "document.querySelectorAll('details:not([open])').length";
    assert.ok((await page.evaluate<number>(closed)) > 0);
    await page.evaluate("window.dispatchEvent(new Event('beforeprint'))");
    assert.is(await page.evaluate<number>(closed), 0);
    await page.emulateMedia({ media: 'print' });
    assert.is(
      await page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor'),
      'rgb(255, 255, 255)',
    );
    await page.evaluate("window.dispatchEvent(new Event('afterprint'))");
    assert.ok((await page.evaluate<number>(closed)) > 0);
  });
});

test('without JavaScript the tables, the verdicts and a word about the charts are there', async () => {
  await onPage(plausibleReport(), { javaScriptEnabled: false }, async (page) => {
    assert.match((await page.locator('noscript').first().textContent()) ?? '', /every figure is in the tables/);
    await page.locator('.matrix a.cell.fail').click();
    assert.match(page.url(), /#verdict-\d+$/);
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
