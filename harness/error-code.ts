/** What a system call, or Node, says went wrong: `ENOENT`. null where the error says none. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
