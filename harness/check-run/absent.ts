import { existsSync } from 'node:fs';

/**
 * Errors by which a system says that it has no such thing, or no way to it: they prove a skip. ENETUNREACH: a sandbox
 * without a loopback interface.
 */
const ABSENT = new Set(['EPROTONOSUPPORT', 'EAFNOSUPPORT', 'ESOCKTNOSUPPORT', 'ENOSYS', 'ENETUNREACH']);

/**
 * Where /proc is not mounted, as in some sandboxes, what a process is doing and holds cannot be told, and a procedure
 * that failed may have failed of that alone: a reason to skip it. null where /proc is there.
 */
export function withoutProc(folder = '/proc/self'): string | null {
  return existsSync(folder) ? null : '/proc is not mounted, so the state and descriptors of processes cannot be read';
}

/** The error's code when it is one of those, else null. */
export function absenceOf(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return ABSENT.has(code) ? code : null;
}
