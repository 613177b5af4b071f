import { distance } from 'fastest-levenshtein';

/**
 * Variables that the dynamic linker, the C library or a runtime reads (ld.so(8), mallopt(3), node(1)), by which a
 * comparison is usually made.
 */
const KNOWN = [
  'LD_PRELOAD',
  'LD_LIBRARY_PATH',
  'LD_AUDIT',
  'LD_BIND_NOW',
  'LD_BIND_NOT',
  'LD_DEBUG',
  'LD_DEBUG_OUTPUT',
  'LD_PROFILE',
  'LD_HWCAP_MASK',
  'LD_ORIGIN_PATH',
  'GLIBC_TUNABLES',
  'MALLOC_ARENA_MAX',
  'MALLOC_CHECK_',
  'MALLOC_PERTURB_',
  'MALLOC_MMAP_THRESHOLD_',
  'MALLOC_TRIM_THRESHOLD_',
  'MALLOC_TOP_PAD_',
  'NODE_OPTIONS',
  'NODE_PATH',
  'NODE_ENV',
  'NODE_DEBUG',
  'NODE_DEBUG_NATIVE',
  'NODE_NO_WARNINGS',
  'NODE_EXTRA_CA_CERTS',
  'NODE_V8_COVERAGE',
  'NODE_COMPILE_CACHE',
  'UV_THREADPOOL_SIZE',
  'UV_USE_IO_URING',
];

/** Two letters are what a slip of the pen is off by; more is another word. */
const MOST_LETTERS = 2;

/** The variable that was meant by a name that is nearly one; null for a known one, and for another word. */
export function meantVariable(name: string): string | null {
  if (KNOWN.includes(name)) return null;
  return KNOWN.find((known) => distance(name.toUpperCase(), known) <= MOST_LETTERS) ?? null;
}

/** Node and libuv read it, or another runtime; the C++ peer does not. */
export const isReadByRuntimesAlone = (name: string): boolean => /^(NODE|UV|BUN|DENO)_/.test(name);
