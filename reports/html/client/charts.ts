import {
  CategoryScale,
  Chart,
  Legend,
  LineController,
  LineElement,
  LinearScale,
  LogarithmicScale,
  PointElement,
  Tooltip,
} from 'chart.js';
import zoomPlugin from 'chartjs-plugin-zoom';
import { chartConfig } from '../../charts/chart-config.js';
import type { ReportChart } from '../../charts/chart-data.js';
import { darkTheme, lightTheme, type Theme } from '../../charts/theme.js';
import { formatSize } from '../../units/bytes.js';
import type { PageData, PageGroup } from '../page-data.js';
import { buildLegend } from './legend.js';
import { offerReset } from './zoom.js';
import { describeChart } from './describe-chart.js';
import type { ThemeSwitch } from './theme-toggle.js';

/** Draws each group's charts when they come near the window, and again when theme, size or shown transports change. */
export function showCharts(themes: ThemeSwitch): void {
  Chart.register(
    CategoryScale,
    Legend,
    LineController,
    LineElement,
    LinearScale,
    LogarithmicScale,
    PointElement,
    Tooltip,
    zoomPlugin,
  );
  const data = JSON.parse(document.getElementById('page-data')?.textContent ?? '{"groups":[]}') as PageData;
  const sections = new Map(
    [...document.querySelectorAll<HTMLElement>('section.group')].map((section) => [section.dataset['group'], section]),
  );
  const groups = data.groups.flatMap((group) => {
    const section = sections.get(group.id);
    return section === undefined
      ? []
      : [drawGroup(section, group, () => (themes.current() === 'dark' ? darkTheme : lightTheme))];
  });
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        observer.unobserve(entry.target);
        groups.find((group) => group.section === entry.target)?.draw();
      }
    },
    { rootMargin: '600px' },
  );
  for (const group of groups) observer.observe(group.section);
  themes.onChange(() => groups.forEach((group) => group.redraw()));
  window.addEventListener('beforeprint', () => groups.forEach((group) => group.draw()));
}

interface DrawnGroup {
  readonly section: HTMLElement;
  draw(): void;
  redraw(): void;
}

function drawGroup(section: HTMLElement, group: PageGroup, theme: () => Theme): DrawnGroup {
  const hidden = new Set<string>();
  const charts = new Map<ReportChart['kind'], Chart>();
  const narrow = window.matchMedia('(max-width: 640px)');
  const select = section.querySelector<HTMLSelectElement>('.size-select');
  const size = (): number => Number(select?.value ?? group.headlineSize);
  let drawn = false;

  // Room for every chart is made at once: one that unfolded while the reader came near would push away what they look
  // at.
  const tools = section.querySelector<HTMLElement>('.chart-tools');
  if (tools !== null) tools.hidden = false;
  for (const figure of section.querySelectorAll<HTMLElement>('figure.chart')) figure.hidden = false;
  setRowsHeight(section, group.byTransport.find((chart) => chart.sizeBytes === size())?.rows.length ?? 1);

  const show = (kind: ReportChart['kind'], data: ReportChart | null | undefined): void => {
    const figure = section.querySelector<HTMLElement>(`[data-chart="${kind}"]`);
    const canvas = figure?.querySelector('canvas');
    if (figure === null || canvas === null || canvas === undefined) return;
    charts.get(kind)?.destroy();
    charts.delete(kind);
    figure.hidden = data === null || data === undefined;
    if (data === null || data === undefined) return;
    const visible = withoutHidden(data, hidden);
    if (data.kind === 'by-transport') setRowsHeight(section, data.rows.length);
    const sizeLabel = figure.querySelector('.size');
    if (sizeLabel !== null && 'sizeBytes' in data) sizeLabel.textContent = ` at ${formatSize(data.sizeBytes)}`;
    canvas.setAttribute('aria-label', describeChart(data));
    const chart = new Chart(canvas, chartConfig(visible, theme(), { kind: 'page', narrow: narrow.matches }));
    charts.set(kind, chart);
    offerReset(figure, chart);
  };
  const redraw = (): void => {
    if (!drawn) return;
    show('by-size', group.bySize);
    show(
      'by-transport',
      group.byTransport.find((chart) => chart.sizeBytes === size()),
    );
    show(
      'percentiles',
      group.percentiles.find((chart) => chart.sizeBytes === size()),
    );
    buildLegend(section, group, hidden, theme(), redraw);
  };
  const draw = (): void => {
    if (drawn) return;
    drawn = true;
    redraw();
  };
  select?.addEventListener('change', redraw);
  narrow.addEventListener('change', redraw);
  return { section, draw, redraw };
}

function setRowsHeight(section: HTMLElement, rows: number): void {
  const box = section.querySelector<HTMLElement>('[data-chart="by-transport"] .canvas-box');
  if (box !== null) box.style.height = `${rows * 34 + 76}px`;
}

function withoutHidden(data: ReportChart, hidden: ReadonlySet<string>): ReportChart {
  const isShown = (series: { readonly transport: string }): boolean => !hidden.has(series.transport);
  return data.kind === 'by-transport'
    ? { ...data, rows: data.rows.filter(isShown) }
    : ({ ...data, series: data.series.filter(isShown) } as ReportChart);
}
