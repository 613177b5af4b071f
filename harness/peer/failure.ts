/** What an `error` line says of what went wrong, and when. */
export interface Failure {
  readonly message: string;
  readonly code: string | null;
  readonly syscall: string | null;
  /** Negative, as Node and libuv give it. */
  readonly errno: number | null;
  readonly phase: string;
}

/** Anything that was thrown, with what Node's own errors carry. Never throws. */
export function failureOf(thrown: unknown, phase: string): Failure {
  const message = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  return { message, code: textOf(thrown, 'code'), syscall: textOf(thrown, 'syscall'), errno: errnoOf(thrown), phase };
}

export function errnoOf(thrown: unknown): number | null {
  const errno = memberOf(thrown, 'errno');
  return typeof errno === 'number' && Number.isInteger(errno) ? errno : null;
}

const textOf = (thrown: unknown, member: string): string | null => {
  const value = memberOf(thrown, member);
  return typeof value === 'string' ? value : null;
};

const memberOf = (thrown: unknown, member: string): unknown =>
  typeof thrown === 'object' && thrown !== null && member in thrown ? (thrown as Record<string, unknown>)[member] : undefined;
