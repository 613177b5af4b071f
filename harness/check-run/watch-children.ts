import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { ForkedProgram, Op, Syscalls } from '../../native/syscalls.js';

/** Tells which children of a procedure a signal ended that the procedure did not send. */
export interface ChildWatch {
  /** The same system, in which forked programs, and signals to them, are noted. */
  readonly sys: Syscalls;
  /** Notes a child that was spawned, and what is sent to it with its own `kill`. */
  watch(child: ChildProcess): void;
  /** This signal may end this child, though nobody here sends it: the procedure lets the system do that. */
  expect(pid: number, signo: number): void;
  /** A sentence about the first that was ended from outside; null when there is none. */
  endedFromOutside(): string | null;
}

/**
 * What a process gets by what it does itself, or by a timer or a descriptor of its own, unless somebody sends it. Of
 * real-time signals, from 32 on, nobody can tell.
 */
const { SIGPIPE, SIGIO, SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU, SIGXFSZ } = constants.signals;
const { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS } = constants.signals;
const OF_ITS_OWN_DOING: readonly number[] = [SIGPIPE, SIGIO, SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU, SIGXFSZ].concat([
  SIGSEGV,
  SIGBUS,
  SIGILL,
  SIGFPE,
  SIGABRT,
  SIGTRAP,
  SIGSYS,
]);
const FIRST_REAL_TIME = 32;

export function watchChildren(sys: Syscalls): ChildWatch {
  const notes: Notes = { sent: new Map(), sentToAny: new Set(), fromOutside: null };
  const expect = (pid: number, signo: number): void => noteSent(notes, pid, signo);
  return {
    sys: watchedSystem(sys, notes),
    watch: (child) => {
      const { pid } = child;
      if (pid === undefined) return;
      const kill = child.kill.bind(child);
      child.kill = (signal = 'SIGTERM') => {
        expect(pid, typeof signal === 'number' ? signal : constants.signals[signal]);
        return kill(signal);
      };
      child.once('exit', (_, signal) => noteEnd(notes, pid, signal === null ? null : constants.signals[signal]));
    },
    expect,
    endedFromOutside: () => notes.fromOutside,
  };
}

interface Notes {
  /** By process id: the signals that may end it. */
  readonly sent: Map<number, Set<number>>;
  /** Signals that may end any of them: what forked programs and threads send is sent to whomever they find. */
  readonly sentToAny: Set<number>;
  /** A sentence about the first child that was ended by a signal which had not been sent to it. */
  fromOutside: string | null;
}

function noteSent({ sent }: Notes, pid: number, signo: number): void {
  sent.set(pid, (sent.get(pid) ?? new Set()).add(signo));
}

function noteEnd(notes: Notes, pid: number, signal: number | null | undefined): void {
  if (typeof signal !== 'number' || signal >= FIRST_REAL_TIME || OF_ITS_OWN_DOING.includes(signal)) return;
  if (notes.sentToAny.has(signal) || notes.sent.get(pid)?.has(signal) === true) return;
  notes.fromOutside ??= sentenceOf(pid, signal);
}

function watchedSystem(sys: Syscalls, notes: Notes): Syscalls {
  const { sentToAny } = notes;
  const pidOf = new Map<number, number>();
  return {
    ...sys,
    forkProgram: (ops, options) => {
      for (const signo of signalsIn(ops)) sentToAny.add(signo);
      return watchedProgram(sys.forkProgram(ops, options), notes);
    },
    inThread: (ops, options) => {
      for (const signo of signalsIn(ops)) sentToAny.add(signo);
      return sys.inThread(ops, options);
    },
    kill: (pid, signo) => {
      // Of 0 and below, many processes.
      if (pid > 0) noteSent(notes, pid, signo);
      else sentToAny.add(signo);
      sys.kill(pid, signo);
    },
    tgkill: (pid, tid, signo) => {
      noteSent(notes, pid, signo);
      sys.tgkill(pid, tid, signo);
    },
    pidfd_open: (pid, flags) => {
      const descriptor = flags === undefined ? sys.pidfd_open(pid) : sys.pidfd_open(pid, flags);
      pidOf.set(descriptor, pid);
      return descriptor;
    },
    pidfd_send_signal: (pidfd, signo) => {
      const pid = pidOf.get(pidfd);
      if (pid === undefined) sentToAny.add(signo);
      else noteSent(notes, pid, signo);
      sys.pidfd_send_signal(pidfd, signo);
    },
  };
}

function watchedProgram(program: ForkedProgram, notes: Notes): ForkedProgram {
  const { pid } = program;
  notes.sent.set(pid, new Set());
  const wait: ForkedProgram['wait'] = (ms) => {
    const status = ms === undefined ? program.wait() : program.wait(ms);
    noteEnd(notes, pid, status?.signal);
    return status;
  };
  const end = (): void => {
    // What has ended before was not ended by this.
    wait(0);
    noteSent(notes, pid, constants.signals.SIGKILL);
    program.end();
  };
  return { ...program, wait, end };
}

function sentenceOf(pid: number, signal: number): string {
  const name = Object.entries(constants.signals).find(([, signo]) => signo === signal)?.[0] ?? `signal ${signal}`;
  return (
    `A child of the procedure (process ${pid}) was ended by ${name}, which the procedure did not send: nothing can ` +
    'be said.'
  );
}

function signalsIn(ops: readonly Op[]): number[] {
  return ops.flatMap((op) => {
    if ('body' in op) return signalsIn(op.body);
    return (op.op === 'kill' || op.op === 'raise') && op.signo !== 0 ? [op.signo] : [];
  });
}
