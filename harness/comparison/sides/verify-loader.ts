import { statSync } from 'node:fs';
import { runProgram } from '../../programs/run-program.js';
import { UserError } from '../../user-error.js';
import type { SideName } from './parse-variant.js';

/** Variables by which the dynamic linker is told what to load (ld.so(8)). */
const PRELOADED = ['LD_PRELOAD', 'LD_AUDIT'];
const ANSWER_MS = 10_000;
const SEARCHED = 'LD_LIBRARY_PATH';

/**
 * ld.so(8) goes on without a library that it cannot preload, or a directory that is not there, so a misspelt one would
 * measure the same thing twice and pass. Throws UserError with what the linker said.
 */
export async function verifyLoader(
  side: SideName,
  env: Readonly<Record<string, string>>,
  cwd: string,
  signal?: AbortSignal,
): Promise<void> {
  const missing = (env[SEARCHED] ?? '').split(/[:;]/).find((directory) => directory !== '' && !isDirectory(directory));
  if (missing !== undefined)
    throw new UserError(
      `--${side} env.${SEARCHED}=${env[SEARCHED] ?? ''} names ${missing}, which is not a directory, so ` +
        'the peers would run without it. Build it first, or name another.',
    );
  const name = PRELOADED.find((candidate) => (env[candidate] ?? '') !== '');
  if (name === undefined) return;
  const { stderr, timedOut } = await runProgram({
    file: 'true',
    args: [],
    cwd,
    env: { ...process.env, ...env },
    timeoutMs: ANSWER_MS,
    signal,
  });
  signal?.throwIfAborted();
  if (timedOut)
    throw new UserError(
      `--${side} env.${name}=${env[name] ?? ''}: the program 'true' did not end within ` +
        `${ANSWER_MS / 1000} s with it, so a peer would not run either. Run 'true' with it by hand to ` +
        'see why.',
    );
  const said = /^ERROR: ld\.so: (.*?): ignored\.?$/m.exec(stderr)?.[1];
  if (said !== undefined)
    throw new UserError(
      `--${side} env.${name}=${env[name] ?? ''}: ${said}, so the peers would run without it. Build it ` +
        'first, or name another.',
    );
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
