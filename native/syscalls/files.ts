import type { FileStatus } from './descriptors.js';

/** Paths are given to the kernel as they are. */
export interface FileCalls {
  open(path: string, flags: number, mode?: number): number;
  mkfifo(path: string, mode: number): void;
  /** mknod(2) of S_IFSOCK, S_IFIFO, S_IFREG with a mode; a device number of 0. */
  mknod(path: string, mode: number): void;
  unlink(path: string): void;
  rename(from: string, to: string): void;
  link(from: string, to: string): void;
  symlink(target: string, path: string): void;
  chmod(path: string, mode: number): void;
  chown(path: string, uid: number, gid: number): void;
  stat(path: string): FileStatus;
  /** Of the whole process. Returns the mask before. */
  umask(mask: number): number;
}
