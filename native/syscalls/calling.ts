/** What a system call that failed throws. */
export interface SystemError extends Error {
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;
}

/**
 * 'EAGAIN' when `call` failed so, null when it did not fail: `assert.is(errnoOf(() => sys.recv(fd, 10)), 'EAGAIN')`.
 * An error that is not a system call's, such as an argument of the wrong type, is a slip in the check and thrown on.
 */
export function errnoOf(call: () => unknown): string | null {
  try {
    call();
    return null;
  } catch (error) {
    if (isSystemError(error)) return error.code;
    throw error;
  }
}

export interface UntilError {
  /** Calls that succeeded. */
  readonly calls: number;
  /** What they returned, added up: bytes, for a send. */
  readonly total: number;
  readonly errno: string;
}

/**
 * Calls until the system refuses: fills a socket or a pipe. Throws after `limit` calls that all succeeded, as then
 * nothing is ever full.
 */
export function countUntilError(call: () => number, limit = 10_000_000): UntilError {
  let total = 0;
  for (let calls = 0; calls < limit; calls += 1) {
    let returned = 0;
    const errno = errnoOf(() => {
      returned = call();
    });
    if (errno !== null) return { calls, total, errno };
    total += returned;
  }
  throw new Error(`${limit} calls succeeded, but an error was expected earlier.`);
}

/** Of `Syscalls`, what interrupts this thread. */
interface InterruptingCalls {
  readonly constants: Readonly<Record<'SIGRTMAX', number>>;
  catchSignal(signo: number): { restore(): void };
  timer_create(signo: number, firstUs: number, intervalUs: number): { stop(): void };
}

/** Of `Syscalls`, what interrupts this thread. */
interface InterruptingCalls {
  readonly constants: Readonly<Record<'SIGRTMAX', number>>;
  catchSignal(signo: number): { restore(): void };
  timer_create(signo: number, firstUs: number, intervalUs: number): { stop(): void };
}

/**
 * Runs `work`. A call of it that still blocks after `timeoutMs` is interrupted and throws EINTR, and so is every later
 * one, so that a check never hangs in the call that it checks. Uses a real-time signal of its own.
 */
export function withDeadline<T>(sys: InterruptingCalls, timeoutMs: number, work: () => T): T {
  const signo = sys.constants.SIGRTMAX - 3;
  const caught = sys.catchSignal(signo);
  // Again and again: the first signal may fall between two calls.
  const timer = sys.timer_create(signo, timeoutMs * 1000, 20_000);
  try {
    return work();
  } finally {
    timer.stop();
    caught.restore();
  }
}

export function isSystemError(error: unknown): error is SystemError {
  return (
    error instanceof Error &&
    typeof (error as Partial<SystemError>).syscall === 'string' &&
    typeof (error as Partial<SystemError>).errno === 'number'
  );
}

export interface UnixAddressOptions {
  /** Without it the length ends where the path does: 108 bytes fit so. */
  readonly terminated?: false;
  /** sun_family: `sys.constants.AF_UNIX`, or another one for what the kernel does with it. */
  readonly family: number;
}

/**
 * A raw sockaddr_un: two bytes of family in the machine's order, then these bytes, with a NUL after them unless told.
 */
export function unixAddress(path: string | Uint8Array, options: UnixAddressOptions): Uint8Array {
  const name = typeof path === 'string' ? Buffer.from(path) : path;
  const address = Buffer.alloc(2 + name.length + (options.terminated === false ? 0 : 1));
  new Uint16Array(address.buffer, address.byteOffset, 1)[0] = options.family;
  address.set(name, 2);
  return address;
}
