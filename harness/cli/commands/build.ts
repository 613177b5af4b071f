import type { Command } from 'commander';
import { buildNative } from '../../../native/build.js';
import { UserError } from '../../user-error.js';
import type { Invocation } from '../invocation.js';

export function addBuild(program: Command, invocation: Invocation): void {
  program
    .command('build')
    .description('build the native core: the peer program and the addon (needs a C++20 compiler)')
    .option('--force', 'compile everything again')
    .action(async (options: { readonly force?: true }) => {
      try {
        const built = await buildNative({ force: options.force === true });
        invocation.stdout.write(`${String(built)}\n`);
      } catch (cause) {
        throw new UserError((cause as Error).message, 5, { cause });
      }
    });
}
