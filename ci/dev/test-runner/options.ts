import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export interface Options {
  readonly patterns: readonly string[];
  readonly deadlineS: number;
  readonly jobs: number;
  /** The package whose tests run; the proofs give another. */
  readonly root: string;
}

export const usage = `npm test -- [part of a test file's path]… [--deadline-s N] [--jobs N]
  --deadline-s  seconds for each file that declares no other ("// test-deadline-s: 600"), default 120
  --jobs        how many *.pure.test.ts files run side by side, default 1; all others run one by one
  --root        the package to test, default this one`;

/** Throws an Error with one sentence when the arguments are wrong. */
export function parseOptions(argv: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: { 'deadline-s': { type: 'string' }, jobs: { type: 'string' }, root: { type: 'string' } },
    allowPositionals: true,
  });
  return {
    patterns: positionals,
    deadlineS: wholeNumber('--deadline-s', values['deadline-s'] ?? '120'),
    jobs: wholeNumber('--jobs', values.jobs ?? '1'),
    root: resolve(values.root ?? fileURLToPath(new URL('../../../..', import.meta.url))),
  };
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${option} takes a whole number from 1 on, not '${text}'.`);
  return Number(text);
}
