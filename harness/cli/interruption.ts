/** SIGINT or SIGTERM arrived: the reason of the run's abort signal. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  constructor(readonly signal: 'SIGINT' | 'SIGTERM') {
    super(`Interrupted by ${signal}.`);
  }

  /** 128 plus the signal's number, as shells count. */
  get exitCode(): number {
    return this.signal === 'SIGINT' ? 130 : 143;
  }
}

export interface InterruptionWatch {
  readonly signal: AbortSignal;
  /** Gives the signals back to Node's default: the next one ends the process. */
  stop(): void;
}

/**
 * Turns the first SIGINT or SIGTERM into an abort, so that peers are reaped and files removed; a second one ends at once.
 * The listeners stay until `stop`: execa's own clean-up (signal-exit) kills this process when it finds itself the only listener left.
 */
export function watchInterruptions(): InterruptionWatch {
  const controller = new AbortController();
  const onSignal = (signal: 'SIGINT' | 'SIGTERM'): void => {
    const interruption = new Interruption(signal);
    if (controller.signal.aborted) process.exit(interruption.exitCode);
    controller.abort(interruption);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const stop = (): void => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
  return { signal: controller.signal, stop };
}
