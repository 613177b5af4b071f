import { closeSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import type { NativeAddon } from '../../native/addon.js';
import { openControlChannel, type ControlChannel } from '../control/control-channel.js';
import { UserError } from '../user-error.js';
import { NotStarted, type LaunchedProcess, type Launcher, type ProcessEnd } from './launcher.js';
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
  /**
   * Closes what this process holds of it: our ends of control and stderr. Resolves when the descriptors are really
   * closed.
   */
  release(): Promise<void>;
}

export type PeerExit = ProcessEnd;

/**
 * Starts a peer with its descriptors by number. After a SIGKILL of this process or of the launcher it ends by itself
 * (native/README.md, "The launcher"). Rejects with a UserError when the program cannot be started.
 */
export async function startPeer(
  start: PeerStart,
  launcher: Launcher,
  addon: Pick<NativeAddon, 'socketpair'>,
): Promise<PeerProcess> {
  const [ours, theirs] = addon.socketpair('stream');
  let launched: LaunchedProcess;
  try {
    launched = await launcher.start({
      file: start.file,
      args: start.args,
      env: start.env ?? {},
      descriptors: [theirs, ...start.descriptors],
    });
  } catch (error) {
    closeSync(ours);
    if (!(error instanceof NotStarted)) throw error;
    throw new UserError(
      `The ${start.name} cannot be started: ${start.file} does not run (${error.code}). Run 'ipcbench build', ` +
        'or raise ulimit -u and -n if the reason is EAGAIN or EMFILE.',
      5,
    );
  } finally {
    closeSync(theirs);
  }
  const control = openControlChannel(ours);
  return supervise({
    name: start.name,
    control,
    slowness: watchPatience(launched.pid).factor,
    // Its colours are meant for a terminal of its own: here they would run into our sentences.
    stderrTail: () => stripVTControlCharacters(launched.stderrTail()).trim(),
    kill: launched.kill,
    exited: launched.ended,
    release: async () => {
      control.close();
      await control.ended;
    },
  });
}

/**
 * A responder that the initiator forks itself: the harness holds its control channel and nothing else of it. Closing
 * that ends it, and so does the end of its parent, whose stderr it shares.
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
  void failOnceGone(peer);
  return peer;
}

async function failOnceGone({ name, control, exited, stderrTail }: PeerProcess): Promise<void> {
  await control.ended;
  const exit = await exited;
  control.fail(exit.lost ?? new PeerGone(name, exit, stderrTail()));
}

/** The peer had told its result, and died of something afterwards. */
export class DiedAfterResult extends Error {
  constructor({ name, stderrTail }: Pick<PeerProcess, 'name' | 'stderrTail'>, { exitCode, signal }: PeerExit) {
    const stderr = stderrTail();
    super(
      `The ${name} ended ${signal !== null ? `by ${signal}` : `with exit status ${exitCode}`} after it ` +
        `had reported its result${stderr === '' ? '' : `; it wrote: ${stderr}`}.`,
    );
    this.name = 'DiedAfterResult';
  }
}

/** The peer ended, and what it was asked for will never come. */
export class PeerGone extends Error {
  constructor(
    readonly peer: PeerName,
    readonly exit: PeerExit,
    stderr: string,
  ) {
    const how =
      exit.signal !== null ? ` by ${exit.signal}` : exit.exitCode !== null ? ` with exit status ${exit.exitCode}` : '';
    super(`The ${peer} ended${how} before it was done${stderr === '' ? '' : `; it wrote: ${stderr}`}.`);
    this.name = 'PeerGone';
  }
}
