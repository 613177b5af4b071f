import { constants } from 'node:os';

/**
 * What asks a program to end: a terminal that was closed (SIGHUP), its keys (SIGINT, SIGQUIT), and whoever manages
 * processes (SIGTERM).
 */
const ENDING_SIGNALS = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'] as const;
export type EndingSignal = (typeof ENDING_SIGNALS)[number];

/** One of those arrived: the reason of the run's abort signal. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  constructor(readonly signal: EndingSignal) {
    super(`Interrupted by ${signal}.`);
  }

  /** 128 plus the signal's number, as shells count. */
  get exitCode(): number {
    return 128 + constants.signals[this.signal];
  }
}

export interface InterruptionWatch {
  readonly signal: AbortSignal;
  /** Gives the signals back to Node's default: the next one ends the process. */
  stop(): void;
}

/**
 * Turns the first of the signals that ask for an end into an abort, so that peers are reaped and files removed; a
 * second one ends at once. The listeners stay until `stop`: execa's own clean-up (signal-exit) kills this process when
 * it finds itself the only listener left.
 */
export function watchInterruptions(): InterruptionWatch {
  const controller = new AbortController();
  const onSignal = (signal: EndingSignal): void => {
    const interruption = new Interruption(signal);
    if (controller.signal.aborted) process.exit(interruption.exitCode);
    controller.abort(interruption);
  };
  for (const signal of ENDING_SIGNALS) process.on(signal, onSignal);
  const stop = (): void => {
    for (const signal of ENDING_SIGNALS) process.off(signal, onSignal);
  };
  latest = controller.signal;
  return { signal: controller.signal, stop };
}

let latest: AbortSignal = new AbortController().signal;

/**
 * Aborted with an `Interruption` once one of the signals has arrived: for what goes on after a run, such as drawing.
 */
export function interruptionSignal(): AbortSignal {
  return latest;
}
