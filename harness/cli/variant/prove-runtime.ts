import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { UserError } from '../../user-error.js';
import type { SideName } from './parse-variant.js';
import type { Runtime } from './runtime.js';

const ANSWER_MS = 10_000;
const PROBE = fileURLToPath(new URL('../../peer/probe.js', import.meta.url));

/** Has a runtime do what a peer does first. Throws UserError for one that cannot host peers: bun 1.4.5 closes a socket over an inherited descriptor. */
export async function proveRuntime(side: SideName, { name, version, file, args }: Runtime, addonPath: string): Promise<void> {
  const probe = execa(file, [...args, PROBE, addonPath], { reject: false, stdio: ['ignore', 'ignore', 'pipe', 'pipe'], timeout: ANSWER_MS });
  const channel = probe.stdio[3] as unknown as NodeJS.ReadWriteStream;
  channel.on('error', () => undefined);
  channel.once('data', () => channel.write('go\n'));
  const { failed, timedOut, stderr, shortMessage } = await probe;
  if (!failed) return;
  const said = String(stderr ?? '').split('\n').find((line) => /^\w*error\b|closed/i.test(line))?.trim();
  const reason = timedOut ? `it said nothing for ${ANSWER_MS / 1000} s` : (said ?? shortMessage?.split('\n')[0] ?? 'no reason given');
  throw new UserError(`--${side} runtime=: ${name} ${version} cannot host a peer (${reason}). Name a node, 20.19 or newer.`);
}
