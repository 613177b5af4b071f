import { join, relative } from 'node:path';
import { renderGate, renderGateTerminal } from '../../../reports/render-gate.js';
import type { GateReport } from '../../model/index.js';
import { wantsColor, type Invocation } from '../invocation.js';
import { saveFile } from '../save-file.js';
import type { ComparisonOutcome } from './run-comparison.js';

/** After a comparison: draws every rendering into `out`, prints the answer or the JSON, and sets the exit status. */
export async function finishGate({ gate, interruption }: ComparisonOutcome, out: string, wantsJson: boolean, invocation: Invocation, notes: readonly string[] = []): Promise<void> {
  const { stdout, stderr } = invocation;
  await drawFiles(gate, out);
  if (wantsJson) stdout.write(`${JSON.stringify(gate)}\n`);
  else {
    stdout.write(`${renderGateTerminal(gate, { color: wantsColor(stdout), width: stdout.columns ?? 100 })}\n`);
    if (notes.length > 0) stdout.write(`${notes.join('\n')}\n\n`);
    stdout.write(`Look at ${join(relative(process.cwd(), out) || '.', 'gate.html')} (data: gate.json, for a pull request: gate.md).\n`);
  }
  if (interruption !== null) stderr.write(`${interruption.message} What was measured is in ${join(out, 'gate.json')}.\n`);
  invocation.exit(interruption?.exitCode ?? gate.exitCode);
}

async function drawFiles(gate: GateReport, out: string): Promise<void> {
  for (const { name, content } of renderGate(gate)) saveFile(join(out, name), content);
}

