import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { recogniseRuntime, runtimes, type RuntimeName } from '../../hosts/runtimes.js';
import { runProgram } from '../../programs/run-program.js';
import { UserError } from '../../user-error.js';
import type { SideName } from './parse-variant.js';

/** A program that runs Node-hosted peers. */
export interface Runtime {
  readonly name: RuntimeName;
  readonly version: string;
  readonly file: string;
  /** What it is given before a script. */
  readonly args: readonly string[];
}

const ANSWER_MS = 10_000;

/**
 * Asks a program what it is. A path is taken from `cwd`, a bare name from PATH. Throws UserError for one that is none
 * of the three.
 */
export async function findRuntime(side: SideName, text: string, cwd: string, abort?: AbortSignal): Promise<Runtime> {
  const file = text.includes('/') && !isAbsolute(text) ? resolve(cwd, text) : text;
  const { stdout, isGood, code, timedOut, exitCode, signal } = await runProgram({
    file,
    args: ['--version'],
    cwd,
    timeoutMs: ANSWER_MS,
    signal: abort,
  });
  abort?.throwIfAborted();
  if (code !== null)
    throw new UserError(
      `--${side} runtime=${text}: the program ${file} cannot be run (${code}). Give the path of a ` +
        'node, bun or deno.',
    );
  const runtime = isGood ? await confirmed(recognise(stdout.trim(), file)) : null;
  if (runtime === null) {
    const gave = isGood
      ? `gave '${stdout.split('\n')[0] ?? ''}'`
      : timedOut
        ? `did not end within ${ANSWER_MS / 1000} s`
        : exitCode === null
          ? `was killed by ${signal ?? 'an unknown signal'}`
          : `ended with ${exitCode}`;
    throw new UserError(`--${side} runtime=${text} is neither node, bun nor deno: '--version' ${gave}.`);
  }
  return runtime;
}

/**
 * A bare number is what many programs answer, npm and esbuild among them: bun also runs a line of JavaScript and tells
 * that number in it.
 */
async function confirmed(runtime: Runtime | null): Promise<Runtime | null> {
  if (runtime?.name !== 'bun') return runtime;
  const { stdout } = await runProgram({
    file: runtime.file,
    args: ['-e', 'console.log(`bun ${process.versions.bun}`)'],
    timeoutMs: ANSWER_MS,
  });
  return stdout.trim() === `bun ${runtime.version}` ? runtime : null;
}

function recognise(answer: string, file: string): Runtime | null {
  const found = recogniseRuntime(answer);
  return found === null ? null : { ...found, file, args: runtimes[found.name].args };
}

/** Where a program of this name is found by whoever starts it: a path as it is, a bare name on PATH. */
export function pathOf(file: string, env: Readonly<Record<string, string>>): string {
  if (file.includes('/')) return file;
  const folders = (env['PATH'] ?? process.env['PATH'] ?? '').split(':');
  return folders.map((folder) => join(folder, file)).find((path) => existsSync(path)) ?? file;
}
