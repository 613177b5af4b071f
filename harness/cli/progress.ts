import { printable } from '../../reports/printable.js';
import type { Progress } from '../session/progress.js';

export interface ProgressSink {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

const TERMINAL_EVERY_MS = 500;
const FILE_EVERY_MS = 10_000;

export function makeProgress(sink: ProgressSink, nowMs: () => number = () => performance.now()): Progress {
  const isTerminal = sink.isTTY === true;
  const everyMs = isTerminal ? TERMINAL_EVERY_MS : FILE_EVERY_MS;
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    step: (doing, leftMs) => {
      const now = nowMs();
      if (now - lastMs < everyMs) return;
      lastMs = now;
      const line = printable(leftMs === null ? doing : `${doing} · ${formatLeft(leftMs)} left`);
      sink.write(isTerminal ? `\r\u001b[2K${line.slice(0, (sink.columns ?? 80) - 1)}` : `${line}\n`);
    },
    done: () => {
      if (isTerminal) sink.write('\r\u001b[2K');
    },
  };
}

/** Rounded up, so that it never claims to be done before it is. */
export function formatLeft(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return seconds < 100 ? `about ${seconds} s` : `about ${Math.ceil(seconds / 60)} min`;
}
