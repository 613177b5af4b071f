import type { CheckRun } from '../../../harness/define.js';

export const SOCKETPAIRS = ['socketpair-stream', 'socketpair-dgram', 'socketpair-seqpacket'] as const;
export const NAMED_UNIX = ['unix-stream', 'unix-dgram', 'unix-seqpacket'] as const;
/** Everything that can carry descriptors and credentials. */
export const UNIX = [...SOCKETPAIRS, ...NAMED_UNIX] as const;
export const EVERY_TRANSPORT = [...UNIX, 'pipe', 'fifo', 'tcp-loopback'] as const;
/** Those whose reader is told that nobody writes any more. */
export const WITH_END_OF_FILE = [
  'socketpair-stream',
  'socketpair-seqpacket',
  'unix-stream',
  'unix-seqpacket',
  'pipe',
  'fifo',
  'tcp-loopback',
] as const;

/** SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET, as the subject's name says. */
export function socketTypeOf({ subject, sys }: Pick<CheckRun, 'subject' | 'sys'>): number {
  const { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET } = sys.constants;
  return subject.endsWith('-dgram') ? SOCK_DGRAM : subject.endsWith('-seqpacket') ? SOCK_SEQPACKET : SOCK_STREAM;
}
