import { renderReportAnnotations } from '../../../reports/annotations/render-report-annotations.js';
import { renderBenchfmt } from '../../../reports/exports/benchfmt.js';
import { renderBmf } from '../../../reports/exports/bmf.js';
import { renderOpenMetrics } from '../../../reports/exports/openmetrics.js';
import { renderOtavaCsv } from '../../../reports/exports/otava-csv.js';
import { renderHtml } from '../../../reports/html/render-html.js';
import { renderJunit } from '../../../reports/junit/render-junit.js';
import { renderMarkdown } from '../../../reports/markdown/render-markdown.js';
import type { GateFileName } from '../../../reports/render-gate.js';
import type { Report } from '../../model/index.js';

export const FORMATS = [
  'terminal',
  'html',
  'markdown',
  'junit',
  'png',
  'benchfmt',
  'bmf',
  'openmetrics',
  'otava',
  'annotations',
  'benchmark-action',
] as const;
export type Format = (typeof FORMATS)[number];

/** The formats that are a file for each report.json: what its name ends in, and what draws it. */
export const reportFiles: Readonly<
  Partial<Record<Format, { readonly ending: string; render(report: Report): string }>>
> = {
  html: { ending: '.html', render: renderHtml },
  markdown: { ending: '.md', render: renderMarkdown },
  junit: { ending: '.xml', render: renderJunit },
  benchfmt: { ending: '.txt', render: renderBenchfmt },
  bmf: { ending: '.bmf.json', render: renderBmf },
  openmetrics: { ending: '.openmetrics.txt', render: renderOpenMetrics },
  otava: { ending: '.otava.csv', render: renderOtavaCsv },
  annotations: { ending: '.annotations.txt', render: renderReportAnnotations },
};

/** The formats that are files for each gate.json. */
export const gateFiles: Readonly<Partial<Record<Format, readonly GateFileName[]>>> = {
  html: ['gate.html'],
  markdown: ['gate.md'],
  junit: ['gate.junit.xml'],
  benchfmt: ['base.txt', 'head.txt'],
  bmf: ['gate.bmf.json'],
  openmetrics: ['gate.openmetrics.txt'],
  otava: ['gate.otava.csv'],
  annotations: ['gate.annotations.txt'],
  'benchmark-action': ['gate.benchmark-action.json'],
};
