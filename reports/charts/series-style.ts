import type { Series } from './chart-data.js';
import type { Theme } from './theme.js';

export interface SeriesStyle {
  readonly colour: string;
  readonly mark: 'circle' | 'triangle' | 'rect' | 'rectRot' | 'star' | 'crossRot' | 'rectRounded';
  readonly dash: readonly number[];
  readonly label: string;
}

/**
 * Colour, mark and dash together tell a transport from the others, so that colour never has to do it alone. References
 * are grey and dotted.
 */
export function styleSeries({ transport, reference, style }: Series, theme: Theme): SeriesStyle {
  const mark = marks[style % marks.length] ?? 'circle';
  const label = shorten(reference ? `${transport} (reference)` : transport);
  if (reference) return { colour: theme.reference, mark, dash: [2, 3], label };
  return {
    colour: theme.palette[style % theme.palette.length] ?? theme.ink,
    mark,
    dash: dashes[Math.floor(style / theme.palette.length) % dashes.length] ?? [],
    label,
  };
}

// Seven marks over eight colours: the pair repeats only after fifty-six transports.
const marks = ['circle', 'triangle', 'rect', 'rectRot', 'star', 'crossRot', 'rectRounded'] as const;
const dashes: readonly (readonly number[])[] = [[], [7, 4], [10, 3, 2, 3]];

function shorten(label: string): string {
  return label.length <= 40 ? label : `${label.slice(0, 24)}…${label.slice(-15)}`;
}
