import { fileURLToPath } from 'node:url';
import { execa, type Options } from 'execa';

export const cli = fileURLToPath(new URL('../../../../harness/cli/ipcbench.mjs', import.meta.url));

export interface CliResult {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as a user would, in a process of its own, and waits for its end. */
export async function runCli(args: readonly string[], options: Pick<Options, 'env' | 'cwd'> = {}): Promise<CliResult> {
  const { exitCode, signal, stdout, stderr } = await execa(process.execPath, [cli, ...args], {
    reject: false,
    ...options,
  });
  return { exitCode, signal, stdout, stderr };
}
