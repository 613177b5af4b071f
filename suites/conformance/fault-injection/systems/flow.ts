import type { Op } from '../../../../harness/define.js';
import { isError } from './is-error.js';
import { withOps, type SyscallFault } from './syscall-fault.js';

/** Everything is accepted at once, however much there is already, and handed on when there is room. */
export const noBackpressure: SyscallFault = (sys, { injected }) => {
  interface Hoard {
    readonly pieces: Buffer[];
    /** The first that was not handed on. */
    next: number;
  }
  const hoards = new Map<number, Hoard>();
  /** Asked first, as an error costs ten times as much. */
  const hasRoom = (fd: number): boolean => sys.poll([{ fd, events: sys.constants.POLLOUT }], 0)[0] !== 0;
  const handOn = (): void => {
    for (const [fd, hoard] of hoards) {
      try {
        for (
          let piece = hoard.pieces[hoard.next];
          piece !== undefined && hasRoom(fd);
          piece = hoard.pieces[hoard.next]
        ) {
          const taken = sys.write(fd, piece);
          if (taken < piece.length) hoard.pieces[hoard.next] = piece.subarray(taken);
          else hoard.next += 1;
        }
        if (hoard.next === hoard.pieces.length) hoards.delete(fd);
      } catch (error) {
        if (!isError(error, 'EAGAIN')) throw error;
      }
    }
  };
  return {
    write: (fd, data) => {
      const hoard = hoards.get(fd) ?? { pieces: [], next: 0 };
      try {
        if (hoard.pieces.length === 0) return sys.write(fd, data);
      } catch (error) {
        if (!isError(error, 'EAGAIN')) throw error;
      }
      injected();
      hoards.set(fd, hoard);
      hoard.pieces.push(Buffer.from(data));
      return data.length;
    },
    read: (fd, size) => {
      // Whenever somebody reads there is room again.
      handOn();
      return sys.read(fd, size);
    },
    poll: (entries, timeoutMs) => {
      handOn();
      return sys.poll(entries, timeoutMs);
    },
  };
};

/** poll(2) says of every descriptor that it can be written to. */
export const alwaysWritable: SyscallFault = (sys, { injected }) => ({
  poll: (entries, timeoutMs) => {
    const { POLLOUT } = sys.constants;
    const asks = entries.some(({ events }) => (events & POLLOUT) !== 0);
    return sys.poll(entries, asks ? 0 : timeoutMs).map((revents, at) => {
      if (((entries[at]?.events ?? 0) & POLLOUT) === 0 || (revents & POLLOUT) !== 0) return revents;
      injected();
      return revents | POLLOUT;
    });
  },
});

/** A blocking write that finds no room asks again and again, instead of sleeping. */
export const spinWhileFull: SyscallFault = (sys, { injected }) => ({
  forkProgram: (ops, options) => {
    const { F_SETFL, O_NONBLOCK } = sys.constants;
    const spinning = withOps(ops, 'writePattern', (op): readonly Op[] => {
      injected();
      return [
        { op: 'fcntl', fd: op.fd, command: F_SETFL, argument: O_NONBLOCK },
        { ...op, wait: 'spin' },
      ];
    });
    return sys.forkProgram(spinning, options);
  },
});
