import { join, relative } from 'node:path';
import { textFormats, type TextFormat } from '../../reports/formats.js';
import { renderPngs } from '../../reports/png/render-pngs.js';
import { renderSummary } from '../../reports/terminal/render-brief.js';
import { renderTerminal } from '../../reports/terminal/render-terminal.js';
import { plural } from '../../reports/units/digits.js';
import type { ReportCircumstances } from '../outcome/report-outcome.js';
import { exitCodeOf } from './exit-code.js';
import { interruptionSignal } from '../session/interruption.js';
import { wantsColor, type Invocation } from './invocation.js';
import type { RunOutcome } from './run.js';
import { printable } from '../../reports/printable.js';
import { saveFile } from '../saving/save-file.js';
import { isSaved } from '../saving/unsaved.js';

export interface Finish {
  /** null keeps nothing. */
  readonly out: string | null;
  readonly wantsJson: boolean;
  readonly strictness?: 'strict' | 'usual';
}

/** After a run: draws every rendering into `out`, prints the summary or the JSON, and sets the exit status. */
export async function finish(
  { report, interruption }: RunOutcome,
  { out, wantsJson, strictness = 'usual' }: Finish,
  invocation: Invocation,
): Promise<void> {
  const { stdout, stderr } = invocation;
  if (wantsJson) stdout.write(`${JSON.stringify(report)}\n`);
  else {
    const render = report.command.includes('--full') ? renderTerminal : renderSummary;
    const circumstances = { strictness, endedBy: interruption?.exitCode ?? null };
    stdout.write(`${render(report, { color: wantsColor(stdout), width: stdout.columns ?? 100, circumstances })}\n`);
  }
  if (interruption !== null) {
    // The page too, without images: an older one must not stand beside these figures.
    if (out !== null) drawPages(report, out, { strictness, endedBy: interruption.exitCode });
    const where = out === null ? 'the output above' : join(out, 'report.json');
    stderr.write(
      `${interruption.message}${out === null || isSaved(where) ? ` The results are in ${printable(where)}.` : ''}\n`,
    );
    return invocation.exit(interruption.exitCode);
  }
  if (out !== null) {
    const notes = await renderFiles(report, out, { strictness });
    if (!wantsJson && notes.length > 0) stdout.write(`${notes.join('\n')}\n`);
  }
  invocation.exit(exitCodeOf(report, strictness));
}

/**
 * Draws the files that stand beside report.json, and says where they are; nothing of those that could not be saved,
 * which the end tells.
 */
export async function renderFiles(
  report: RunOutcome['report'],
  out: string,
  circumstances: ReportCircumstances = {},
): Promise<string[]> {
  if (!drawPages(report, out, circumstances)) return [];
  const png = await renderPngs(report, out, interruptionSignal());
  const at = relative(process.cwd(), out) || '.';
  const images =
    png.state === 'skipped'
      ? png.message
      : `${plural(png.files.length, 'chart')} as PNG ${png.files.length === 1 ? 'file' : 'files'} in the ` +
        'same folder.';
  return [`Open ${printable(join(at, 'report.html'))} (data: report.json, for a pull request: report.md).`, images];
}

function drawPages(report: RunOutcome['report'], out: string, circumstances: ReportCircumstances): boolean {
  const saved = Object.values<TextFormat>(textFormats).flatMap(({ report: file }) =>
    file === null || file.savedByRun === null
      ? []
      : [saveFile(join(out, file.savedByRun), file.render(report, circumstances))],
  );
  return saved.every((isDone) => isDone) && isSaved(join(out, 'report.json'));
}
