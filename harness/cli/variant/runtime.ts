import { isAbsolute, resolve } from 'node:path';
import { execa } from 'execa';
import { UserError } from '../../user-error.js';
import type { SideName } from './parse-variant.js';

/** A program that runs Node-hosted peers. */
export interface Runtime {
  readonly name: 'node' | 'bun' | 'deno';
  readonly version: string;
  readonly file: string;
  /** What it is given before a script. */
  readonly args: readonly string[];
}

const ANSWER_MS = 10_000;

/** Asks a program what it is. A path is taken from `cwd`, a bare name from PATH. Throws UserError for one that is none of the three. */
export async function findRuntime(side: SideName, text: string, cwd: string): Promise<Runtime> {
  const file = text.includes('/') && !isAbsolute(text) ? resolve(cwd, text) : text;
  const { stdout, failed, code, shortMessage } = await execa(file, ['--version'], { reject: false, timeout: ANSWER_MS, stdin: 'ignore' });
  if (code === 'ENOENT' || code === 'EACCES') throw new UserError(`--${side} runtime=${text}: there is no program ${file} that can be run (${code}). Give the path of a node, bun or deno.`);
  const runtime = failed ? null : await confirmed(recognise(stdout.trim(), file));
  if (runtime === null) throw new UserError(`--${side} runtime=${text} is neither node, bun nor deno: '--version' gave ${failed ? shortMessage : `'${stdout.split('\n')[0] ?? ''}'`}.`);
  return runtime;
}

/** A bare number is what many programs answer, npm and esbuild among them: bun also runs a line of JavaScript and tells that number in it. */
async function confirmed(runtime: Runtime | null): Promise<Runtime | null> {
  if (runtime?.name !== 'bun') return runtime;
  const { stdout } = await execa(runtime.file, ['-e', 'console.log(`bun ${process.versions.bun}`)'], { reject: false, timeout: ANSWER_MS, stdin: 'ignore' });
  return stdout?.trim() === `bun ${runtime.version}` ? runtime : null;
}

/** `v22.11.0` is node's answer, `1.2.3` bun's, `deno 2.1.4 (stable, …)` deno's. */
function recognise(answer: string, file: string): Runtime | null {
  const [, name, version] = /^(v|deno |)(\d+\.\d+\.\d+[\w.-]*)/.exec(answer) ?? [];
  if (version === undefined) return null;
  if (name === 'v') return { name: 'node', version: `v${version}`, file, args: [] };
  if (name === '') return { name: 'bun', version, file, args: [] };
  return { name: 'deno', version, file, args: ['run', '--allow-all', '--quiet'] };
}
