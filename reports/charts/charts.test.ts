import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { emptyReport, oneCaseReport, plausibleReport, singleLaunchReport } from '../golden/report-fixture.js';
import { largeGate, passingGate, plausibleGate, emptyGate, hostileGate } from '../golden/gate-fixture.js';
import { changeTicks } from './change-axis.js';
import { chartConfig } from './chart-config.js';
import { drawGate, headlineGateCharts } from './draw-gate.js';
import { verdictMarks } from './forest-config.js';
import { drawReport, headlineCharts } from './draw-report.js';
import { logRange, logTicks } from './log-ticks.js';
import { styleSeries } from './series-style.js';
import { darkTheme, lightTheme } from './theme.js';

const page = { kind: 'page', narrow: false } as const;

test('a case that did not run leaves a gap in its line', () => {
  const chart = drawReport(plausibleReport())
    .map((drawn) => drawn.chart)
    .find(({ kind, id }) => kind === 'ratios' && id.startsWith('native-same-cpu'));
  assert.ok(chart?.kind === 'ratios');
  const line = chart.series.find((series) => series.transport === 'unix-seqpacket');
  assert.equal(
    line?.points.map((point) => point !== null),
    [true, true, false],
  );
  assert.ok(chart.series.every(({ points, reference }) => reference || points.every((ratio) => (ratio ?? 1) >= 1)));
});

test('one case has its quantiles and no comparison, nothing measured no chart', () => {
  assert.equal(
    drawReport(oneCaseReport()).map(({ chart }) => chart.kind),
    ['ranges'],
  );
  assert.equal(drawReport(emptyReport()), []);
});

test('at most four images, and each title states a figure', () => {
  const charts = headlineCharts(drawReport(plausibleReport()));
  assert.equal(
    charts.map(({ kind }) => kind),
    ['ranges', 'ranges', 'ratios', 'ratios'],
  );
  for (const { title } of charts) assert.match(title, /\d(\.\d+)?(×| [µm]s)/);
});

const everyChart = (report: Parameters<typeof drawReport>[0]) => drawReport(report).map(({ chart }) => chart);

test('a transport has the same colour, mark and dash in every chart', () => {
  const styles = new Map<string, number>();
  for (const chart of everyChart(plausibleReport())) {
    for (const series of chart.kind === 'ratios' ? chart.series : chart.rows) {
      assert.is(styles.get(series.transport) ?? series.style, series.style);
      styles.set(series.transport, series.style);
    }
  }
  assert.is(new Set(styles.values()).size, styles.size);
});

test('forty transports are told apart without their colours', () => {
  const looks = Array.from({ length: 40 }, (_, style) =>
    styleSeries({ transport: 't', reference: false, style }, lightTheme),
  ).map(({ colour, mark, dash }) => `${colour} ${mark} ${dash.join()}`);
  assert.is(new Set(looks).size, 40);
  const eight = Array.from(
    { length: 7 },
    (_, style) => styleSeries({ transport: 't', reference: false, style }, lightTheme).mark,
  );
  assert.is(new Set(eight).size, 7);
});

test('lines and marks stand out from their ground at 3 to 1, in both themes', () => {
  for (const theme of [lightTheme, darkTheme]) {
    for (const colour of [...theme.palette, theme.reference, ...Object.values(theme.verdicts)])
      assert.ok(contrast(colour, theme.surface) >= 3, `${theme.name} ${colour}: ${contrast(colour, theme.surface)}`);
    assert.ok(contrast(theme.muted, theme.surface) >= 4.5);
  }
});

test('each chart becomes a fresh configuration for page and image, light and dark', () => {
  for (const report of [plausibleReport(), singleLaunchReport(), oneCaseReport()]) {
    for (const chart of everyChart(report)) {
      for (const theme of [lightTheme, darkTheme]) {
        const config = chartConfig(chart, theme, page);
        assert.is.not(config, chartConfig(chart, theme, page));
        assert.ok(config.data.datasets.length > 0);
        assert.is(config.options?.plugins?.title?.display, false);
        assert.is(chartConfig(chart, theme, { kind: 'image', machine: 'm' }).options?.plugins?.title?.display, true);
      }
    }
  }
});

test('a logarithmic axis has ticks worth reading, whatever its span', () => {
  assert.equal(logTicks(1, 1e6), [1, 10, 100, 1000, 10000, 100000, 1000000]);
  assert.equal(logTicks(180, 1500), [200, 500, 1000]);
  for (const [min, max] of [
    [1, 2],
    [4800, 5200],
    [1, 1e12],
    [0.001, 0.02],
    [99, 101],
  ] as const) {
    const ticks = logTicks(min, max);
    assert.ok(ticks.length >= 3 && ticks.length <= 9, `${min}..${max}: ${ticks.join(' ')}`);
    assert.ok(ticks.every((tick) => tick >= min && tick <= max));
  }
  assert.equal([logTicks(0, 10), logTicks(5, 5), logTicks(1, Infinity)], [[], [], []]);
});

