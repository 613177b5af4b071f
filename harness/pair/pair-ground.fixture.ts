import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { loadNative } from '../../native/load.js';
import { loadTransports, type LoadedTransport } from '../discovery/load-transports.js';
import { decodeProgress } from '../history/progress.js';
import type { Role } from '../model/index.js';
import { UNPINNED } from '../placement/place.js';
import { leftBehind, takeResourceSnapshot } from './resource-snapshot.js';
import { childrenOf } from '../os/os.js';
import { launcherOnDemand, type LauncherOnDemand } from './launcher-on-demand.js';
import { NO_SURROUNDINGS, type Pair, type PairContext, type PairStart } from './pair.js';
import { makePrivateDirectory, type PrivateDirectory } from './private-directory.js';

/** What tests start pairs with: the real core, launcher and transports, and a private directory of their own. */
export interface PairGround {
  context: PairContext;
  readonly directory: PrivateDirectory;
  readonly launchers: LauncherOnDemand;
  readonly transports: ReadonlyMap<string, LoadedTransport>;
  close(): Promise<void>;
}

export async function openPairGround(): Promise<PairGround> {
  const native = await loadNative();
  const { transports } = await loadTransports({ modules: [] });
  const directory = makePrivateDirectory(native.addon);
  const launchers = launcherOnDemand(native.launcherPath, native.addon);
  return {
    directory,
    launchers,
    transports: new Map(transports.map((loaded) => [loaded.transport.name, loaded])),
    context: {
      addon: native.addon,
      launcher: launchers.running,
      peerPath: native.peerPath,
      addonPath: native.addonPath,
      surroundings: NO_SURROUNDINGS,
      runtime: {
        args: [],
        file: process.execPath,
        peerScript: fileURLToPath(new URL('../peer/main.js', import.meta.url)),
      },
      directory: directory.path,
      timeoutMs: 5000,
      signal: new AbortController().signal,
    },
    close: async () => {
      await launchers.close();
      directory.remove();
    },
  };
}

export const startOf = (
  ground: PairGround,
  name: string,
  windowMs: number,
  options: Partial<PairStart> = {},
): PairStart => {
  const loaded = ground.transports.get(name);
  if (loaded === undefined) throw new Error(`no transport ${name}`);
  const task = [
    '--workload',
    'ping-pong',
    '--size',
    '64',
    '--verify',
    'header',
    '--seed',
    '1',
    '--warmup-us',
    String(windowMs * 1000),
    '--window-us',
    String(windowMs * 1000),
  ];
  return {
    transport: loaded.transport,
    moduleUrl: loaded.module,
    driver: 'native',
    cpus: UNPINNED,
    task,
    fault: null,
    nonce: 't',
    ...options,
  };
};

/** Waits for a phase by looking, with no sleep between looks; the test file's deadline bounds it. */
export const untilPhase = async (pair: Pair, role: Role, phase: number): Promise<number> => {
  for (;;) {
    const at = decodeProgress(pair.shared.read())?.[role];
    if (at?.phase === phase && at.pid !== null) return at.pid;
    await setImmediate();
  }
};

export const results = (pair: Pair): Promise<unknown> =>
  Promise.all([pair.initiator.control.waitFor('result'), pair.responder.control.waitFor('result')]);

export const failureOf = async (work: Promise<unknown>): Promise<Error> => {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
};

/** Runs `work` and proves that it left no child, no descriptor, no socket and no file. */
export const leavesNothing = async <T>(ground: PairGround, work: () => Promise<T>): Promise<T> => {
  const { pid } = await ground.launchers.running();
  const before = takeResourceSnapshot(ground.directory.path);
  const result = await work();
  assert.is(leftBehind(before, takeResourceSnapshot(ground.directory.path)), null);
  assert.equal(childrenOf(process.pid), [pid]);
  assert.equal(childrenOf(pid), []);
  return result;
};
