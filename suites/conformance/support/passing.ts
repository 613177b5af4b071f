import type { IncomingMessage, Syscalls, CheckRun } from '../../../harness/define.js';

/** Sends descriptors with SCM_RIGHTS; the bytes are what goes with them. Nonblocking. */
export function passDescriptors(
  sys: Syscalls,
  socket: number,
  fds: readonly number[],
  data: Uint8Array | string = 'x',
): number {
  const { MSG_NOSIGNAL, MSG_DONTWAIT } = sys.constants;
  return sys.sendmsg(socket, { data, control: [{ kind: 'rights', fds }] }, MSG_NOSIGNAL | MSG_DONTWAIT);
}

export interface Receiving {
  /** Of the data: 64 unless told. */
  readonly size?: number;
  /** Room for this many descriptors, unless `controlBytes` says it to the byte. */
  readonly descriptors?: number;
  readonly controlBytes?: number;
  readonly flags?: number;
}

/**
 * Receives without waiting: what one process sent itself is there. The descriptors that come are closed after the run.
 */
export function receiveDescriptors(
  checkRun: Pick<CheckRun, 'sys' | 'own'>,
  socket: number,
  { size = 64, descriptors = 1, controlBytes, flags = 0 }: Receiving = {},
): IncomingMessage {
  const { sys, own } = checkRun;
  const message = sys.recvmsg(
    socket,
    { sizes: size, controlBytes: controlBytes ?? sys.CMSG_SPACE(4 * descriptors) },
    flags | sys.constants.MSG_DONTWAIT,
  );
  for (const descriptor of message.fds) own(descriptor);
  return message;
}

/**
 * A pipe whose reading end does not block: it tells 'EOF' exactly when nobody holds the writing end any more, in flight
 * or received.
 */
export function tracer(checkRun: Pick<CheckRun, 'sys' | 'own'>): {
  readonly writing: number;
  state(): 'gone' | 'held';
} {
  const { sys, own } = checkRun;
  const { O_CLOEXEC, O_NONBLOCK, POLLHUP } = sys.constants;
  const [reading, writing] = sys.pipe2(O_CLOEXEC | O_NONBLOCK);
  own(reading);
  own(writing);
  return {
    writing,
    state: () => (((sys.poll([{ fd: reading, events: 0 }], 0)[0] ?? 0) & POLLHUP) !== 0 ? 'gone' : 'held'),
  };
}
