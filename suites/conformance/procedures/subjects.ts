export const SOCKETPAIRS = ['socketpair-stream', 'socketpair-dgram', 'socketpair-seqpacket'] as const;
export const NAMED_UNIX = ['unix-stream', 'unix-dgram', 'unix-seqpacket'] as const;
/** Everything that can carry descriptors and credentials. */
export const UNIX = [...SOCKETPAIRS, ...NAMED_UNIX] as const;
export const EVERY_TRANSPORT = [...UNIX, 'pipe', 'fifo', 'tcp-loopback'] as const;
/** Those whose reader is told that nobody writes any more. */
export const WITH_END_OF_FILE = ['socketpair-stream', 'socketpair-seqpacket', 'unix-stream', 'unix-seqpacket', 'pipe', 'fifo', 'tcp-loopback'] as const;
