import { errnoOf, type Syscalls } from '../../../harness/define.js';

/** 'ok', or the name of the error. */
export const outcome = (call: () => unknown): string => errnoOf(call) ?? 'ok';

/** The bytes as text, 'EOF' for none, or the name of the error. */
export function received(receive: () => Buffer): string {
  let text = '';
  return errnoOf(() => (text = receive().toString())) ?? (text === '' ? 'EOF' : text);
}

/** What a send returned, or the name of the error. */
export function sent(send: () => number): number | string {
  let bytes = 0;
  return errnoOf(() => (bytes = send())) ?? bytes;
}

/** What each of `times` receives gave, one after the other. */
export const receives = (times: number, receive: () => Buffer): string[] =>
  Array.from({ length: times }, () => received(receive));

const FLAGS = ['IN', 'PRI', 'OUT', 'ERR', 'HUP', 'RDHUP', 'NVAL'] as const;

/** What poll(2) says at once of every event: 'IN|HUP', or 'none'. */
export function polled(sys: Syscalls, fd: number): string {
  const { POLLIN, POLLPRI, POLLOUT, POLLRDHUP } = sys.constants;
  const [revents = 0] = sys.poll([{ fd, events: POLLIN | POLLPRI | POLLOUT | POLLRDHUP }], 0);
  return FLAGS.filter((flag) => (revents & sys.constants[`POLL${flag}`]) !== 0).join('|') || 'none';
}

/**
 * Waits until there is something to read, or an end or an error to hear of: over TCP all of them are on their way for a
 * while.
 */
export function arrive(sys: Syscalls, fd: number, events = sys.constants.POLLIN): void {
  if (sys.poll([{ fd, events }], 3000)[0] === 0) throw new Error('Nothing arrived within 3 s.');
}
