/** A phase that took longer than it may. The message names the peer, the phase and the way out. */
export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
  /** `isStopped`: a signal had stopped a peer, so that the time says nothing of what it does. */
  constructor(
    message: string,
    readonly isStopped = false,
  ) {
    super(message);
  }
}

/**
 * Rejects with the error that `late` makes when `work` has not settled after `ms`, or after as many times that as the
 * machine is slow: `slowness` is asked when the time is up. The timer never outlives the work.
 */
export async function within<T>(
  ms: number,
  work: Promise<T>,
  late: () => Error,
  slowness: () => number = () => 1,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const startedMs = performance.now();
  const deadline = new Promise<never>((_, reject) => {
    const look = (): void => {
      const leftMs = ms * slowness() - (performance.now() - startedMs);
      // A timer may fire a fraction of a millisecond early.
      if (leftMs < 1) reject(late());
      else timer = setTimeout(look, leftMs);
    };
    timer = setTimeout(look, ms);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** How often a stall is looked for while it may last `ms`. Fewer would add more than a tenth to it. */
const LOOKS = 10;

/**
 * Rejects with the error that `late` makes when `work` has not settled and `progress()` has given the same text for
 * `ms`: slow but living work goes on for as long as it takes. Looks are counted, not time, so that a harness which was
 * itself stopped for a while finds no stall.
 */
export async function whileProgressing<T>(
  ms: number,
  work: Promise<T>,
  progress: () => string,
  late: () => Error,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let last = progress();
  let looks = 0;
  const stall = new Promise<never>((_, reject) => {
    const look = (): void => {
      const now = progress();
      looks = now === last ? looks + 1 : 0;
      last = now;
      if (looks >= LOOKS) reject(late());
      else timer = setTimeout(look, ms / LOOKS);
    };
    timer = setTimeout(look, ms / LOOKS);
  });
  try {
    return await Promise.race([work, stall]);
  } finally {
    clearTimeout(timer);
  }
}
