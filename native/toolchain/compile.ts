import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The compiler is not there. Its message is a sentence for the user. */
export class MissingCompiler extends Error {
  override readonly name = 'MissingCompiler';
}

/** $CXX, which may carry a launcher or options ('ccache clang++'), or g++. */
export function compilerCommand(environment: NodeJS.ProcessEnv = process.env): readonly [string, ...string[]] {
  const [program, ...options] = (environment['CXX'] ?? '').split(' ').filter((word) => word !== '');
  return [program ?? 'g++', ...options];
}

/**
 * Makes one file by one compiler command, unless it is newer than everything it was made from and was made by the same
 * command. The file appears complete or not at all. Gives whether anything was done.
 */
export async function make(output: string, inputs: readonly string[], command: readonly string[]): Promise<boolean> {
  const note = `${output}.command`;
  const dependencies = `${output}.d`;
  if (readOrEmpty(note) === command.join('\n') && isNewerThanAll(output, [...inputs, ...dependenciesIn(dependencies)]))
    return false;
  mkdirSync(dirname(output), { recursive: true });
  const unfinished = `${output}.${process.pid}`;
  const compiles = command.includes('-c');
  try {
    await run([...command, '-o', unfinished, ...(compiles ? ['-MMD', '-MF', `${unfinished}.d`] : [])]);
    if (compiles) renameSync(`${unfinished}.d`, dependencies);
    renameSync(unfinished, output);
    writeFileSync(note, command.join('\n'));
  } finally {
    rmSync(unfinished, { force: true });
    rmSync(`${unfinished}.d`, { force: true });
  }
  return true;
}

/** Runs a compiler; its own messages become the error's text. */
function run(command: readonly string[]): Promise<void> {
  const [program, ...options] = command as [string, ...string[]];
  return new Promise((resolve, reject) => {
    const child = spawn(program, options, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.on('error', (cause: NodeJS.ErrnoException) => {
      reject(
        cause.code === 'ENOENT' || cause.code === 'EACCES'
          ? new MissingCompiler(
              `The native core is not built for ${process.platform}-${process.arch}, and the compiler ` +
                `'${program}' was not found. ` +
                'Install a C++20 compiler (the package is called g++ on Debian, Ubuntu and Alpine, gcc-c++ on ' +
                "Fedora) or name one in CXX, then run 'ipcbench build'.",
              { cause },
            )
          : cause,
      );
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`The C++ compiler failed (${signal ?? `exit ${code}`}): ${command.join(' ')}\n${said}`));
    });
  });
}

function isNewerThanAll(output: string, inputs: readonly string[]): boolean {
  const made = modifiedMs(output);
  return made !== null && inputs.every((input) => (modifiedMs(input) ?? Infinity) <= made);
}

/** The prerequisites of a Makefile rule as `-MMD` writes it. */
function dependenciesIn(path: string): string[] {
  const rule = readOrEmpty(path).replaceAll('\\\n', ' ');
  return rule
    .slice(rule.indexOf(':') + 1)
    .split(/(?<!\\)\s+/)
    .map((word) => word.replaceAll('\\ ', ' '))
    .filter((word) => word !== '');
}

function modifiedMs(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
