import type { GateReport } from '../harness/model/index.js';

import { renderAnnotations } from './annotations/render-annotations.js';
import { renderGateBenchfmt } from './exports/benchfmt.js';
import { renderGateBmf } from './exports/bmf.js';
import { renderGithubActionBenchmark } from './exports/github-action-benchmark.js';
import { renderGateOpenMetrics } from './exports/openmetrics.js';
import { renderGateOtavaCsv } from './exports/otava-csv.js';
import { renderGateHtml } from './html/render-gate-html.js';
import { renderGateJunit } from './junit/render-gate-junit.js';
import { renderGateMarkdown } from './markdown/render-gate-markdown.js';

export { renderAnnotations };
export { parseGate, claimsToBeGate } from './schema/parse-gate.js';
export { renderGatePngs } from './png/render-pngs.js';
export { renderGateTerminal } from './terminal/render-gate-terminal.js';

/** A rendering, ready to be written beside gate.json. */
export interface GateFile {
  readonly name: string;
  readonly content: string;
}

/** Every file that is drawn from a gate.json; images apart, which take a process of their own. */
export function renderGate(gate: GateReport): readonly GateFile[] {
  return (Object.keys(gateRenderings) as GateFileName[]).map((name) => renderGateFile(gate, name));
}

export function renderGateFile(gate: GateReport, name: GateFileName): GateFile {
  return { name, content: gateRenderings[name](gate) };
}

export type GateFileName = keyof typeof gateRenderings;

const gateRenderings = {
  'gate.html': renderGateHtml,
  'gate.md': renderGateMarkdown,
  'gate.junit.xml': renderGateJunit,
  'gate.annotations.txt': renderAnnotations,
  // Named as benchstat shows them: its columns are called by their files.
  'base.txt': (gate: GateReport) => renderGateBenchfmt(gate, 'base'),
  'head.txt': (gate: GateReport) => renderGateBenchfmt(gate, 'head'),
  'gate.bmf.json': renderGateBmf,
  'gate.benchmark-action.json': renderGithubActionBenchmark,
  'gate.openmetrics.txt': renderGateOpenMetrics,
  'gate.otava.csv': renderGateOtavaCsv,
} as const satisfies Readonly<Record<string, (gate: GateReport) => string>>;
