import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import { renderHtml } from '../../../reports/html/render-html.js';
import { renderJunit } from '../../../reports/junit/render-junit.js';
import { renderMarkdown } from '../../../reports/markdown/render-markdown.js';
import { renderPngs } from '../../../reports/png/render-pngs.js';
import { renderTerminal } from '../../../reports/terminal/render-terminal.js';
import type { Report } from '../../model/index.js';
import { wantsColor, type Invocation } from '../invocation.js';
import { namesFrom } from '../parse-options.js';
import { readReport } from '../read-report.js';
import { prepareOutput, saveFile } from '../save-file.js';

const FORMATS = ['terminal', 'html', 'markdown', 'junit', 'png'] as const;
type Format = (typeof FORMATS)[number];

interface ReportOptions {
  readonly format: readonly Format[];
  readonly out?: string;
}

export function addReport(program: Command, invocation: Invocation): void {
  program
    .command('report <report.json...>')
    .description('draw recorded reports again, without measuring anything')
    .option('--format <list>', FORMATS.join(', '), (text) => namesFrom(text, FORMATS, 'format', `--format takes ${FORMATS.join(', ')}`), ['terminal'] as Format[])
    .option('--out <directory>', 'where the files go (default: beside each report)')
    .addHelpText('after', '\nExample: ipcbench report ipcbench-report/report.json --format html,png')
    .action(async (paths: string[], options: ReportOptions) => {
      // All are read before anything is written: the third of three may be the broken one.
      const reports = paths.map((path) => ({ path, report: readReport(path) }));
      for (const { path, report } of reports) await draw(report, path, options, invocation);
    });
}

async function draw(report: Report, path: string, options: ReportOptions, { stdout }: Invocation): Promise<void> {
  const folder = options.out ?? dirname(path);
  const stem = basename(path, '.json');
  if (options.format.some((format) => format !== 'terminal')) prepareOutput(folder);
  for (const format of options.format) {
    switch (format) {
      case 'terminal':
        stdout.write(`${renderTerminal(report, { color: wantsColor(stdout), width: stdout.columns ?? 100 })}\n`);
        break;
      case 'html':
        saveFile(join(folder, `${stem}.html`), renderHtml(report));
        stdout.write(`${join(folder, `${stem}.html`)}\n`);
        break;
      case 'markdown':
        saveFile(join(folder, `${stem}.md`), renderMarkdown(report));
        stdout.write(`${join(folder, `${stem}.md`)}\n`);
        break;
      case 'junit':
        saveFile(join(folder, `${stem}.xml`), renderJunit(report));
        stdout.write(`${join(folder, `${stem}.xml`)}\n`);
        break;
      case 'png': {
        const png = await renderPngs(report, folder);
        stdout.write(png.state === 'skipped' ? `${png.message}\n` : `${png.files.join('\n')}\n`);
        break;
      }
    }
  }
}
