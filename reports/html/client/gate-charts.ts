import { Chart } from 'chart.js';
import { chartConfig } from '../../charts/chart-config.js';
import type { GateChart } from '../../charts/chart-data.js';
import { verdictMarks } from '../../charts/forest-config.js';
import { darkTheme, lightTheme, type Theme } from '../../charts/theme.js';
import { gateVerdictOrder } from '../../findings/gate-wording.js';
import type { PageData, PageGate } from '../page-data.js';
import { describeChart } from '../../charts/describe-chart.js';
import { markSwatch } from './mark-swatch.js';
import type { ThemeSwitch } from './theme-toggle.js';

/** Draws a gate's plots, and the pairs of the comparison that is chosen; again when the theme or the choice changes. */
export function showGateCharts(themes: ThemeSwitch): void {
  const { gate } = JSON.parse(document.getElementById('page-data')?.textContent ?? '{}') as Partial<PageData>;
  if (gate === undefined) return;
  const narrow = window.matchMedia('(max-width: 640px)');
  const drawn = new Map<HTMLElement, Chart>();
  const select = document.querySelector<HTMLSelectElement>('.comparison-select');
  const draw = (figure: HTMLElement, data: GateChart, theme: Theme): void => {
    const canvas = figure.querySelector('canvas');
    if (canvas === null) return;
    drawn.get(figure)?.destroy();
    canvas.setAttribute('aria-label', describeChart(data));
    const chart = new Chart(canvas, chartConfig(data, theme, { kind: 'page', narrow: narrow.matches }));
    drawn.set(figure, chart);
  };
  const redraw = (): void => {
    const theme = themes.current() === 'dark' ? darkTheme : lightTheme;
    for (const forest of gate.forests) {
      const figure = document.querySelector<HTMLElement>(`[data-forest="${forest.id}"]`);
      if (figure === null) continue;
      figure.hidden = false;
      setHeight(figure, forest.rows.length * (narrow.matches ? 46 : 26) + 76);
      draw(figure, forest, theme);
    }
    const figure = document.querySelector<HTMLElement>('.pairs-chart');
    const chosen = gate.differences.find((chart) => chart.id === select?.value) ?? gate.differences[0];
    if (figure !== null && chosen !== undefined) {
      figure.hidden = false;
      tell(figure, 'b', chosen.title);
      tell(figure, '.size', chosen.place);
      draw(figure, chosen, theme);
    }
    showLegend(gate, theme);
  };
  for (const tools of document.querySelectorAll<HTMLElement>('#pairs .chart-tools')) tools.hidden = false;
  select?.addEventListener('change', redraw);
  narrow.addEventListener('change', redraw);
  themes.onChange(redraw);
  // Labels are measured as they are drawn: with another face they would be cut off when the page's own arrives.
  void document.fonts.load('12px Inter').then(redraw, redraw);
}

function setHeight(figure: HTMLElement, pixels: number): void {
  const box = figure.querySelector<HTMLElement>('.canvas-box');
  if (box !== null) box.style.height = `${pixels}px`;
}

function tell(figure: HTMLElement, selector: string, text: string): void {
  const element = figure.querySelector(selector);
  if (element !== null) element.textContent = text;
}

function showLegend({ forests }: PageGate, theme: Theme): void {
  const list = document.querySelector<HTMLUListElement>('.verdict-legend');
  const occurring = gateVerdictOrder.filter((verdict) =>
    forests.some((forest) => forest.rows.some((row) => row.verdict === verdict)),
  );
  list?.replaceChildren(
    ...occurring.map((verdict) => {
      const item = document.createElement('li');
      item.append(markSwatch(verdictMarks[verdict], theme.verdicts[verdict]), verdict);
      return item;
    }),
  );
}
