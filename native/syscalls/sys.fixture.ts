import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type Test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadNative } from '../load.js';

export const {
  addonPath,
  addon: { sys },
} = await loadNative();
export const { constants } = sys;

export interface Place {
  /** Of this test alone, and removed after it. */
  folder: string;
  path(name: string): string;
}

/** A suite whose tests leave no descriptor open. */
export function suiteOf(name: string): Test<Place> {
  const test = suite<Place>(name);
  let before: readonly string[] = [];
  test.before.each((place) => {
    place.folder = mkdtempSync(join(tmpdir(), 'sys-'));
    place.path = (file) => join(place.folder, file);
    before = openDescriptors();
  });
  test.after.each(({ folder }) => {
    rmSync(folder, { recursive: true });
    assert.equal(openDescriptors(), before, 'the same descriptors are open as before the test');
  });
  return test;
}

export function closeAll(...fds: readonly number[]): void {
  for (const fd of fds) sys.close(fd);
}

interface Thrown {
  code?: string;
  errno?: number;
  syscall?: string;
}

/** Node's own shape: code, errno negative, syscall, and a message that begins and ends with them. */
export function assertFails(call: () => unknown, syscall: string, code: string): void {
  const error = thrownBy(call);
  const { errno, message } = error;
  assert.equal({ code: error.code, syscall: error.syscall }, { code, syscall });
  assert.ok(typeof errno === 'number' && errno < 0, `errno is ${errno}`);
  assert.ok(message.startsWith(`${code}: `) && message.endsWith(`, ${syscall}`), message);
}

/** A TypeError or RangeError of Node's shape that names the argument. */
export function assertRefuses(
  call: () => unknown,
  code: 'ERR_INVALID_ARG_TYPE' | 'ERR_OUT_OF_RANGE',
  argument: string,
): void {
  const error = thrownBy(call);
  assert.is(error.code, code, error.message);
  assert.instance(error, code === 'ERR_INVALID_ARG_TYPE' ? TypeError : RangeError);
  assert.ok(error.message.includes(`"${argument}"`), error.message);
}

/** Calls that TypeScript would refuse. */
export const wrongly = sys as unknown as Record<string, (...args: unknown[]) => unknown>;

/** A number that no descriptor has: of one that was just closed, with nothing opened since. */
export function closedDescriptor(): number {
  const fd = sys.eventfd(0);
  sys.close(fd);
  return fd;
}

function thrownBy(call: () => unknown): Error & Thrown {
  try {
    call();
  } catch (error) {
    return error as Error & Thrown;
  }
  throw new Error('nothing was thrown');
}

function openDescriptors(): string[] {
  // The descriptor of this very listing is gone when it is looked at.
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) !== '';
    } catch {
      return false;
    }
  });
}
