import { styleSeries } from '../../charts/series-style.js';
import type { Series } from '../../charts/chart-data.js';
import type { Theme } from '../../charts/theme.js';
import type { PageGroup } from '../page-data.js';

/** A button for each transport: it shows how its line looks, and hides or shows it in all charts of the group. */
export function buildLegend(
  section: HTMLElement,
  group: PageGroup,
  hidden: Set<string>,
  theme: Theme,
  changed: () => void,
): void {
  const list = section.querySelector<HTMLUListElement>('.legend');
  if (list === null) return;
  const focused = list.contains(document.activeElement)
    ? (document.activeElement as HTMLElement).dataset['transport']
    : undefined;
  list.replaceChildren(
    ...seriesOf(group).map((series) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.dataset['transport'] = series.transport;
      button.setAttribute('aria-pressed', String(!hidden.has(series.transport)));
      button.append(swatch(series, theme), styleSeries(series, theme).label);
      button.addEventListener('click', () => {
        if (!hidden.delete(series.transport)) hidden.add(series.transport);
        changed();
      });
      const item = document.createElement('li');
      item.append(button);
      return item;
    }),
  );
  // The list was built anew under the reader's finger: the focus goes back to where it was.
  if (focused !== undefined)
    [...list.querySelectorAll('button')].find((button) => button.dataset['transport'] === focused)?.focus();
}

function seriesOf(group: PageGroup): readonly Series[] {
  const all = [
    ...(group.bySize?.series ?? []),
    ...group.byTransport.flatMap((chart) => chart.rows),
    ...group.percentiles.flatMap((chart) => chart.series),
  ];
  return [...new Map(all.map((series) => [series.transport, series])).values()].sort((a, b) => a.style - b.style);
}

/** A mark alone, as it stands in a plot. */
export function markSwatch(mark: keyof typeof markPaths, colour: string): SVGElement {
  const svg = element('svg', { viewBox: '7 0 14 12', width: '14', height: '12', 'aria-hidden': 'true' });
  svg.append(markPath(mark, colour));
  return svg;
}

function swatch(series: Series, theme: Theme): SVGElement {
  const { colour, mark, dash } = styleSeries(series, theme);
  const svg = element('svg', { viewBox: '0 0 28 12', width: '28', height: '12', 'aria-hidden': 'true' });
  svg.append(
    element('path', {
      d: 'M1 6h26',
      stroke: colour,
      'stroke-width': '2',
      'stroke-dasharray': dash.join(' '),
      fill: 'none',
    }),
    markPath(mark, colour),
  );
  return svg;
}

function markPath(mark: keyof typeof markPaths, colour: string): SVGElement {
  return element('path', {
    d: markPaths[mark],
    stroke: colour,
    'stroke-width': '2',
    fill: mark === 'star' || mark === 'crossRot' ? 'none' : colour,
    'stroke-linejoin': mark === 'rectRounded' ? 'round' : 'miter',
  });
}

const markPaths: Readonly<Record<ReturnType<typeof styleSeries>['mark'], string>> = {
  circle: 'M14 3a3 3 0 1 1-.01 0z',
  triangle: 'M14 2.5l3.5 6h-7z',
  rect: 'M11.5 3.5h5v5h-5z',
  rectRot: 'M14 2l4 4-4 4-4-4z',
  star: 'M10 6h8M14 2v8M11.2 3.2l5.6 5.6M16.8 3.2l-5.6 5.6',
  crossRot: 'M11 3l6 6M17 3l-6 6',
  rectRounded: 'M12 4h4v4h-4z',
};

function element(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const created = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [attribute, value] of Object.entries(attributes)) if (value !== '') created.setAttribute(attribute, value);
  return created;
}
