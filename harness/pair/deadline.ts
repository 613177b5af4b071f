/** A phase that took longer than it may. The message names the peer, the phase and the way out. */
export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
}

/** Rejects with the error that `late` makes when `work` has not settled after `ms`. The timer never outlives the work. */
export async function within<T>(ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
