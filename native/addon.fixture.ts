import { closeSync, readFileSync, readSync, writeSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { loadNative } from './load.js';

export const { addon, addonPath } = await loadNative();

/** What Node gives for a failed system call. */
interface SystemError extends Error {
  code?: string;
  errno?: number;
  syscall?: string;
}

export function thrownBy(call: () => unknown): SystemError {
  try {
    call();
  } catch (error) {
    return error as SystemError;
  }
  throw new Error('nothing was thrown');
}

export function assertSystemError(call: () => unknown, syscall: string, code: string, errno: number): void {
  const error = thrownBy(call);
  assert.equal({ code: error.code, errno: error.errno, syscall: error.syscall }, { code, errno, syscall });
  assert.ok(
    error instanceof Error && error.message.startsWith(`${code}: `) && error.message.endsWith(`, ${syscall}`),
    error.message,
  );
}

/** Every wrong kind of argument is a TypeError or RangeError of Node's shape, never a system call. */
export function assertArgumentError(
  call: () => unknown,
  code: 'ERR_INVALID_ARG_TYPE' | 'ERR_OUT_OF_RANGE',
  name: string,
): void {
  const error = thrownBy(call);
  assert.is(error.code, code, error.message);
  assert.instance(error, code === 'ERR_INVALID_ARG_TYPE' ? TypeError : RangeError);
  assert.ok(error.message.includes(`"${name}"`), error.message);
}

/** Calls that TypeScript would refuse. */
export const wrongly = addon as unknown as Record<string, (...args: unknown[]) => unknown>;

export const isCloseOnExec = (descriptor: number): boolean =>
  (Number.parseInt(/^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))![1]!, 8) &
    0o2000000) !==
  0;

export function closeAll(...descriptors: readonly number[]): void {
  for (const descriptor of descriptors) closeSync(descriptor);
}

/** Sends three bytes from one descriptor to the other. */
export function assertCarries(from: number, to: number): void {
  assert.is(writeSync(from, 'abc'), 3);
  const bytes = Buffer.alloc(10);
  assert.is(readSync(to, bytes, 0, 10, null), 3);
  assert.is(bytes.toString('utf8', 0, 3), 'abc');
}
