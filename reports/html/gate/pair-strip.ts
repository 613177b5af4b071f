import type { Comparison, GateReport } from '../../../harness/model/index.js';
import { pairChanges } from '../../findings/pair-changes.js';
import { formatChange } from '../../units/change.js';
import { plural } from '../../units/digits.js';
import { html, type Markup } from '../markup.js';

/**
 * A dot for each pair in the order of time, above the middle where head was worse, with the budget as a line: a change
 * that comes and goes while the gate runs is what a median alone hides. The second measurement stands to the right of a
 * rule. null without pairs.
 */
export function pairStrip(method: GateReport['method'], found: Comparison): Markup | null {
  const { measurements, budget } = found;
  const changes = measurements.map((measurement) =>
    pairChanges(method, found, measurement).map(({ change }) => change),
  );
  const all = changes.flat();
  if (all.length === 0) return null;
  const reach = Math.max(budget * 2, 0.001);
  const step = (width - 2 * edge) / Math.max(all.length - 1, 1);
  const before = changes.map((_, index) => changes.slice(0, index).flat().length);
  const dots = changes.map((values, index) =>
    values
      .map((value, at) => `M${spot(edge + ((before[index] ?? 0) + at) * step)} ${spot(height(value, reach))}h0`)
      .join(''),
  );
  const first = changes[0]?.length ?? 0;
  const label =
    `${plural(all.length, 'pair')}${changes.length > 1 ? ` in ${changes.length} measurements` : ''}, ` +
    `from ${formatChange(Math.min(...all))} to ${formatChange(Math.max(...all))}`;
  const rule =
    changes.length < 2 ? null : html`<path class="rule" d="M${spot(edge + (first - 0.5) * step)} 2v${tall - 4}"/>`;
  return html`<svg class="strip pairs" viewBox="0 0 ${width} ${tall}" width="${width}" height="${tall}" role="img" aria-label="${label}"><path class="middle" d="M0 ${tall / 2}h${width}"/><path class="budget" d="M0 ${spot(height(budget, reach))}h${width}"/>${rule}${dots.map((path, index) => html`<path class="${index === 0 ? 'dots' : 'dots again'}" d="${path}"/>`)}</svg>`;
}

/** The table has to fit a window of 1200 px, the narrowest of a laptop. */
const width = 104;
const tall = 30;
const edge = 3;

// What lies farther out than twice the budget is drawn at the edge.
function height(change: number, reach: number): number {
  return tall / 2 - Math.min(Math.max(change / reach, -1), 1) * (tall / 2 - edge);
}

function spot(value: number): number {
  return Number(value.toFixed(1));
}
