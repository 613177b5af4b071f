import type { Setting, Workload } from '../model/index.js';

/** What a command is run with; a test puts its own streams in. */
export interface Invocation {
  readonly argv: readonly string[];
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Those of suites/, from which options and help follow. */
  readonly workloads: readonly Workload[];
  readonly settings: readonly Setting[];
  /** Sets the exit status of the whole command. */
  exit(code: number): void;
}

/**
 * NO_COLOR (https://no-color.org) and anything that is no terminal switch colours off; FORCE_COLOR switches them on.
 */
export function wantsColor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  if (env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0') return true;
  return stream.isTTY === true;
}
