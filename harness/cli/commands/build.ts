import { relative } from 'node:path';
import type { Command } from 'commander';
import { buildNative } from '../../../native/toolchain/build.js';
import { UserError } from '../../user-error.js';
import type { Invocation } from '../invocation.js';

export function addBuild(program: Command, invocation: Invocation): void {
  program
    .command('build')
    .description('build the native core (peer program and addon) if it is not up to date; needs a C++20 compiler')
    .addHelpText('after', '\nExample: CXX=clang++ ipcbench build')
    .action(async () => {
      try {
        const built = await buildNative();
        const what =
          built.commands === 0
            ? 'up to date'
            : `built with ${built.commands} compiler runs in ${(built.durationMs / 1000).toFixed(1)} s`;
        invocation.stdout.write(`The native core in ${relative(process.cwd(), built.directory) || '.'} is ${what}.\n`);
      } catch (cause) {
        throw new UserError((cause as Error).message, 5, { cause });
      }
    });
}
