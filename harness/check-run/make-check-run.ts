import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { NativeAddon } from '../../native/addon.js';
import { connectPair } from './pairs.js';
import { slowedSystem } from './slowed-system.js';
import { CheckRunSkipped } from './skip.js';
import type { NodeChildOptions, Scale, CheckRun } from './check-run.js';
import { watchChildren } from './watch-children.js';

export interface CheckRunInput {
  readonly subject: string;
  readonly seed: number;
  readonly scale: Scale;
  readonly directory: string;
  readonly addon: NativeAddon;
  /** Times each wait for what must come; at least 1. */
  readonly slowdown: number;
  /** Puts another system in the place of the one there is. */
  readonly disturb?: (sys: NativeAddon['sys'], tools: Pick<CheckRun, 'own' | 'defer'>) => NativeAddon['sys'];
}

export interface MadeCheckRun {
  readonly checkRun: CheckRun;
  /**
   * Puts away everything the procedure opened through the check run. Returns what went wrong with that, if anything.
   */
  tidyUp(): Promise<string | null>;
  /** After `tidyUp`: a sentence when somebody else ended a child of the procedure, which leaves it undecided. */
  endedFromOutside(): string | null;
}

/** What one procedure is given, and the way to put it all away afterwards. */
export function makeCheckRun(input: CheckRunInput): MadeCheckRun {
  const undos: (() => void | Promise<void>)[] = [];
  const defer = (undo: () => void | Promise<void>): void => void undos.push(undo);
  const own = (descriptor: number): number => {
    const opened = identityOf(descriptor);
    defer(() => {
      // Closed by the procedure itself, and the number perhaps given to something else since: then it is not ours to
      // close.
      if (opened !== null && identityOf(descriptor) === opened) closeSync(descriptor);
    });
    return descriptor;
  };
  const children = watchChildren(input.addon.sys);
  const patient = slowedSystem(children.sys, input.slowdown);
  const sys = input.disturb === undefined ? patient : input.disturb(patient, { own, defer });
  const addon: NativeAddon = { ...input.addon, sys };
  const unlinkLater = (path: string): void => defer(() => rmSync(path, { recursive: true, force: true }));

  const start = (file: string, args: readonly string[], options: NodeChildOptions): ChildProcess => {
    const child = spawn(file, [...args], {
      stdio: [...(options.stdio ?? ['ignore', 'pipe', 'pipe'])],
      ...(options.serialization === undefined ? {} : { serialization: options.serialization }),
      env: { ...process.env, ...options.env },
    });
    children.watch(child);
    // A child that cannot be started, or whose channel breaks, must not take the host with it: procedures listen where
    // they want to know.
    child.on('error', () => undefined);
    const gone =
      child.pid === undefined ? Promise.resolve() : new Promise<void>((resolve) => child.once('exit', () => resolve()));
    defer(async () => {
      child.kill('SIGKILL');
      await gone;
      for (const stream of child.stdio) stream?.destroy();
      if (child.connected) child.disconnect();
    });
    return child;
  };

  const checkRun: CheckRun = {
    subject: input.subject,
    sys,
    seed: input.seed,
    scale: input.scale,
    directory: input.directory,
    path: (name) => {
      const made = join(input.directory, name);
      unlinkLater(made);
      return made;
    },
    count: (counts) => counts[input.scale],
    own,
    defer,
    pair: (options = {}) => {
      const ends = connectPair(input.subject, options.index ?? 0, {
        addon,
        directory: input.directory,
        own,
        unlinkLater,
      });
      if (options.nonblocking === true) {
        const { F_GETFL, F_SETFL, O_NONBLOCK } = sys.constants;
        for (const descriptor of new Set([ends.a.in, ends.a.out, ends.b.in, ends.b.out])) {
          sys.fcntl(descriptor, F_SETFL, sys.fcntl(descriptor, F_GETFL, 0) | O_NONBLOCK);
        }
      }
      return ends;
    },
    child: (program, options = {}) =>
      start(process.execPath, [fileURLToPath(program), ...(options.args ?? [])], options),
    spawn: (file, options = {}) => start(file, options.args ?? [], options),
    slowdown: input.slowdown,
    event: (child, name, ms = 10_000) => eventOf(child, name, ms * input.slowdown),
    until: async (what, isSo, unhurriedMs = 10_000) => {
      const ms = unhurriedMs * input.slowdown;
      const untilMs = performance.now() + ms;
      while (!isSo()) {
        if (performance.now() > untilMs) throw new Error(`Timed out after ${ms} ms waiting until ${what}.`);
        await delay(2);
      }
    },
    expectSignal: children.expect,
    skip: (reason, cause) => {
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : null;
      throw new CheckRunSkipped(cause instanceof Error ? `${reason} (${cause.message})` : reason, code);
    },
  };
  return {
    checkRun,
    endedFromOutside: children.endedFromOutside,
    tidyUp: async () => {
      const problems: string[] = [];
      for (const undo of undos.reverse()) {
        try {
          await undo();
        } catch (error) {
          problems.push(error instanceof Error ? error.message : String(error));
        }
      }
      return problems.length === 0 ? null : problems.join('; ');
    },
  };
}

async function eventOf(child: ChildProcess, name: string, ms: number): Promise<readonly unknown[]> {
  const controller = new AbortController();
  const { signal } = controller;
  const endsWith = ['exit', 'close'].includes(name) ? [] : ['close'];
  try {
    return (await Promise.race([
      once(child, name, { signal }),
      ...endsWith.map(async (end) => {
        await once(child, end, { signal });
        throw new Error(
          `The child ended (status ${child.exitCode}, signal ${child.signalCode}) without the event '${name}'.`,
        );
      }),
      delay(ms, undefined, { signal }).then(() => {
        throw new Error(`The child had no event '${name}' within ${ms} ms.`);
      }),
    ])) as readonly unknown[];
  } finally {
    controller.abort();
  }
}

/** Tells one open file from another that has got its number since; null when it is not open. */
function identityOf(descriptor: number): string | null {
  try {
    const { dev, ino, rdev } = fstatSync(descriptor, { bigint: true });
    return `${dev}:${ino}:${rdev}`;
  } catch {
    return null;
  }
}
