import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { NativeAddon } from '../../native/addon.js';
import { parseTrialLine, type TrialEnding, type TrialJob, type TrialLine } from './protocol.js';

/** A process in which procedures run. Whatever one does to it, the next one gets another if need be. */
export interface TrialHost {
  /** Runs one job; resolves with how the process ended instead when it did, or when the deadline passed and it was killed. */
  run(job: TrialJob, deadlineMs: number): Promise<TrialEnding | { readonly type: 'died'; readonly how: string }>;
  /** false once it has died. */
  isAlive(): boolean;
  /** Ends it and waits for that. */
  end(): Promise<void>;
}

export interface HostTools {
  readonly addon: Pick<NativeAddon, 'socketpair'>;
  readonly addonPath: string;
  /** The program that runs it: node, or whatever stands for it, and what that is given before the script. */
  readonly runtime: { readonly file: string; readonly args: readonly string[] };
  /** Added to the environment it inherits. */
  readonly env: Readonly<Record<string, string>>;
}

const SCRIPT = fileURLToPath(new URL('./host.js', import.meta.url));
const STDERR_BYTES = 2048;

export function startTrialHost(tools: HostTools): TrialHost {
  const [ours, theirs] = tools.addon.socketpair('stream');
  let child;
  try {
    child = execa(tools.runtime.file, [...tools.runtime.args, SCRIPT, tools.addonPath, String(process.pid)], {
      stdio: ['ignore', 'ignore', 'pipe', theirs as 1],
      buffer: false,
      reject: false,
      cleanup: true,
      env: { ...tools.env },
    });
  } finally {
    closeSync(theirs);
  }
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-STDERR_BYTES);
  });
  const control = new Socket({ fd: ours, readable: true, writable: true });
  control.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => control.once('close', () => resolve()));
  const lines: TrialLine[] = [];
  let awaited: (() => void) | null = null;
  createInterface({ input: control }).on('line', (text) => {
    lines.push(parseTrialLine(text));
    awaited?.();
  });
  let death: string | null = null;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      death = signal === null ? `ended with exit status ${code}` : `ended by ${signal}`;
      resolve();
    });
    child.once('error', (error: Error) => {
      death = `could not be started (${error.message})`;
      resolve();
    });
  });
  const nextLine = async (): Promise<TrialLine | null> => {
    while (lines.length === 0 && death === null) {
      await Promise.race([new Promise<void>((resolve) => (awaited = resolve)), Promise.all([exited, closed])]);
    }
    return lines.shift() ?? null;
  };
  const nextEnding = async (): Promise<TrialEnding | null> => {
    for (;;) {
      const line = await nextLine();
      if (line === null || line.type !== 'hosting') return line;
    }
  };

  return {
    run: async (job, deadlineMs) => {
      control.write(`${JSON.stringify(job)}\n`);
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        child.kill('SIGKILL');
      }, deadlineMs);
      const ending = await nextEnding();
      clearTimeout(timer);
      if (ending !== null) return ending;
      const said = stderr.trim() === '' ? '' : ` It wrote: ${stderr.trim()}`;
      return { type: 'died', how: late ? `It did not finish within ${deadlineMs} ms and was killed.${said}` : `Its process ${death ?? 'closed its control channel'}.${said}` };
    },
    isAlive: () => death === null,
    end: async () => {
      child.kill('SIGKILL');
      control.destroy();
      await Promise.all([exited, closed]);
      child.stderr.destroy();
    },
  };
}
