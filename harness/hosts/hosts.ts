import type { Driver } from '../model/index.js';

/** What a run has to start peers with. */
export interface HostPrograms {
  readonly peerPath: string;
  readonly runtime: {
    readonly file: string;
    /** What it is given before a script. */
    readonly args: readonly string[];
    readonly peerScript: string;
  };
}

/**
 * A program in which a peer runs. Each is spoken to alike, over the control channel that it inherits as descriptor 3
 * (native/README.md, "Control lines").
 */
export interface Host {
  /** Whose loops it runs. */
  readonly drivers: readonly Driver[];
  /** How it is started with these arguments of a peer. */
  command(programs: HostPrograms, args: readonly string[]): { readonly file: string; readonly args: readonly string[] };
}

/** The C++ program, which is also every relay. */
export const nativeHost: Host = {
  drivers: ['native'],
  command: ({ peerPath }, args) => ({ file: peerPath, args }),
};

/** Node, or the runtime that a side of a comparison names (runtimes.ts). */
export const runtimeHost: Host = {
  drivers: ['addon', 'js'],
  command: ({ runtime }, args) => ({ file: runtime.file, args: [...runtime.args, runtime.peerScript, ...args] }),
};

export function hostOf(driver: Driver): Host {
  return runtimeHost.drivers.includes(driver) ? runtimeHost : nativeHost;
}
