import { closeSync } from 'node:fs';
import { execa, type Options } from 'execa';
import type { NativeAddon } from '../../native/addon.js';
import { openControlChannel, type ControlChannel } from '../control/control-channel.js';
import { UserError } from '../user-error.js';
import { watchPatience } from './patience.js';

/** What the harness calls a peer in sentences. */
export type PeerName = 'initiator' | 'responder' | 'relay';

export interface PeerStart {
  readonly name: PeerName;
  readonly file: string;
  readonly args: readonly string[];
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Inherited as descriptors 4, 5, …; 3 is control. Still the caller's to close. */
  readonly descriptors: readonly number[];
}

/** A peer that was started, and is reaped only by `reap`. */
export interface PeerProcess {
  readonly name: PeerName;
  readonly control: ControlChannel;
  /** Times each deadline: how much longer than it runs this peer has to wait for a CPU. */
  slowness(): number;
  /** The last part of what it wrote to stderr. */
  stderrTail(): string;
  /** SIGKILL: a stopped peer and one that ignores everything else end too. */
  kill(): void;
  /** Resolves when the process has been waited for; says how it ended. */
  readonly exited: Promise<PeerExit>;
  /** Closes what this process holds of it: our ends of control and stderr. Resolves when the descriptors are really closed. */
  release(): Promise<void>;
}

export interface PeerExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

const STDERR_BYTES = 4096;

/**
 * Starts a peer with its descriptors by number. `cleanup` of execa ends it when this process exits in an orderly way; after a
 * SIGKILL of this process it ends by itself (native/README.md, descriptor 3).
 * Rejects with a UserError when the program cannot be started.
 */
export async function startPeer(start: PeerStart, addon: Pick<NativeAddon, 'socketpair'>): Promise<PeerProcess> {
  const [ours, theirs] = addon.socketpair('stream');
  const options = {
    // execa's types know only 0, 1 and 2 by number; any open descriptor is passed through all the same (9.6.1).
    stdio: ['ignore', 'ignore', 'pipe', ...([theirs, ...start.descriptors] as readonly 1[])],
    buffer: false,
    reject: false,
    cleanup: true,
    stripFinalNewline: false,
    env: { ...start.env },
  } satisfies Options;
  let child;
  try {
    child = execa(start.file, start.args, options);
  } finally {
    closeSync(theirs);
  }
  if (child.pid === undefined) {
    closeSync(ours);
    const { code } = await child;
    throw new UserError(`The ${start.name} cannot be started: ${start.file} does not run (${code ?? 'no reason given'}). Run 'ipcbench build', or raise ulimit -u and -n if the reason is EAGAIN or EMFILE.`, 5);
  }
  const exited = new Promise<PeerExit>((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-STDERR_BYTES);
  });
  const control = openControlChannel(ours);
  const stderrClosed = new Promise<void>((resolve) => child.stderr.once('close', () => resolve()));
  return supervise({
    name: start.name,
    control,
    slowness: watchPatience(child.pid).factor,
    stderrTail: () => stderr.trim(),
    kill: () => void child.kill('SIGKILL'),
    exited,
    release: async () => {
      control.close();
      child.stderr.destroy();
      await Promise.all([control.ended, stderrClosed]);
    },
  });
}

/**
 * A responder that the initiator forks itself: the harness holds its control channel and nothing else of it. Closing that ends it,
 * and so does the end of its parent, whose stderr it shares.
 */
export function adoptForkedPeer(descriptor: number, stderrTail: () => string): PeerProcess {
  const control = openControlChannel(descriptor);
  return supervise({
    name: 'responder',
    control,
    // Nobody here knows its process id; its parent waits for a CPU as it does.
    slowness: () => 1,
    stderrTail,
    kill: () => control.close(),
    exited: control.ended.then(() => ({ exitCode: null, signal: null })),
    release: () => {
      control.close();
      return control.ended;
    },
  });
}

/** A control channel that ended means that what is still awaited will never come. */
function supervise(peer: PeerProcess): PeerProcess {
  void peer.control.ended.then(async () => {
    peer.control.fail(new PeerGone(peer.name, await peer.exited, peer.stderrTail()));
  });
  return peer;
}

/** The peer ended, and what it was asked for will never come. */
export class PeerGone extends Error {
  constructor(readonly peer: PeerName, readonly exit: PeerExit, stderr: string) {
    const how = exit.signal !== null ? ` by ${exit.signal}` : exit.exitCode !== null ? ` with exit status ${exit.exitCode}` : '';
    super(`The ${peer} ended${how} before it was done${stderr === '' ? '' : `; it wrote: ${stderr}`}.`);
    this.name = 'PeerGone';
  }
}
