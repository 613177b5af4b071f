import { readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { renderGatePngs, renderPngs, type PngResult } from '../../../reports/png/render-pngs.js';
import { textFormat } from '../../../reports/formats.js';
import { claimsToBeGate, parseGate, renderGateFormat, renderGateTerminal } from '../../../reports/render-gate.js';
import { parseReport } from '../../../reports/schema/parse-report.js';
import { renderSummary } from '../../../reports/terminal/render-brief.js';
import { renderTerminal } from '../../../reports/terminal/render-terminal.js';
import type { GateReport, Report } from '../../model/index.js';
import { withRankings } from '../../stats/with-rankings.js';
import { UserError } from '../../user-error.js';
import { wantsColor, type Invocation } from '../invocation.js';
import { printable, printableLines } from '../../../reports/printable.js';
import { prepareOutput, writeWhole } from '../../saving/save-file.js';
import { systemReason } from '../../saving/system-reason.js';
import type { Format } from './formats.js';

/** What lay on disk, told apart by the schema id it carries. */
export type Saved =
  { readonly path: string; readonly content: Report } | { readonly path: string; readonly content: GateReport };

/** Throws UserError for a file that is absent or that no parser takes. */
export function readSaved(path: string): Saved {
  try {
    const text = readFileSync(path, 'utf8');
    return claimsToBeGate(text) || isNamedGate(path, text)
      ? { path, content: parseGate(text) }
      : { path, content: withRankings(parseReport(text)) };
  } catch (cause) {
    const reason = systemReason(cause);
    if (reason !== null)
      throw new UserError(
        `${path} cannot be read (${reason}). Name a report.json that 'ipcbench all' wrote, or a gate.json of ` +
          `'ipcbench gate'.`,
        2,
        { cause },
      );
    throw new UserError(`${path}: ${(cause as Error).message}`, 2, { cause });
  }
}

/** An empty or foreign file says nothing of itself: its name is then what it was to be. */
function isNamedGate(path: string, text: string): boolean {
  return basename(path) === 'gate.json' && !text.includes('ipcbench-report');
}

/** Throws UserError where one of the files has no such format: said before anything is written. */
export function refuseFormats(saved: readonly Saved[], formats: readonly Format[]): void {
  for (const { path, content } of saved) {
    const has = (format: Format): boolean =>
      format === 'terminal' || format === 'png' || isGate(content) || textFormat(format).report !== null;
    const lacking = formats.find((format) => !has(format));
    if (lacking !== undefined)
      throw new UserError(
        `${path} is a report, but '${lacking}' can be drawn only from a gate.json. Leave it out, or name ` +
          "a gate.json of 'ipcbench gate'.",
      );
  }
}

/**
 * Throws UserError where two of the files would be drawn over each other, also when one is named twice: said before
 * anything is written.
 */
export function refuseSameNames(saved: readonly Saved[], formats: readonly Format[], out: string | undefined): void {
  const drawnFrom = new Map<string, string>();
  for (const one of saved) {
    for (const name of formats.flatMap((format) => namesOf(one, format))) {
      const target = resolve(folderOf(one, out), name);
      const other = drawnFrom.get(target);
      if (other !== undefined)
        throw new UserError(
          `${other} and ${one.path} would both be written to ${target}` +
            `${name === IMAGES ? ' as images of the same names' : ''}. Draw them separately, each with its ` +
            'own --out.',
        );
      drawnFrom.set(target, one.path);
    }
  }
}

/** Images are named by what they show, not by the file they are drawn from. */
const IMAGES = '.';

function namesOf({ path, content }: Saved, format: Format): string[] {
  const stem = basename(path, '.json');
  if (format === 'terminal') return [];
  if (format === 'png') return [IMAGES];
  return isGate(content)
    ? Object.keys(textFormat(format).gate).map((name) => nameLike(stem, name))
    : [`${stem}${textFormat(format).report?.ending ?? ''}`];
}

function folderOf({ path }: Saved, out: string | undefined): string {
  return out ?? dirname(path);
}

export interface DrawOptions {
  /** undefined: beside each file. */
  readonly out: string | undefined;
  /** How much the terminal prints of a report. */
  readonly detail: 'summary' | 'full';
}

/** Draws one file in every format, into `out` or beside it, and tells what was written where. */
export async function drawSaved(
  saved: Saved,
  formats: readonly Format[],
  { out, detail }: DrawOptions,
  { stdout }: Invocation,
): Promise<void> {
  const { path, content } = saved;
  const folder = folderOf(saved, out);
  if (formats.some((format) => format !== 'terminal')) prepareOutput(folder);
  const save = (name: string, text: string): void => {
    writeWhole(join(folder, name), text);
    stdout.write(`${printable(join(folder, name))}\n`);
  };
  const renderText = detail === 'full' ? renderTerminal : renderSummary;
  const terminal = { color: wantsColor(stdout), width: stdout.columns ?? 100 };
  const stem = basename(path, '.json');
  for (const format of formats) {
    if (format === 'terminal')
      stdout.write(`${isGate(content) ? renderGateTerminal(content, terminal) : renderText(content, terminal)}\n`);
    else if (format === 'png')
      stdout.write(
        tellImages(isGate(content) ? await renderGatePngs(content, folder) : await renderPngs(content, folder)),
      );
    else if (isGate(content))
      for (const file of renderGateFormat(content, textFormat(format))) save(nameLike(stem, file.name), file.content);
    else {
      const { report } = textFormat(format);
      if (report !== null) save(`${stem}${report.ending}`, report.render(content));
    }
  }
}

function isGate(content: Report | GateReport): content is GateReport {
  return content.schema === 'ipcbench-gate';
}

// Beside a gate.json the files have the names that the gate itself gave them; beside another one, its own.
function nameLike(stem: string, name: string): string {
  if (stem === 'gate') return name;
  return name.startsWith('gate') ? `${stem}${name.slice('gate'.length)}` : `${stem}.${name}`;
}

function tellImages(png: PngResult): string {
  return png.state === 'skipped' ? `${printable(png.message)}\n` : `${printableLines(png.files.join('\n'))}\n`;
}
