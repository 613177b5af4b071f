import { execa } from 'execa';
import { UserError } from '../../user-error.js';
import type { SideName } from './parse-variant.js';

const ANSWER_MS = 10_000;

/**
 * A wrapper must run what stands behind it, and pass descriptors on: peers get theirs by number. Throws UserError for one that does not. One that stays
 * between, as `strace -f` and `perf stat` do, is taken: a peer ends with its control channel, whoever its parent is.
 */
export async function proveWrap(side: SideName, wrap: readonly string[], cwd: string): Promise<void> {
  const [file, ...args] = wrap;
  if (file === undefined) return;
  const { code, stderr, stdio, timedOut, failed, shortMessage } = await execa(file, [...args, 'sh', '-c', 'echo it ran >&3'], { cwd, reject: false, stdio: ['ignore', 'ignore', 'pipe', 'pipe'], timeout: ANSWER_MS });
  if (!failed && String(stdio[3] ?? '').trim() === 'it ran') return;
  const said = String(stderr ?? '').trim().split('\n').at(-1);
  const reason = code === 'ENOENT' || code === 'EACCES' ? `there is no program ${file} that can be run, ${code}` : timedOut ? `it did not end within ${ANSWER_MS / 1000} s` : said || (failed ? shortMessage : 'it ended without having run it');
  throw new UserError(`--${side} wrap=${wrap.join(' ')} does not run a command with the descriptors it was given (${reason}). Put before each peer only what runs it, such as taskset, nice or env.`);
}
