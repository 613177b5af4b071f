import type { Address, Ends, CheckRun } from '../../../harness/define.js';

export interface Listening {
  readonly listener: number;
  readonly address: Address;
  /** A socket of the same kind, not connected yet. */
  client(flags?: number): number;
}

/** A listener of the subject: unix-stream, unix-seqpacket or tcp-loopback. */
export function listenFor(checkRun: CheckRun, backlog: number, name = 'listener'): Listening {
  const { sys, own } = checkRun;
  const client = (flags = 0): number => own(socketFor(checkRun, flags));
  const listener = own(socketFor(checkRun));
  sys.bind(listener, checkRun.subject === 'tcp-loopback' ? { port: 0 } : checkRun.path(name));
  sys.listen(listener, backlog);
  const bound = sys.getsockname(listener);
  return { listener, client, address: bound.port === null ? (bound.path as string) : { port: bound.port } };
}

/** A socket of the subject's kind, named or not. Not owned. */
export function socketFor({ subject, sys }: CheckRun, flags = 0): number {
  const { AF_UNIX, AF_INET, SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET } = sys.constants;
  const type = subject.endsWith('-dgram') ? SOCK_DGRAM : subject.endsWith('-seqpacket') ? SOCK_SEQPACKET : SOCK_STREAM;
  return sys.socket(subject === 'tcp-loopback' ? AF_INET : AF_UNIX, type | flags, 0);
}

/** Both ends, connected and nonblocking: no receive of a check waits for what will not come. */
export const connectedEnds = (checkRun: CheckRun): Ends =>
  checkRun.subject === 'tcp-loopback' ? tcpEnds(checkRun) : checkRun.pair({ nonblocking: true });

function tcpEnds(checkRun: CheckRun): Ends {
  const { sys, own } = checkRun;
  const { SOCK_NONBLOCK, F_SETFL, O_NONBLOCK } = sys.constants;
  const { listener, address, client } = listenFor(checkRun, 1);
  const a = client();
  sys.connect(a, address);
  sys.fcntl(a, F_SETFL, O_NONBLOCK);
  const b = own(sys.accept4(listener, SOCK_NONBLOCK));
  sys.close(listener);
  return { a: { in: a, out: a }, b: { in: b, out: b } };
}