test('an axis leaves air around its values, and equal values do not fill it', () => {
  const range = logRange([100, 100]);
  assert.ok(range.min < 70 && range.max > 140);
  assert.equal(logRange([]), { min: 1, max: 10 });
  assert.equal(logRange([0]), { min: 1, max: 10 });
});

test('a verdict’s mark stands out from the budget’s shade, too', () => {
  for (const theme of [lightTheme, darkTheme]) {
    for (const colour of Object.values(theme.verdicts))
      assert.ok(contrast(colour, theme.band) >= 3, `${theme.name} ${colour}: ${contrast(colour, theme.band)}`);
  }
  assert.is(new Set(Object.values(verdictMarks)).size, 5);
});

test('a forest has a row for each comparison that has a change, gated and advisory apart', () => {
  const gate = plausibleGate();
  const { gated, advisory } = drawGate(gate);
  assert.is(gated?.rows.length, gate.comparisons.filter((found) => found.isGated && found.change !== null).length);
  assert.is(advisory?.rows.length, 2);
  assert.equal(gated?.rows[0], {
    label: 'unix-stream · ping-pong · 64 B · same-cpu · round trip p25',
    verdict: 'regressed',
    change: {
      value: gate.comparisons[0]?.change?.median,
      low: gate.comparisons[0]?.change?.low,
      high: gate.comparisons[0]?.change?.high,
    },
    budget: 0.05,
    text: '+6.0 [+4.7, +7.0] %',
  });
  assert.is(gated?.place, 'native');
});

test('forty-eight labels are short, because what all share is said once', () => {
  const { gated } = drawGate(largeGate());
  assert.is(gated?.rows.length, 48);
  assert.is(gated?.place, 'native, ping-pong');
  assert.ok(gated?.rows.every((row) => row.label.length <= 60));
  assert.is(new Set(gated?.rows.map((row) => row.label)).size, 48);
});

test('pairs of both measurements are kept apart, as changes', () => {
  const gate = plausibleGate();
  const chart = drawGate(gate).differences[0];
  assert.is(chart?.verdict, 'regressed');
  assert.equal(
    chart?.measurements.map((measurement) => measurement.points.length),
    [40, 40],
  );
  const pair = gate.comparisons[0]?.measurements[1]?.pairs[3];
  assert.ok(
    Math.abs((chart?.measurements[1]?.points[3]?.[1] ?? 0) - ((pair?.head ?? 0) / (pair?.base ?? 1) - 1)) < 1e-4,
  );
});

test('what passed has no image of its pairs, and there are never more than a dozen', () => {
  assert.equal(
    headlineGateCharts(drawGate(passingGate())).map((chart) => chart.kind),
    ['forest'],
  );
  assert.is(headlineGateCharts(drawGate(largeGate())).length, 14);
  assert.equal(headlineGateCharts(drawGate(emptyGate())), []);
});

test('a gate’s charts become fresh configurations for page and image, narrow and wide', () => {
  for (const gate of [plausibleGate(), hostileGate(), largeGate()]) {
    for (const chart of headlineGateCharts(drawGate(gate))) {
      for (const medium of [page, { kind: 'page', narrow: true }, { kind: 'image', machine: 'm' }] as const) {
        const config = chartConfig(chart, lightTheme, medium);
        assert.is.not(config, chartConfig(chart, lightTheme, medium));
        assert.ok(config.data.datasets.length > 0);
        assert.is(config.options?.plugins?.title?.display, medium.kind === 'image');
      }
    }
  }
});

test('one wild interval does not press the others together', () => {
  const forest = drawGate(plausibleGate()).gated;
  if (forest === null) throw new Error('the fixture lost its comparisons');
  const wild = {
    ...forest,
    rows: forest.rows.map((row, index) => (index === 0 ? { ...row, change: { value: 9, low: 8, high: 12 } } : row)),
  };
  const axis = chartConfig(wild, lightTheme, page).options?.scales?.['x'];
  assert.equal([axis?.min, axis?.max], [-0.4, 0.4]);
});

test('ticks of a change are round, hold zero, and are no more than asked for', () => {
  assert.equal(changeTicks(-0.26, 0.26, 9), [-0.2, -0.1, 0, 0.1, 0.2]);
  assert.equal(changeTicks(-0.08, 0.08, 9), [-0.08, -0.06, -0.04, -0.02, 0, 0.02, 0.04, 0.06, 0.08]);
  assert.equal(changeTicks(-0.17, 0.17, 7), [-0.15, -0.1, -0.05, 0, 0.05, 0.1, 0.15]);
  for (const end of [0.005, 0.033, 0.4, 3]) {
    const ticks = changeTicks(-end, end, 7);
    assert.ok(ticks.length <= 8 && ticks.length >= 3 && ticks.includes(0), ticks.join(' '));
  }
  assert.equal([changeTicks(1, 1, 5), changeTicks(0, Infinity, 5)], [[], []]);
});

function contrast(a: string, b: string): number {
  const [lighter, darker] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

// WCAG 2.2, relative luminance.
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test.run();
