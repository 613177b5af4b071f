/**
 * Where a socket is. A string is a path, handed over with its final NUL; a string that begins with '\0' is an abstract
 * name of exactly that length. Bytes are a raw sockaddr with an explicit length, see `unixAddress`. A port is on
 * 127.0.0.1.
 */
export type Address = string | Uint8Array | { readonly port: number };

/** How a process ended, or was stopped. */
export interface ExitStatus {
  readonly pid: number;
  /** null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: number | null;
  /** WIFSTOPPED and WIFCONTINUED, with WUNTRACED and WCONTINUED. */
  readonly stopped: number | null;
  readonly continued: boolean;
}
