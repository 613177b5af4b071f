import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { LoadedTransport } from '../../discovery/load-transports.js';
import type { CheckedOutTree } from './check-out.js';
import type { VariantSpec } from './parse-variant.js';
import type { Runtime } from './runtime.js';

/** What the keys of one side came to. */
export interface Found {
  readonly tree: CheckedOutTree | null;
  readonly own: readonly LoadedTransport[];
  readonly runtime: (Runtime & { readonly path: string }) | null;
  readonly env: Readonly<Record<string, string>>;
  readonly wrap: readonly string[];
  readonly cwd: string;
}

/** For people: what each key came to, in the order of help. */
export function describeResolved(spec: VariantSpec, { tree, own, runtime, env, wrap }: Found): string[] {
  return [
    ...(tree === null || spec.git === null ? [] : [`git ${spec.git.ref} is commit ${tree.commit.slice(0, 12)}`]),
    ...own.map(
      ({ transport, loaded }) =>
        `transport ${transport.name}${loaded === undefined ? '' : `, ${filesInWords(loaded)}`}`,
    ),
    ...(runtime === null ? [] : [`runtime ${runtime.name} ${runtime.version}`]),
    ...Object.entries(env).map(
      ([name, value]) =>
        `${name}=${value}${isFile(value) ? `, file ${digestOf(value).slice(0, 12)},` : ''} in the environment`,
    ),
    ...(wrap.length === 0 ? [] : [`peers run by ${wrap.join(' ')}`]),
  ];
}

function filesInWords({ files, digest, packages }: NonNullable<LoadedTransport['loaded']>): string {
  const of = packages.length === 0 ? '' : ` of ${packages.join(', ')}`;
  return `${files === 1 ? 'one file' : `${files} files`} ${digest.slice(0, 12)}${of}`;
}

/**
 * For comparing: what distinguishes this side from the installation as it is, names left out. A file under two names is
 * one, and what is so without the key is none. `node` is the program that runs ipcbench.
 */
export function differencesFromHere({ own, runtime, env, wrap, cwd }: Found, node: string): string[] {
  return [
    ...own.map(({ transport, module, loaded }) => `transport ${transport.name} ${loaded?.digest ?? module}`),
    ...(runtime === null || sameFile(runtime.path, node) ? [] : [`runtime ${digestOf(runtime.path)}`]),
    ...Object.entries(env).flatMap(([name, value]) =>
      process.env[name] === value ? [] : [`env ${name} ${fileOr(resolve(cwd, value), value)}`],
    ),
    ...(wrap.length === 0 ? [] : [`wrap ${wrap.map((word) => fileOr(word, word)).join(' ')}`]),
  ].sort();
}

function sameFile(one: string, other: string): boolean {
  const [a, b] = [statSync(one), statSync(other)];
  return (a.dev === b.dev && a.ino === b.ino) || (a.size === b.size && digestOf(one) === digestOf(other));
}

const fileOr = (path: string, text: string): string => (isFile(path) ? digestOf(path) : text);

function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Such as LD_PRELOAD's library. */
function isFile(path: string): boolean {
  return path.startsWith('/') && (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false);
}
