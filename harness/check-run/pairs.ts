import { join } from 'node:path';
import type { NativeAddon } from '../../native/addon.js';
import type { Ends } from './check-run.js';

export interface PairTools {
  readonly addon: NativeAddon;
  readonly directory: string;
  own(descriptor: number): number;
  /** Removes a path after the run. */
  unlinkLater(path: string): void;
}

/**
 * Connects both ends of a transport inside one process: what a procedure that watches one system call at a time needs.
 */
export function connectPair(subject: string, index: number, tools: PairTools): Ends {
  const { addon, own } = tools;
  const { sys } = addon;
  const path = (name: string): string => {
    const made = join(tools.directory, `${name}${index}`);
    tools.unlinkLater(made);
    return made;
  };
  const both = ([a, b]: readonly [number, number]): Ends => ({ a: { in: own(a), out: a }, b: { in: own(b), out: b } });
  const connected = (type: 'stream' | 'seqpacket'): Ends => {
    const at = path('l');
    const listener = addon.listenUnix(at, type);
    try {
      const client = own(
        sys.socket(
          sys.constants.AF_UNIX,
          type === 'stream' ? sys.constants.SOCK_STREAM : sys.constants.SOCK_SEQPACKET,
          0,
        ),
      );
      sys.connect(client, at);
      return both([client, sys.accept4(listener, 0)]);
    } finally {
      sys.close(listener);
    }
  };
  switch (subject) {
    case 'socketpair-stream':
      return both(addon.socketpair('stream'));
    case 'socketpair-dgram':
      return both(addon.socketpair('dgram'));
    case 'socketpair-seqpacket':
      return both(addon.socketpair('seqpacket'));
    case 'unix-stream':
      return connected('stream');
    case 'unix-seqpacket':
      return connected('seqpacket');
    case 'unix-dgram':
      return both(addon.boundDatagramPair(path('a'), path('b'), 'both'));
    case 'pipe': {
      const [there, back] = [addon.pipe(), addon.pipe()];
      return { a: { out: own(there[1]), in: own(back[0]) }, b: { in: own(there[0]), out: own(back[1]) } };
    }
    case 'fifo': {
      const [there, back] = [openFifo(path('f')), openFifo(path('g'))];
      return { a: { out: there.write, in: back.read }, b: { in: there.read, out: back.write } };
    }
    default:
      throw new Error(`'${subject}' has no pair of ends: it is not a transport, or it only connects processes.`);
  }

  /** Nonblocking for the opens alone: each end of a FIFO waits for the other to be opened. */
  function openFifo(at: string): { read: number; write: number } {
    const { O_RDONLY, O_WRONLY, O_NONBLOCK, O_CLOEXEC, F_SETFL } = sys.constants;
    addon.mkfifo(at);
    const read = own(sys.open(at, O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    const write = own(sys.open(at, O_WRONLY | O_CLOEXEC));
    sys.fcntl(read, F_SETFL, 0);
    return { read, write };
  }
}
