import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment, Variant } from '../../model/index.js';
import type { LaunchContext } from '../../runner/run-launch.js';
import { loadTransports, type LoadedTransport } from '../../suites/load-transports.js';
import { UserError } from '../../user-error.js';
import type { Rig } from '../rig.js';
import { checkOut, type CheckedOutTree } from './check-out.js';
import { proveLoader } from './prove-loader.js';
import { proveRuntime } from './prove-runtime.js';
import { proveWrap } from './prove-wrap.js';
import { findRuntime } from './runtime.js';
import type { VariantSpec } from './parse-variant.js';

/** One side, ready to start pairs. */
export interface PreparedVariant {
  readonly spec: VariantSpec;
  readonly variant: Variant;
  /** All of this side's transports by name. */
  readonly transports: readonly LoadedTransport[];
  /** Those of its own modules: what the comparison is about when nobody names a transport. */
  readonly own: readonly LoadedTransport[];
  readonly context: LaunchContext;
  /** As the rig's, with this side's runtime. */
  readonly environment: Environment;
  /** Removes its worktree. */
  dispose(): Promise<void>;
}

/** Checks out, builds, and asks what it was given. Throws UserError. */
export async function prepareVariant(spec: VariantSpec, rig: Rig, cwd = process.cwd()): Promise<PreparedVariant> {
  const { signal, directory } = rig.context;
  const tree = spec.git === null ? null : await checkOut({ side: spec.side, ...spec.git, directory, cwd, signal });
  try {
    return await prepareIn(spec, rig, tree, cwd);
  } catch (error) {
    await tree?.remove();
    throw error;
  }
}

async function prepareIn(spec: VariantSpec, rig: Rig, tree: CheckedOutTree | null, cwd: string): Promise<PreparedVariant> {
  const inTree = (text: string): string => {
    if (tree === null && text.includes('{tree}')) throw new UserError(`--${spec.side} speaks of {tree}, and git= is missing. Name a ref, or write the path out.`);
    return text.replaceAll('{tree}', tree?.path ?? '');
  };
  const from = tree?.path ?? cwd;
  const modules = spec.transports.map(inTree).map((module) => (isAbsolute(module) || module.startsWith('@') || !module.includes('/') ? module : resolve(from, module)));
  const loaded = await loadTransports({ modules, cwd: from });
  const failure = loaded.failures[0];
  if (failure !== undefined) throw new UserError(`--${spec.side}: ${failure.message}`, 2);
  const own = loaded.transports.filter((one) => one.origin === 'user');
  const ownNames = own.map((one) => one.transport.name);
  // Those of --transport, common to both sides, come with the rig.
  const transports = [...rig.transports.filter((one) => !ownNames.includes(one.transport.name)), ...own];
  const runtime = spec.runtime === null ? null : await findRuntime(spec.side, inTree(spec.runtime), cwd);
  if (runtime !== null) await proveRuntime(spec.side, runtime, rig.context.addonPath);
  const env = Object.fromEntries(Object.entries(spec.env).map(([name, value]) => [name, inTree(value)]));
  await proveLoader(spec.side, env, cwd);
  const wrap = spec.wrap.map(inTree);
  await proveWrap(spec.side, wrap, cwd);
  return {
    spec,
    variant: {
      settings: spec.settings,
      resolved: [
        ...(tree === null || spec.git === null ? [] : [`git ${spec.git.ref} is commit ${tree.commit.slice(0, 12)}`]),
        ...own.map(({ transport, module }) => `transport ${transport.name}, entry file ${digestOf(fileURLToPath(module))}`),
        ...(runtime === null ? [] : [`runtime ${runtime.name} ${runtime.version}`]),
        ...Object.entries(env).map(([name, value]) => `${name}=${value}${isFile(value) ? `, file ${digestOf(value)},` : ''} in the environment`),
        ...(wrap.length === 0 ? [] : [`peers run by ${wrap.join(' ')}`]),
      ],
    },
    transports,
    own,
    context: {
      ...rig.context,
      transports: new Map(transports.map((one) => [one.transport.name, one])),
      ...(runtime === null ? {} : { runtime: { file: runtime.file, args: runtime.args, peerScript: rig.context.runtime.peerScript } }),
      surroundings: { env: { ...rig.context.surroundings.env, ...env }, wrap },
    },
    environment: runtime === null ? rig.environment : { ...rig.environment, runtime: { name: runtime.name, version: runtime.version, v8: null, libuv: null } },
    dispose: async () => tree?.remove(),
  };
}

/** Of that file alone: what it imports or links may differ with an equal digest. */
function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 12);
}

/** Such as LD_PRELOAD's library. */
function isFile(value: string): boolean {
  return isAbsolute(value) && (statSync(value, { throwIfNoEntry: false })?.isFile() ?? false);
}
