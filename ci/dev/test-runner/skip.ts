/**
 * Ends the test it is called in, which then counts as skipped; in `before()` it skips the whole suite. The reason is
 * printed.
 */
export function skip(reason: string): never {
  throw new SkipError(reason);
}

export class SkipError extends Error {
  override readonly name = 'SkipError';
}

// By name: a fixture or another build may carry its own copy of this module, and `instanceof` would call its skip a
// failure.
export function isSkip(error: unknown): error is SkipError {
  return error instanceof Error && error.name === 'SkipError';
}
