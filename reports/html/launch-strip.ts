import type { CaseResult } from '../../harness/model/index.js';
import { headlineEstimate } from '../findings/ranking.js';
import { plural } from '../units/digits.js';
import { formatFigure, type Figure } from '../units/estimate.js';
import { html, type Markup } from './markup.js';

/**
 * A dot for each launch, around the case's figure: two clusters, or one launch far out, are what an interval alone
 * hides. `reach` is the share of the figure at the strip's ends. null with fewer than two launches.
 */
export function launchStrip(result: CaseResult, figure: Figure, reach: number): Markup | null {
  const middle = headlineEstimate(result)?.value ?? 0;
  const values = launchValues(result, figure);
  if (values.length < 2 || middle <= 0) return null;
  const dots = values.map((value) => `M${Number(place(value / middle, reach).toFixed(1))} 7h0`).join('');
  const label =
    `${plural(values.length, 'launch', 'launches')}, from ${formatFigure(figure, Math.min(...values))} ` +
    `to ${formatFigure(figure, Math.max(...values))}`;
  return html`<svg class="strip" viewBox="0 0 ${width} 14" width="${width}" height="14" role="img" aria-label="${label}"><path class="middle" d="M${width / 2} 1v12"/><path class="dots" d="${dots}"/></svg>`;
}

/**
 * How far the launches of a table lie from their figures: one scale for all its strips, so that they can be compared.
 */
export function stripReach(results: readonly CaseResult[], figure: Figure): number {
  const distances = results.flatMap((result) => {
    const middle = headlineEstimate(result)?.value ?? 0;
    return middle > 0 ? launchValues(result, figure).map((value) => Math.abs(value / middle - 1)) : [];
  });
  // One launch out of all that stalled must not press the others into one dot.
  return (
    reaches.find((reach) => distances.filter((distance) => distance > reach).length <= distances.length * 0.02) ?? 0.5
  );
}

const reaches = [0.02, 0.05, 0.1, 0.2, 0.5];

function launchValues(result: CaseResult, figure: Figure): readonly number[] {
  return result.launches.flatMap((launch) => (figure === 'latency' ? launch.p50Ns : launch.bytesPerSecond) ?? []);
}

const width = 72;
const edge = 3;

// What lies farther out is drawn at the edge.
function place(ratio: number, reach: number): number {
  const share = Math.min(Math.max((ratio - 1) / reach, -1), 1);
  return width / 2 + share * (width / 2 - edge);
}
