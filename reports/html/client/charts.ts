import { Chart } from 'chart.js';
import { chartConfig } from '../../charts/chart-config.js';
import { describeChart } from '../../charts/describe-chart.js';
import type { DrawnChart } from '../../charts/draw-report.js';
import { darkTheme, lightTheme } from '../../charts/theme.js';
import type { ThemeSwitch } from './theme-toggle.js';

/** Draws each place's chart for the first of the blocks that are shown; the returned function changes the blocks. */
export function showCharts(charts: readonly DrawnChart[], themes: ThemeSwitch): (blocks: ReadonlySet<string>) => void {
  const narrow = window.matchMedia('(max-width: 640px)');
  const drawn = new Map<HTMLElement, Chart>();
  let shown: ReadonlySet<string> = new Set(charts.flatMap(({ block }) => block ?? []));
  const redraw = (): void => {
    const theme = themes.current() === 'dark' ? darkTheme : lightTheme;
    for (const figure of document.querySelectorAll<HTMLElement>('figure[data-slot]')) {
      drawn.get(figure)?.destroy();
      drawn.delete(figure);
      const chart = charts.find(
        (one) => slotOf(one) === figure.dataset['slot'] && (one.block === null || shown.has(one.block)),
      )?.chart;
      figure.hidden = chart === undefined;
      const canvas = figure.querySelector('canvas');
      if (chart === undefined || canvas === null) continue;
      tell(figure, 'b', chart.title);
      tell(figure, 'small', chart.place);
      canvas.setAttribute('aria-label', describeChart(chart));
      drawn.set(figure, new Chart(canvas, chartConfig(chart, theme, { kind: 'page', narrow: narrow.matches })));
    }
  };
  narrow.addEventListener('change', redraw);
  themes.onChange(redraw);
  // Labels are measured as they are drawn: with another face they would be cut off when the page's own arrives.
  void document.fonts.load('12px Inter').then(redraw, redraw);
  return (blocks) => {
    shown = blocks;
    redraw();
  };
}

function slotOf({ block, chart }: DrawnChart): string {
  if (chart.kind === 'ratios') return 'ratios';
  if (chart.kind === 'by-transport') return 'rows';
  return block === null ? 'placement' : 'slowest';
}

function tell(figure: HTMLElement, selector: string, text: string): void {
  const element = figure.querySelector(selector);
  if (element !== null) element.textContent = text;
}
