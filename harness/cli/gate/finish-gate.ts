import { join, relative } from 'node:path';
import { renderGate, renderGatePngs, renderGateTerminal } from '../../../reports/render-gate.js';
import type { GateReport } from '../../model/index.js';
import { interruptionSignal } from '../../session/interruption.js';
import { wantsColor, type Invocation } from '../invocation.js';
import { printable } from '../../../reports/printable.js';
import { saveFile } from '../../saving/save-file.js';
import { isSaved } from '../../saving/unsaved.js';
import type { ComparisonOutcome } from '../../comparison/request.js';
import { annotateStep, appendSummary } from './report-to-github.js';

export interface FinishGate {
  readonly out: string;
  readonly wantsJson: boolean;
  /** Sentences behind the answer. */
  readonly notes?: readonly string[];
}

/** After a comparison: draws every rendering into `out`, prints the answer or the JSON, and sets the exit status. */
export async function finishGate(
  { gate, interruption }: ComparisonOutcome,
  { out, wantsJson, notes = [] }: FinishGate,
  invocation: Invocation,
): Promise<void> {
  const { stdout, stderr } = invocation;
  const images = await drawFiles(gate, out);
  if (wantsJson) stdout.write(`${JSON.stringify(gate)}\n`);
  else {
    // Before the answer, whose last line says what the exit code means; not beside --json, where stdout is the JSON
    // alone.
    annotateStep(gate, stdout);
    const at = relative(process.cwd(), out) || '.';
    const files = [
      { name: 'page', path: join(at, 'gate.html') },
      { name: 'data', path: join(at, 'gate.json') },
      { name: 'markdown', path: join(at, 'gate.md') },
    ];
    const width = stdout.columns ?? 100;
    stdout.write(renderGateTerminal(gate, { color: wantsColor(stdout), width, notes: [...notes, images], files }));
  }
  appendSummary(gate, stderr);
  const data = join(out, 'gate.json');
  if (interruption !== null)
    stderr.write(`${interruption.message}${isSaved(data) ? ` The results are in ${printable(data)}.` : ''}\n`);
  invocation.exit(interruption?.exitCode ?? gate.exitCode);
}

async function drawFiles(gate: GateReport, out: string): Promise<string> {
  for (const { name, content } of renderGate(gate)) saveFile(join(out, name), content);
  const png = await renderGatePngs(gate, out, interruptionSignal());
  return png.state === 'skipped'
    ? png.message
    : png.files.length === 1
      ? 'One chart as a PNG file in the same folder.'
      : `${png.files.length} charts as PNG files in the same folder.`;
}
