import type { Report } from '../harness/model/index.js';
import { renderHtml } from './html/render-html.js';
import { renderMarkdown } from './markdown/render-markdown.js';
import { renderPngs, type PngResult } from './png/render-pngs.js';
import { renderTerminal, type TerminalOptions } from './terminal/render-terminal.js';

export { ReportError, parseReport } from './schema/parse-report.js';
export { renderHtml, renderMarkdown, renderPngs, renderTerminal };
export type { PngResult, TerminalOptions };

/** A way to look at a report, as `ipcbench report --format` offers it. Renderers read nothing but the report. */
export type Rendering =
  /** A text: to be written to `fileName`, or, where that is null, printed. */
  | {
      readonly kind: 'text';
      readonly summary: string;
      readonly fileName: string | null;
      render(report: Report, options: TerminalOptions): string;
    }
  /** Files in a directory that exists. */
  | { readonly kind: 'files'; readonly summary: string; render(report: Report, directory: string): Promise<PngResult> };

export type RenderingName = 'html' | 'png' | 'markdown' | 'terminal';

export const renderings: Readonly<Record<RenderingName, Rendering>> = {
  html: {
    kind: 'text',
    summary: 'one page with charts, tables and verdicts, that needs no network',
    fileName: 'report.html',
    render: (report) => renderHtml(report),
  },
  png: { kind: 'files', summary: 'the charts as images', render: renderPngs },
  markdown: {
    kind: 'text',
    summary: 'a short table for a pull request',
    fileName: 'report.md',
    render: (report) => renderMarkdown(report),
  },
  terminal: { kind: 'text', summary: 'the summary that a run prints', fileName: null, render: renderTerminal },
};
