import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChartJSNodeCanvas } from 'chartjs-node-canvas';
import { chartConfig } from '../charts/chart-config.js';
import type { ChartData } from '../charts/chart-data.js';
import { lightTheme, type Theme } from '../charts/theme.js';
import type { ImageAnswer, ImageJob } from './image-job.js';

/** One file a chart, twice the size it is laid out at. */
export async function drawImages({ charts, directory, fonts, machine }: ImageJob): Promise<ImageAnswer> {
  const canvas = await loadCanvas();
  if ('reason' in canvas) return { state: 'no-canvas', reason: canvas.reason };
  const files: string[] = [];
  for (const chart of charts) {
    const drawing = new canvas.Drawing({ ...imageSize(chart), backgroundColour: theme.surface });
    // A machine without fonts draws no label and says nothing: the family is brought along, weights as their files say.
    for (const font of fonts) drawing.registerFont(font, { family });
    const file = join(directory, `${chart.id}.png`);
    // Removed first: it may be a link that somebody else laid out in a directory that both may write to.
    await rm(file, { force: true });
    await writeFile(
      file,
      await drawing.renderToBuffer(chartConfig(chart, theme, { kind: 'image', machine }), 'image/png'),
      { flag: 'wx' },
    );
    files.push(file);
  }
  return { state: 'rendered', files };
}

const family = 'Inter';
const theme: Theme = { ...lightTheme, font: family };

type Canvas = { readonly Drawing: typeof ChartJSNodeCanvas } | { readonly reason: string };

async function loadCanvas(): Promise<Canvas> {
  try {
    const { ChartJSNodeCanvas: Drawing } = await import('chartjs-node-canvas');
    // It asks for its canvas when the first one is made, so that is where a missing one shows.
    new Drawing({ width: 1, height: 1 });
    return { Drawing };
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { reason: `the canvas, an optional dependency, could not be loaded (${message})` };
  }
}

function imageSize(chart: ChartData): { readonly width: number; readonly height: number } {
  switch (chart.kind) {
    case 'by-transport':
    case 'ranges':
      return { width: 1100, height: 190 + 44 * chart.rows.length };
    case 'forest':
      return { width: 1100, height: 230 + 26 * chart.rows.length };
    case 'differences':
      return { width: 1100, height: 420 };
    case 'ratios':
      return { width: 1100, height: 640 };
  }
}
