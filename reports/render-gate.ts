import type { GateReport } from '../harness/model/index.js';
import { textFormats, type TextFormat } from './formats.js';

export { renderAnnotations } from './annotations/render-annotations.js';
export { parseGate, claimsToBeGate } from './schema/parse-gate.js';
export { renderGatePngs } from './png/render-pngs.js';
export { renderGateTerminal } from './terminal/render-gate-terminal.js';

/** A rendering, ready to be written beside gate.json. */
export interface GateFile {
  readonly name: string;
  readonly content: string;
}

/** Every text file that is drawn from a gate.json. Images are not among them: a child process draws those. */
export function renderGate(gate: GateReport): readonly GateFile[] {
  return Object.values<TextFormat>(textFormats).flatMap((format) => renderGateFormat(gate, format));
}

/** The files of one format. */
export function renderGateFormat(gate: GateReport, format: TextFormat): readonly GateFile[] {
  return Object.entries(format.gate).map(([name, render]) => ({ name, content: render(gate) }));
}
