/** Errors by which a system says that it has no such thing, or no way to it: they prove a skip. ENETUNREACH: a sandbox without a loopback interface. */
const ABSENT = new Set(['EPROTONOSUPPORT', 'EAFNOSUPPORT', 'ESOCKTNOSUPPORT', 'ENOSYS', 'ENETUNREACH']);

/** The error's code when it is one of those, else null. */
export function absenceOf(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return ABSENT.has(code) ? code : null;
}
