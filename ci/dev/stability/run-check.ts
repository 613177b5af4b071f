import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Verdict } from '../../../harness/model/index.js';
import { parseReport } from '../../../reports/schema/parse-report.js';
import type { Surrounding } from './surroundings.js';

const cli = fileURLToPath(new URL('../../../../harness/cli/ipcbench.mjs', import.meta.url));

export type Ended =
  | {
      readonly type: 'ended';
      readonly exitCode: number;
      readonly stderr: string;
      readonly seconds: number;
      readonly verdicts: readonly Verdict[];
    }
  /** This machine has no such surrounding: the system's words. */
  | { readonly type: 'impossible'; readonly reason: string };

/**
 * One run of the command, as somebody would run it there. Without a report there are no verdicts, and the exit status
 * says that it broke.
 */
export async function runCheck(
  surrounding: Surrounding,
  scale: 'quick' | 'full',
  folder: string,
  selection: readonly string[],
): Promise<Ended> {
  const report = join(folder, 'report.json');
  // What an earlier run left there is not what this one says.
  rmSync(report, { force: true });
  const undo = surrounding.around?.();
  try {
    const refusal = await whyImpossible(surrounding, folder);
    if (refusal !== null) return { type: 'impossible', reason: refusal };
    const args = [cli, 'check', ...(scale === 'quick' ? ['--quick'] : []), ...selection, '--out', folder];
    const result = await execa(...commandOf(surrounding, args, folder));
    const verdicts = existsSync(report) ? parseReport(readFileSync(report, 'utf8')).verdicts : [];
    return {
      type: 'ended',
      exitCode: result.exitCode ?? -1,
      stderr: result.stderr.trim(),
      seconds: result.durationMs / 1000,
      verdicts,
    };
  } finally {
    undo?.();
  }
}

/** A program that is missing, a privilege that is, or a folder that cannot be given away: in the system's words. */
async function whyImpossible(surrounding: Surrounding, folder: string): Promise<string | null> {
  try {
    const trial = await execa(...commandOf(surrounding, [cli, '--version'], folder));
    return trial.exitCode === 0 ? null : trial.stderr.trim() || trial.shortMessage || 'no reason given';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function commandOf(
  surrounding: Surrounding,
  args: readonly string[],
  folder: string,
): [string, string[], { reject: false; stdin: 'ignore'; env: Record<string, string>; cwd: string }] {
  const [file = '', ...rest] = surrounding.command([process.execPath, ...args], folder);
  return [file, rest, { reject: false, stdin: 'ignore', env: surrounding.env?.(folder) ?? {}, cwd: folder }];
}
