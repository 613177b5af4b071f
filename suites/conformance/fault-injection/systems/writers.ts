import { Worker } from 'node:worker_threads';
import type { ForkedProgram, Op, Outcome } from '../../../../harness/define.js';
import { errnoOf } from '../../../../harness/define.js';
import { withOps, type SyscallFault } from './syscall-fault.js';
import { acrossSenders, WINDOW, type RelayOrders } from './reordering-relay.js';

/** What a process writes at once goes in as two pieces, between which others may write theirs. */
export const interleaveWriters: SyscallFault = (sys, { injected }) => ({
  forkProgram: (ops, options) => {
    const inPieces = new Map<string, string>();
    const torn = withOps(ops, 'writeRuns', (op): readonly Op[] => {
      if (op.bytes < 2) return [op];
      injected();
      const first = Math.floor(op.bytes / 2);
      const second = `${op.as ?? 'write'}, second piece`;
      if (op.as !== undefined) inPieces.set(op.as, second);
      const piece = (bytes: number): Op => ({ op: 'writeAll', fd: op.fd, data: { bytes, value: op.writer } });
      return [{ op: 'repeat', times: op.records, body: [piece(first), { ...piece(op.bytes - first), as: second }] }];
    });
    return withRecordsOf(sys.forkProgram(torn, options), inPieces);
  },
});

/** An operation that became two is answered for by the second: it has written as many records as that was run. */
function withRecordsOf(program: ForkedProgram, inPieces: ReadonlyMap<string, string>): ForkedProgram {
  const asked = (): number => program.outcomes().length - 2 * inPieces.size;
  return {
    ...program,
    // The two pieces of each follow the operations that were asked for, and are nobody's business: who is in one is in
    // what it is a piece of.
    outcomes: () => program.outcomes().slice(0, asked()),
    at: () => (program.at() >= program.outcomes().length ? asked() : Math.min(program.at(), asked() - 1)),
    outcome: (as): Outcome => {
      const second = inPieces.get(as);
      if (second === undefined) return program.outcome(as);
      const outcome = program.outcome(second);
      return { ...outcome, as, op: 'writeRuns', counts: { records: outcome.runs } };
    },
  };
}

/** Messages of one sender keep their order; those of another may be taken first. */
export const reorderAcrossSenders: SyscallFault = (sys, { injected, injections, own, defer, addonPath }) => {
  const waiting = new Map<number, Buffer[]>();
  const { MSG_DONTWAIT, AF_UNIX, SOCK_DGRAM, SOCK_CLOEXEC } = sys.constants;
  const take = (fd: number, size: number): Buffer[] => {
    const taken: Buffer[] = [];
    while (taken.length < WINDOW && errnoOf(() => taken.push(sys.recv(fd, size, MSG_DONTWAIT))) === null);
    return taken;
  };
  return {
    recv: (fd, size, flags) => {
      const now = waiting.get(fd) ?? [];
      waiting.set(fd, now);
      if (now.length === 0) {
        const before = take(fd, size);
        const after = acrossSenders(before);
        if (after.some((message, at) => message !== before[at])) injected();
        now.push(...after);
      }
      return now.shift() ?? sys.recv(fd, size, flags);
    },
    // The receiver is a program of the kernel's calls alone: between it and its socket comes a relay, which this
    // process's thread need not serve.
    forkProgram: (ops, options) => {
      const relayed = withOps(ops, 'recvStamped', (op): readonly Op[] => {
        if (typeof op.fd !== 'number' || op.messages === undefined || op.via === 'mq') return [op];
        const [to, inner] = sys.socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC).map(own) as [number, number];
        const orders: RelayOrders = {
          addonPath,
          from: op.fd,
          to,
          messages: op.messages,
          maxBytes: op.maxBytes,
          injections,
        };
        const relay = new Worker(new URL('./reordering-relay.js', import.meta.url), { workerData: orders });
        defer(async () => void (await relay.terminate()));
        return [{ ...op, fd: inner }];
      });
      return sys.forkProgram(relayed, options);
    },
  };
};
