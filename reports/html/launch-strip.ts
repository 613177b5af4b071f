import type { CaseResult } from '../../harness/model/index.js';
import { plural } from '../units/digits.js';
import { formatFigure, type Figure } from '../units/estimate.js';
import { html, type Markup } from './markup.js';
import { headlineEstimate } from '../findings/ranking.js';

/**
 * A dot for each launch, within a quarter of the case's figure to either side: two clusters, or one launch far out, are what
 * an interval alone hides. null with fewer than two launches.
 */
export function launchStrip(result: CaseResult, figure: Figure): Markup | null {
  const middle = headlineEstimate(result)?.value ?? 0;
  const values = result.launches.flatMap((launch) => (figure === 'latency' ? launch.p50Ns : launch.bytesPerSecond) ?? []);
  if (values.length < 2 || middle <= 0) return null;
  const dots = values.map((value) => `M${Number(place(value / middle).toFixed(1))} 7h0`).join('');
  const label = `${plural(values.length, 'launch', 'launches')}, from ${formatFigure(figure, Math.min(...values))} to ${formatFigure(figure, Math.max(...values))}`;
  return html`<svg class="strip" viewBox="0 0 ${width} 14" width="${width}" height="14" role="img" aria-label="${label}"><path class="middle" d="M${width / 2} 1v12"/><path class="dots" d="${dots}"/></svg>`;
}

const width = 72;
const edge = 3;
const shown = 0.25;

// What lies farther out is drawn at the edge.
function place(ratio: number): number {
  const share = Math.min(Math.max((ratio - 1) / shown, -1), 1);
  return width / 2 + share * (width / 2 - edge);
}
