import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { skip } from '../../ci/dev/test-runner/skip.js';
import { emptyReport, hostileReport, plausibleReport } from '../golden/report-fixture.js';
import { readPixels } from '../golden/png-pixels.js';
import { packageFile } from '../package-file.js';
import { drawImages } from './draw-images.js';
import { emptyGate, hostileGate, plausibleGate } from '../golden/gate-fixture.js';
import { renderGatePngs, renderPngs } from './render-pngs.js';

async function inDirectory<Result>(use: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'ipcbench-png-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

const onePlace = { sizes: [64, 65536], placements: ['same-cpu'], launches: 8 } as const;

test('a chart is drawn for each question, with its labels', async () => {
  await inDirectory(async (directory) => {
    const result = await renderPngs(plausibleReport(onePlace), directory);
    if (result.state === 'skipped') skip(result.message);
    const names = result.files.map((file) => basename(file));
    assert.equal(names, [
      'report-native-same-cpu-slowest-share.png',
      'report-native-same-cpu-latency-ratios.png',
      'report-native-same-cpu-throughput-ratios.png',
    ]);
    for (const name of names) {
      const pixels = await readPixels(await readFile(join(directory, name)));
      assert.ok(pixels !== null);
      assert.is(pixels.width, 2200);
      // A machine without fonts draws no letter and reports no error: the title's letters must be there, and the axis
      // title's.
      assert.ok(pixels.inked(40, 20, 700, 60) > 0.04, `${name}: the title is blank`);
      assert.ok(pixels.inked(500, pixels.height - 90, 1200, 60) > 0.005, `${name}: the axis title is blank`);
      assert.ok(pixels.inked(300, 200, 1200, pixels.height - 400) > 0.005, `${name}: the chart is blank`);
    }
  });
});

test('a gate’s plots are drawn with their labels, and the pairs of what did not pass', async () => {
  await inDirectory(async (directory) => {
    const result = await renderGatePngs(plausibleGate(), directory);
    if (result.state === 'skipped') skip(result.message);
    const names = result.files.map((file) => basename(file));
    assert.equal(names.slice(0, 3), ['gate-gated.png', 'gate-advisory.png', 'gate-pairs-1.png']);
    assert.is(names.length, 10);
    for (const name of names) {
      const pixels = await readPixels(await readFile(join(directory, name)));
      assert.ok(pixels !== null);
      assert.ok(pixels.inked(40, 20, 700, 60) > 0.04, `${name}: the title is blank`);
      assert.ok(pixels.inked(900, 200, 800, 200) > 0.005, `${name}: the plot is blank`);
    }
    const forest = await readPixels(await readFile(join(directory, 'gate-gated.png')));
    assert.ok((forest?.inked(50, 190, 780, 580) ?? 0) > 0.02, 'the labels are blank');
    assert.ok((forest?.inked(40, 940, 1400, 160) ?? 0) > 0.01, 'the legend is blank');
  });
});

test('a gate without figures has no plots, and a hostile one harmless names', async () => {
  assert.is((await renderGatePngs(emptyGate(), tmpdir())).state, 'skipped');
  await inDirectory(async (directory) => {
    const result = await renderGatePngs(hostileGate(), directory);
    if (result.state === 'skipped') skip(result.message);
    for (const name of await readdir(directory)) assert.match(name, /^[a-z0-9-]+\.png$/);
  });
});

test(
  'without the fonts that come with the package, a title would be blank or another face: they are what is drawn ' +
    'with',
  async () => {
    await inDirectory(async (directory) => {
      const chart = {
        kind: 'by-transport',
        id: 'one',
        title: 'Round trip at 64 B',
        place: 'ping-pong',
        figure: 'latency',
        sizeBytes: 64,
        rows: [{ transport: 'pipe', reference: false, style: 0, point: { value: 4800, low: 4700, high: 4900 } }],
      } as const;
      const fonts = ['inter-latin-400-normal.woff2', 'inter-latin-600-normal.woff2'].map((name) =>
        packageFile(`reports/assets/fonts/${name}`),
      );
      const answer = await drawImages({ charts: [chart], directory, fonts, machine: 'a machine' });
      if (answer.state === 'no-canvas') skip(answer.reason);
      const pixels = await readPixels(await readFile(join(directory, 'one.png')));
      assert.ok(pixels !== null && pixels.inked(40, 20, 420, 60) > 0.06);
    });
  },
);

test('where the canvas is missing, a sentence says so and the report goes on', async () => {
  const withoutCanvas =
    `import Module from 'node:module';
    const resolve = Module._resolveFilename;
    Module._resolveFilename = (name, ...rest) => {
      if (name === 'canvas' || name.startsWith('@napi-rs/')) throw Object.assign(new Error('Cannot find ` +
    `module ' + name), { code: 'MODULE_NOT_FOUND' });
      return resolve(name, ...rest);
    };`;
  const before = process.env['NODE_OPTIONS'];
  process.env['NODE_OPTIONS'] = `--import=data:text/javascript,${encodeURIComponent(withoutCanvas)}`;
  try {
    const result = await renderPngs(plausibleReport(onePlace), tmpdir());
    assert.equal(result, {
      state: 'skipped',
      message:
        'PNG charts skipped: the canvas, an optional dependency, could not be loaded (Cannot find module ' +
        'canvas); the HTML report is complete.',
    });
  } finally {
    if (before === undefined) delete process.env['NODE_OPTIONS'];
    else process.env['NODE_OPTIONS'] = before;
  }
});

test('a hostile report becomes images with harmless names', async () => {
  await inDirectory(async (directory) => {
    const report = hostileReport();
    const named = {
      ...report,
      results: report.results
        .slice(0, 12)
        .map((result) => ({ ...result, case: { ...result.case, workload: '../../etc/<passwd>' } })),
    };
    const result = await renderPngs(named, directory);
    if (result.state === 'skipped') skip(result.message);
    assert.ok(result.files.length > 0);
    for (const name of await readdir(directory)) assert.match(name, /^[A-Za-z0-9-]+\.png$/);
    assert.is((await readdir(directory)).length, result.files.length);
  });
});

test('a report without figures has no charts, and says so', async () => {
  const result = await renderPngs(emptyReport(), tmpdir());
  assert.equal(result, { state: 'skipped', message: 'PNG charts skipped: the report has no figures to draw.' });
});

test('what stops the drawing costs the images, not the run', async () => {
  const result = await renderPngs(plausibleReport(onePlace), '/nonexistent/directory');
  if (result.state === 'skipped' && result.message.includes('optional dependency')) skip(result.message);
  assert.is(result.state, 'skipped');
  assert.match(
    result.state === 'skipped' ? result.message : '',
    /^PNG charts skipped: .*ENOENT.*; the HTML report is complete\.$/,
  );
});

test.run();
