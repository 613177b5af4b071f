import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { renderGatePngs, renderPngs, type PngResult } from '../../../reports/png/render-pngs.js';
import { claimsToBeGate, parseGate, renderGateFile, renderGateTerminal, type GateFileName } from '../../../reports/render-gate.js';
import { parseReport } from '../../../reports/schema/parse-report.js';
import { renderTerminal } from '../../../reports/terminal/render-terminal.js';
import type { GateReport, Report } from '../../model/index.js';
import { withRankings } from '../../stats/with-rankings.js';
import { UserError } from '../../user-error.js';
import { wantsColor, type Invocation } from '../invocation.js';
import { prepareOutput, saveFile } from '../save-file.js';
import { gateFiles, reportFiles, type Format } from './formats.js';

/** What lay on disk, told apart by the schema id it carries. */
export type Saved = { readonly path: string; readonly content: Report } | { readonly path: string; readonly content: GateReport };

/** Throws UserError for a file that is absent or that no parser takes. */
export function readSaved(path: string): Saved {
  try {
    const text = readFileSync(path, 'utf8');
    return claimsToBeGate(text) ? { path, content: parseGate(text) } : { path, content: withRankings(parseReport(text)) };
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    if (code !== '') throw new UserError(`${path} cannot be read${code}. Name a report.json that 'ipcbench all' wrote, or a gate.json of 'ipcbench gate'.`, 2, { cause });
    throw new UserError(`${path}: ${(cause as Error).message}`, 2, { cause });
  }
}

/** Throws UserError where one of the files has no such format: said before anything is written. */
export function refuseFormats(saved: readonly Saved[], formats: readonly Format[]): void {
  for (const { path, content } of saved) {
    const has = (format: Format): boolean => format === 'terminal' || format === 'png' || (isGate(content) ? gateFiles : reportFiles)[format] !== undefined;
    const lacking = formats.find((format) => !has(format));
    if (lacking !== undefined) throw new UserError(`${path} is a report, and '${lacking}' is drawn from a gate.json alone. Leave it out, or name a gate.json of 'ipcbench gate'.`);
  }
}

/** Draws one file in every format, into `out` or beside it, and tells what was written where. */
export async function drawSaved({ path, content }: Saved, formats: readonly Format[], out: string | undefined, { stdout }: Invocation): Promise<void> {
  const folder = out ?? dirname(path);
  if (formats.some((format) => format !== 'terminal')) prepareOutput(folder);
  const save = (name: string, text: string): void => {
    saveFile(join(folder, name), text);
    stdout.write(`${join(folder, name)}\n`);
  };
  const terminal = { color: wantsColor(stdout), width: stdout.columns ?? 100 };
  const stem = basename(path, '.json');
  for (const format of formats) {
    if (format === 'terminal') stdout.write(`${isGate(content) ? renderGateTerminal(content, terminal) : renderTerminal(content, terminal)}\n`);
    else if (format === 'png') stdout.write(tellImages(isGate(content) ? await renderGatePngs(content, folder) : await renderPngs(content, folder)));
    else if (isGate(content)) for (const name of gateFiles[format] ?? []) save(nameLike(stem, name), renderGateFile(content, name).content);
    else save(`${stem}${reportFiles[format]?.ending ?? ''}`, reportFiles[format]?.render(content) ?? '');
  }
}

function isGate(content: Report | GateReport): content is GateReport {
  return content.schema === 'ipcbench-gate';
}

// Beside a gate.json the files have the names that the gate itself gave them; beside another one, its own.
function nameLike(stem: string, name: GateFileName): string {
  if (stem === 'gate') return name;
  return name.startsWith('gate') ? `${stem}${name.slice('gate'.length)}` : `${stem}.${name}`;
}

function tellImages(png: PngResult): string {
  return png.state === 'skipped' ? `${png.message}\n` : `${png.files.join('\n')}\n`;
}
