import { resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { pathToFileURL } from 'node:url';
import { runProgram, type ProgramEnd } from '../programs/run-program.js';
import { parseInspection, type InspectionLine, type PlainTransport } from './inspection.js';
import { parseTransport } from './transport-schema.js';

export type ModuleFinding =
  /** `printed` is what the module wrote while it was imported. */
  | { readonly kind: 'transport'; readonly transport: PlainTransport; readonly printed: string }
  /** `problem` continues a sentence whose subject is the module. */
  | { readonly kind: 'problem'; readonly problem: string };

export interface InspectOptions {
  /** Where relative paths and package names are looked up from. */
  readonly cwd: string;
  readonly timeoutMs: number;
}

/** What a module may print while it is imported. */
const MOST_CHARACTERS = 1_000_000;

// Evaluated rather than started as a file: `import.meta.resolve` of a package name then begins in the user's folder, by
// Node's own rules (exports, conditions, symbolic links), none of which we write again.
const childProgram =
  'const { inspectModule } = await import(process.argv[1]); await inspectModule(process.argv[2], import.meta.resolve);';

/**
 * Imports a module that is not ours in a child with a deadline, so that one that hangs, throws, exits or prints costs a
 * sentence.
 */
export async function inspectModule(specifier: string, { cwd, timeoutMs }: InspectOptions): Promise<ModuleFinding> {
  const child = new URL('./inspect-child.js', import.meta.url).href;
  const target =
    isPath(specifier) && !specifier.startsWith('file:') ? pathToFileURL(resolve(cwd, specifier)).href : specifier;
  const args = ['--input-type=module', '--eval', childProgram, '--', child, target];
  const ended = await runProgram({
    file: process.execPath,
    args,
    cwd,
    timeoutMs,
    mostCharacters: MOST_CHARACTERS,
    reply: null,
  });
  const lines = parseInspection(ended.said);
  const last = lines.at(-1);
  if (last?.stage === 'problem') return { kind: 'problem', problem: stripVTControlCharacters(last.problem) };
  if (last?.stage === 'described') {
    const finding = parseTransport(withStandIns(last.transport));
    if (finding.kind === 'problem') return finding;
    return { kind: 'transport', transport: last.transport, printed: `${ended.stdout}${ended.stderr}`.trim() };
  }
  return { kind: 'problem', problem: describeEnd(ended, last, timeoutMs) };
}

/** A path to a file, rather than the name of a package. */
export const isPath = (specifier: string): boolean => /^(\.{0,2}\/|file:)|\.[cm]?[jt]s$/.test(specifier);

const withStandIns = ({ members, topology, arrange }: PlainTransport): unknown => ({
  ...members,
  ...(arrange && { arrange: () => undefined }),
  ...(topology && { js: { topology, open: () => undefined } }),
});

const describeEnd = (end: ProgramEnd, last: InspectionLine | undefined, timeoutMs: number): string => {
  const where = last?.stage === 'imported' ? "while its member 'arrange' ran" : 'while it was imported';
  if (end.timedOut) return `did not finish within ${timeoutMs} ms ${where}. Move the waiting into 'open'`;
  if (end.wroteTooMuch) return `wrote more than 1 MB ${where}`;
  if (end.signal !== null) return `was killed by ${end.signal} ${where}`;
  // Node's own exit code 13: "Unsettled Top-Level Await".
  if (end.exitCode === 13) return 'has a top-level await that never resolves';
  if (end.exitCode === null)
    return `could not be inspected: no child process could be started (${end.code ?? 'no reason given'})`;
  const stderr = end.stderr.trim().split('\n').at(-1);
  return `ended the process with exit code ${end.exitCode} ${where}${stderr ? ` (${stderr.slice(0, 200)})` : ''}`;
};
