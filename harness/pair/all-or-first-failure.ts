/**
 * Unlike Promise.all, waits for all of them before it rejects: what was started is then known, and can be ended.
 */
export async function allOrFirstFailure<T extends readonly Promise<unknown>[]>(
  work: readonly [...T],
): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
