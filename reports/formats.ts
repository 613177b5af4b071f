import type { GateReport, Report } from '../harness/model/index.js';
import type { ReportCircumstances } from '../harness/outcome/report-outcome.js';
import { renderAnnotations } from './annotations/render-annotations.js';
import { renderReportAnnotations } from './annotations/render-report-annotations.js';
import { renderBenchfmt, renderGateBenchfmt } from './exports/benchfmt.js';
import { renderBmf, renderGateBmf } from './exports/bmf.js';
import { renderGithubActionBenchmark } from './exports/github-action-benchmark.js';
import { renderGateOpenMetrics, renderOpenMetrics } from './exports/openmetrics.js';
import { renderGateOtavaCsv, renderOtavaCsv } from './exports/otava-csv.js';
import { renderGateHtml } from './html/render-gate-html.js';
import { renderHtml } from './html/render-html.js';
import { renderGateJunit } from './junit/render-gate-junit.js';
import { renderJunit } from './junit/render-junit.js';
import { renderGateMarkdown } from './markdown/render-gate-markdown.js';
import { renderMarkdown } from './markdown/render-markdown.js';

/** A format of `ipcbench report --format` that is one text file, or several, for each report.json or gate.json. */
export interface TextFormat {
  /** null: there is no such file of a report. */
  readonly report: {
    /** What the file's name ends in; the stem is that of the report. */
    readonly ending: string;
    /** The name under which every run saves it beside report.json; null: only `ipcbench report` writes it. */
    readonly savedByRun: string | null;
    render(report: Report, circumstances?: ReportCircumstances): string;
  } | null;
  /** The files that a gate saves beside gate.json, by name. */
  readonly gate: Readonly<Record<string, (gate: GateReport) => string>>;
}

/** Every text format, by the name that `--format` takes. To add one, add a line here. */
export const textFormats = {
  html: {
    report: { ending: '.html', savedByRun: 'report.html', render: renderHtml },
    gate: { 'gate.html': renderGateHtml },
  },
  markdown: {
    report: { ending: '.md', savedByRun: 'report.md', render: renderMarkdown },
    gate: { 'gate.md': renderGateMarkdown },
  },
  junit: {
    report: { ending: '.xml', savedByRun: 'junit.xml', render: renderJunit },
    gate: { 'gate.junit.xml': renderGateJunit },
  },
  benchfmt: {
    report: { ending: '.txt', savedByRun: null, render: (report) => renderBenchfmt(report) },
    // benchstat uses the file names as column titles.
    gate: {
      'base.txt': (gate) => renderGateBenchfmt(gate, 'base'),
      'head.txt': (gate) => renderGateBenchfmt(gate, 'head'),
    },
  },
  bmf: {
    report: { ending: '.bmf.json', savedByRun: null, render: (report) => renderBmf(report) },
    gate: { 'gate.bmf.json': renderGateBmf },
  },
  openmetrics: {
    report: { ending: '.openmetrics.txt', savedByRun: null, render: (report) => renderOpenMetrics(report) },
    gate: { 'gate.openmetrics.txt': renderGateOpenMetrics },
  },
  otava: {
    report: { ending: '.otava.csv', savedByRun: null, render: (report) => renderOtavaCsv(report) },
    gate: { 'gate.otava.csv': renderGateOtavaCsv },
  },
  annotations: {
    report: { ending: '.annotations.txt', savedByRun: null, render: renderReportAnnotations },
    gate: { 'gate.annotations.txt': renderAnnotations },
  },
  'benchmark-action': {
    report: null,
    gate: { 'gate.benchmark-action.json': renderGithubActionBenchmark },
  },
} as const satisfies Readonly<Record<string, TextFormat>>;

export type TextFormatName = keyof typeof textFormats;

export function textFormat(name: TextFormatName): TextFormat {
  return textFormats[name];
}
