import { isAbsolute, resolve } from 'node:path';
import type { Driver, Environment, Variant } from '../../model/index.js';
import { endMarked, environmentOf, freshMark } from '../../programs/marked.js';
import type { LaunchContext } from '../../runner/run-launch.js';
import { peerScript } from '../../peer/peer-script.js';
import { loadTransports, type LoadedTransport } from '../../discovery/load-transports.js';
import { UserError } from '../../user-error.js';
import type { Session } from '../../session/session.js';
import { checkOut, type CheckedOutTree } from './check-out.js';
import { verifyLoader } from './verify-loader.js';
import { verifyRuntime } from './verify-runtime.js';
import { verifyWrap } from './verify-wrap.js';
import { differencesFromHere, describeResolved, type Found } from './resolve-variant.js';
import { findRuntime, pathOf } from './runtime.js';
import type { VariantSpec } from './parse-variant.js';

/** One side, ready to start pairs. */
export interface PreparedVariant {
  readonly spec: VariantSpec;
  readonly variant: Variant;
  /** All of this side's transports by name. */
  readonly transports: readonly LoadedTransport[];
  /** Those of its own modules: what the comparison is about when nobody names a transport. */
  readonly own: readonly LoadedTransport[];
  /**
   * What distinguishes it from the installation as it is: two sides that agree in it are the same by all that is known.
   */
  readonly differences: readonly string[];
  /** Drivers that its runtime cannot host, and why. */
  readonly unhosted: ReadonlyMap<Driver, string>;
  readonly context: LaunchContext;
  /** As the session's, with this side's runtime. */
  readonly environment: Environment;
  /** Ends what its wrapper or runtime left running, and removes its worktree. */
  dispose(): Promise<void>;
}

/** Two sides that are compared; one and the same where head alone is measured. */
export interface BothSides {
  readonly base: PreparedVariant;
  readonly head: PreparedVariant;
}

/** Checks out, builds, and asks what it was given. Throws UserError. */
export async function prepareVariant(
  spec: VariantSpec,
  session: Session,
  cwd = process.cwd(),
): Promise<PreparedVariant> {
  const { signal, directory } = session.context;
  const tree = spec.git === null ? null : await checkOut({ side: spec.side, ...spec.git, directory, cwd, signal });
  try {
    return await prepareIn(spec, session, tree, cwd);
  } catch (error) {
    await tree?.remove();
    throw error;
  }
}

async function prepareIn(
  spec: VariantSpec,
  session: Session,
  tree: CheckedOutTree | null,
  cwd: string,
): Promise<PreparedVariant> {
  const inTree = (text: string): string => {
    if (tree === null && text.includes('{tree}'))
      throw new UserError(`--${spec.side} uses {tree} without git=. Add git=, or write out the path.`);
    return text.replaceAll('{tree}', tree?.path ?? '');
  };
  const own = await ownTransports(spec, tree?.from ?? cwd, inTree);
  const ownNames = own.map((one) => one.transport.name);
  // Those of --transport, common to both sides, come with the session.
  const transports = [...session.transports.filter((one) => !ownNames.includes(one.transport.name)), ...own];
  const runtime =
    spec.runtime === null ? null : await findRuntime(spec.side, inTree(spec.runtime), cwd, session.context.signal);
  const env = Object.fromEntries(Object.entries(spec.env).map(([name, value]) => [name, inTree(value)]));
  await verifyLoader(spec.side, env, cwd, session.context.signal);
  const wrap = spec.wrap.map(inTree);
  await verifyWrap(spec.side, wrap, cwd, session.context.signal);
  const found: Found = {
    tree,
    own,
    runtime: runtime === null ? null : { ...runtime, path: pathOf(runtime.file, env) },
    env,
    wrap,
    cwd,
  };
  // Programs that are not ours may stand between: what they leave running ends before the tree is removed. Should this
  // process die first, the run's own mark, which they have too, ends them.
  const mark = freshMark('program');
  const context: LaunchContext = {
    ...session.context,
    transports: new Map(transports.map((one) => [one.transport.name, one])),
    ...(runtime === null
      ? {}
      : { runtime: { file: runtime.file, args: runtime.args, peerScript: peerScript(runtime.name) } }),
    surroundings: { env: { ...session.context.surroundings.env, ...env, ...environmentOf(mark) }, wrap },
  };
  try {
    return {
      spec,
      variant: { settings: spec.settings, resolved: describeResolved(spec, found) },
      transports,
      own,
      differences: differencesFromHere(found, process.execPath),
      unhosted: runtime === null ? new Map() : await verifyRuntime(spec.side, runtime, context),
      context,
      environment:
        runtime === null
          ? session.environment
          : {
              ...session.environment,
              runtime: { name: runtime.name, version: runtime.version, v8: null, libuv: null },
            },
      dispose: async () => {
        await endMarked(mark);
        await tree?.remove();
      },
    };
  } catch (error) {
    await endMarked(mark);
    throw error;
  }
}

async function ownTransports(
  spec: VariantSpec,
  from: string,
  inTree: (text: string) => string,
): Promise<readonly LoadedTransport[]> {
  const modules = spec.transports
    .map(inTree)
    .map((module) =>
      isAbsolute(module) || module.startsWith('@') || !module.includes('/') ? module : resolve(from, module),
    );
  const loaded = await loadTransports({ modules, cwd: from });
  const failure = loaded.failures[0];
  if (failure !== undefined) throw new UserError(`--${spec.side}: ${failure.message}`, 2);
  return loaded.transports.filter((one) => one.origin === 'user');
}
