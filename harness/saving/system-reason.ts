/**
 * What a system's error name means for a file, for those who do not know it by heart; one that says enough by itself
 * has no words here.
 */
const WORDS: Readonly<Record<string, string>> = {
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is a file, not a directory',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than the limit, ulimit -f, allows',
  EROFS: 'the file system is read-only',
  ENAMETOOLONG: 'the path is too long',
  ELOOP: 'the path goes through too many symbolic links',
  EIO: 'the device failed',
};

/** `EISDIR: it is a directory`, `ENOENT`; null where the error is none of the system's. */
export function systemReason(cause: unknown): string | null {
  if (!(cause instanceof Error) || !('code' in cause)) return null;
  const code = String(cause.code);
  const words = WORDS[code];
  return words === undefined ? code : `${code}: ${words}`;
}
