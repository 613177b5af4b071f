import type { NativeAddon } from '../../native/addon.js';
import { loadNative } from '../../native/load.js';
import { readEnvironment } from '../environment/environment.js';
import { nativeIdentity } from '../environment/native-identity.js';
import type { Environment, Launch, PlacedCpus, Placement, Setting, Warning, Workload } from '../model/index.js';
import { launcherOnDemand } from '../pair/launcher-on-demand.js';
import { NO_SURROUNDINGS, type PairContext } from '../pair/pair.js';
import { makePrivateDirectory } from '../pair/private-directory.js';
import { peerScript } from '../peer/peer-script.js';
import { place, type PlacementAnswer } from '../placement/place.js';
import { endMarkedAfterDeath, endMarkedNow, environmentOf, runMark } from '../programs/marked.js';
import { readTopology } from '../placement/topology.js';
import type { LaunchContext } from '../runner/run-launch.js';
import { loadConformance, type Conformance } from '../discovery/load-conformance.js';
import { loadDeviations, type RecordedDeviation } from '../discovery/deviations.js';
import { loadSettings } from '../discovery/load-settings.js';
import { loadTransports, type LoadedTransport } from '../discovery/load-transports.js';
import { loadWorkloads } from '../discovery/load-workloads.js';
import { packageVersion } from '../package-root.js';
import { UserError } from '../user-error.js';
import { watchInterruptions } from './interruption.js';

export interface SessionOptions {
  /** CPUs to choose from; null is all this process may use. */
  readonly cpus: readonly number[] | null;
  readonly timeoutMs: number;
  /** Modules of the user's own transports. */
  readonly transportModules: readonly string[];
}

/** Everything a command needs to start pairs; opened once, closed on every path out. */
export interface Session {
  readonly version: string;
  readonly context: LaunchContext;
  /** The plainest C++ for the same work; in a checkout only. */
  readonly referencePath: string | null;
  readonly environment: Environment;
  readonly transports: readonly LoadedTransport[];
  readonly workloads: readonly Workload[];
  readonly settings: readonly Setting[];
  readonly deviations: readonly RecordedDeviation[];
  readonly warnings: readonly Warning[];
  /**
   * Loaded when first asked for: some 250 checks take 0.1 s and 18 MiB, and a command that measures alone needs none.
   */
  conformance(): Promise<Conformance>;
  place(placement: Placement): PlacementAnswer;
  close(): void;
}

/** Throws UserError when this machine or the options leave nothing to run with. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const native = await loadNative().catch(refuseWithout);
  const { addon } = native;
  const allowed = cpusToUse(addon.allowedCpus(), options.cpus);
  const topology = readTopology(allowed);
  const { transports, failures, warnings } = await loadTransports({ modules: options.transportModules });
  const failed = failures[0];
  if (failed !== undefined) throw new UserError(failed.message, 2);
  const [workloads, settings] = await Promise.all([loadWorkloads(), loadSettings()]);
  let conformance: Promise<Conformance> | null = null;
  const environment = readEnvironment({ allowedCpus: allowed, native: nativeIdentity(native) });

  const watch = watchInterruptions();
  const leaving = makeLeaving(addon, native.peerPath);
  const placeHere = (placement: Placement): PlacementAnswer => place(placement, topology);
  const launchers = launcherOnDemand(native.launcherPath, addon);
  const closeAll = (): void => {
    watch.stop();
    // It has nothing left to do, and this process waits for its end.
    void launchers.close();
    leaving.leaveNow();
  };
  try {
    // Not with the first pair: what a check has left behind is told from what was open before it.
    await launchers.running();
  } catch (error) {
    closeAll();
    throw error;
  }
  const pairs: PairContext = {
    addon,
    launcher: launchers.running,
    peerPath: native.peerPath,
    addonPath: native.addonPath,
    runtime: { file: process.execPath, args: [], peerScript: peerScript('node') },
    surroundings: { ...NO_SURROUNDINGS, env: leaving.env },
    directory: leaving.directory,
    timeoutMs: options.timeoutMs,
    signal: watch.signal,
  };
  return {
    version: packageVersion(),
    context: {
      ...pairs,
      settings,
      transports: new Map(transports.map((loaded) => [loaded.transport.name, loaded])),
      placedCpus: (launch: Launch): PlacedCpus => {
        const answer = placeHere(launch.case.placement);
        if (answer.kind === 'impossible') throw new Error(answer.reason);
        return answer.cpus;
      },
    },
    referencePath: native.referencePath,
    environment,
    transports,
    workloads,
    settings,
    deviations: loadDeviations(),
    warnings,
    conformance: () => (conformance ??= loadConformance()),
    place: placeHere,
    close: closeAll,
  };
}

/** Its message says what is missing and the way out, or what the compiler said. */
function refuseWithout(cause: unknown): never {
  throw new UserError(cause instanceof Error ? cause.message : String(cause), 5, { cause });
}

interface Leaving {
  /** The run's private directory. */
  readonly directory: string;
  /** What every process of the run has in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends every process of the run, and removes the directory. Happens by itself when this process ends. */
  leaveNow(): void;
}

function makeLeaving(addon: NativeAddon, peerPath: string): Leaving {
  const directory = makePrivateDirectory(addon);
  const mark = runMark(directory.path);
  endMarkedAfterDeath(mark, peerPath);
  const leaveNothing = (): void => {
    endMarkedNow(mark);
    directory.remove();
  };
  process.on('exit', leaveNothing);
  return {
    directory: directory.path,
    env: environmentOf(mark),
    leaveNow: () => {
      leaveNothing();
      process.off('exit', leaveNothing);
    },
  };
}

function cpusToUse(allowed: readonly number[], wanted: readonly number[] | null): readonly number[] {
  if (wanted === null) return allowed;
  const refused = wanted.filter((cpu) => !allowed.includes(cpu));
  if (refused.length > 0)
    throw new UserError(
      `CPU ${refused.join(', ')} is not allowed for this process; allowed: ${allowed.join(', ')}. ` +
        "Change --cpus, the affinity mask or the container's cpuset.",
    );
  return wanted;
}
