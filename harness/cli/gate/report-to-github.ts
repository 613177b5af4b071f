import { appendFileSync } from 'node:fs';
import { renderGateMarkdown } from '../../../reports/markdown/render-gate-markdown.js';
import { renderAnnotations } from '../../../reports/render-gate.js';
import { printable } from '../../../reports/printable.js';
import type { GateReport } from '../../model/index.js';
import type { Invocation } from '../invocation.js';

/** What GitHub Actions sets in each step. */
type Env = Readonly<Partial<Record<'GITHUB_ACTIONS' | 'GITHUB_STEP_SUMMARY', string>>>;

/** In a step of GitHub Actions, prints the lines that it turns into annotations; elsewhere nothing. */
export function annotateStep(gate: GateReport, stdout: Invocation['stdout'], env: Env = process.env): void {
  if (env.GITHUB_ACTIONS === 'true') stdout.write(renderAnnotations(gate));
}

/**
 * In a step of GitHub Actions, puts the Markdown at the end of the job's summary; elsewhere nothing. A summary that
 * cannot be written costs a sentence: the answer stands in gate.md, and the exit code is what closes the gate.
 */
export function appendSummary(gate: GateReport, stderr: Invocation['stderr'], env: Env = process.env): void {
  const summary = env.GITHUB_STEP_SUMMARY ?? '';
  if (env.GITHUB_ACTIONS !== 'true' || summary === '') return;
  try {
    appendFileSync(summary, `${renderGateMarkdown(gate)}\n`);
  } catch (cause) {
    stderr.write(
      `The job summary ${printable(summary)} cannot be written (` +
        `${(cause as NodeJS.ErrnoException).code ?? String(cause)}). The same text is in gate.md.\n`,
    );
  }
}
