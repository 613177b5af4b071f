import type { GateReport } from '../harness/model/index.js';

import { renderGateJunit } from './junit/render-gate-junit.js';
import { renderGateMarkdown } from './markdown/render-gate-markdown.js';

export { renderAnnotations } from './annotations/render-annotations.js';
export { parseGate, claimsToBeGate } from './schema/parse-gate.js';
export { renderGateTerminal } from './terminal/render-gate-terminal.js';

/** A rendering, ready to be written beside gate.json. */
export interface GateFile {
  readonly name: string;
  readonly content: string;
}

/** Every file that is drawn from a gate.json; images apart, which take a process of their own. */
export function renderGate(gate: GateReport): readonly GateFile[] {
  return Object.entries(gateRenderings).map(([name, render]) => ({ name, content: render(gate) }));
}

/** By file name. */
export const gateRenderings: Readonly<Record<string, (gate: GateReport) => string>> = {
  'gate.md': renderGateMarkdown,
  'gate.junit.xml': renderGateJunit,
};
