import { join, relative } from 'node:path';
import { renderHtml } from '../../reports/html/render-html.js';
import { renderJunit } from '../../reports/junit/render-junit.js';
import { renderMarkdown } from '../../reports/markdown/render-markdown.js';
import { renderPngs } from '../../reports/png/render-pngs.js';
import { renderTerminal } from '../../reports/terminal/render-terminal.js';
import { exitCodeOf } from './exit-code.js';
import { interruptionSignal } from './interruption.js';
import { wantsColor, type Invocation } from './invocation.js';
import type { RunOutcome } from './run.js';
import { saveFile } from './save-file.js';

/** After a run: draws every rendering into `out`, prints the summary or the JSON, and sets the exit status. */
export async function finish(outcome: RunOutcome, out: string | null, wantsJson: boolean, invocation: Invocation, strictness: 'strict' | 'usual' = 'usual'): Promise<void> {
  const { report, interruption } = outcome;
  const { stdout, stderr } = invocation;
  if (wantsJson) stdout.write(`${JSON.stringify(report)}\n`);
  else stdout.write(`${renderTerminal(report, { color: wantsColor(stdout), width: stdout.columns ?? 100 })}\n`);
  if (interruption !== null) {
    stderr.write(`${interruption.message} What was measured is in ${out === null ? 'the output above' : join(out, 'report.json')}.\n`);
    return invocation.exit(interruption.exitCode);
  }
  if (out !== null) {
    const notes = await renderFiles(report, out);
    if (!wantsJson) stdout.write(`${notes.join('\n')}\n`);
  }
  invocation.exit(exitCodeOf(report, strictness));
}

/** Draws the files that stand beside report.json, and says where they are. */
export async function renderFiles(report: RunOutcome['report'], out: string): Promise<string[]> {
  saveFile(join(out, 'report.html'), renderHtml(report));
  saveFile(join(out, 'report.md'), renderMarkdown(report));
  if (report.verdicts.length > 0) saveFile(join(out, 'junit.xml'), renderJunit(report));
  const png = await renderPngs(report, out, interruptionSignal());
  const at = relative(process.cwd(), out) || '.';
  return [`Look at ${join(at, 'report.html')} (data: report.json, for a pull request: report.md).`, png.state === 'skipped' ? png.message : `${png.files.length} charts as PNG files beside it.`];
}
