import type { NativeAddon } from '../../native/addon.js';
import type { Driver, PlacedCpus, InjectedFault, Transport } from '../model/index.js';
import type { Launcher } from './launcher.js';

/** What every pair of a run needs; made once. */
export interface PairContext {
  readonly addon: NativeAddon;
  /** The process that starts the peers; another one where the last has ended. */
  launcher(): Promise<Launcher>;
  /** Path of the ipcbench-peer executable. */
  readonly peerPath: string;
  /** Path of ipcbench.node. */
  readonly addonPath: string;
  /**
   * The program that hosts `js` and `addon` peers, what it is given before the script (`run -A` for Deno), and the
   * script.
   */
  readonly runtime: { readonly file: string; readonly args: readonly string[]; readonly peerScript: string };
  /** What is put around each peer; a relay stays as it is. */
  readonly surroundings: Surroundings;
  /** The run's private directory. */
  readonly directory: string;
  /** Longest time for connecting, and for anything beyond warm-up and window, in ms. */
  readonly timeoutMs: number;
  /** Aborted by the signals that ask for an end (session/interruption.ts). */
  readonly signal: AbortSignal;
}

/** What a variant changes about the process a peer is, and nothing else. */
export interface Surroundings {
  /** Added to the environment that is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** A command that runs the command behind it, with the descriptors it inherited, such as `taskset -c 0`. */
  readonly wrap: readonly string[];
}

export const NO_SURROUNDINGS: Surroundings = { env: {}, wrap: [] };

export interface PairStart {
  readonly transport: Transport;
  /** File URL of the transport's module, for the drivers that import it. */
  readonly moduleUrl: string;
  readonly driver: Driver;
  readonly cpus: PlacedCpus;
  /** Arguments that say what to do, the same for both peers (native/README.md). */
  readonly task: readonly string[];
  /**
   * Puts a relay that does this between two unmodified peers (drivers native and addon), or wraps the sender's endpoint
   * (js).
   */
  readonly fault: InjectedFault | null;
  /** Keeps the files of this pair apart from those of other pairs of the run. */
  readonly nonce: string;
}
