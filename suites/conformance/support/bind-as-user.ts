import type { Op, CheckRun } from '../../../harness/define.js';
import { socketFor } from './connected.js';
import { skipUnlessOrdinary, type OrdinaryUser } from './file-identity.js';
import { outcomeOf } from './enter-directory.js';

/** Runs each operation once as that user, and tells what came of it. */
export function runAs(checkRun: CheckRun, user: OrdinaryUser, ops: readonly Op[]): string[] {
  const child = checkRun.sys.forkProgram([...user.become, ...ops]);
  checkRun.defer(() => child.end());
  child.wait();
  skipUnlessOrdinary(checkRun, user, (as) => child.outcome(as).error);
  return child.outcomes().slice(user.become.length).map(outcomeOf);
}

/** Binds a path in the current directory, and listens where it can; the socket is the run's. Returns the path. */
export function bindHere(checkRun: CheckRun, file: string, umask = 0): string {
  checkRun.path(file);
  bindUnder(checkRun, checkRun.own(socketFor(checkRun)), file, umask);
  return file;
}

export function bindUnder(checkRun: CheckRun, socket: number, path: string, umask: number): void {
  const { sys } = checkRun;
  const before = sys.umask(umask);
  try {
    sys.bind(socket, path);
  } finally {
    sys.umask(before);
  }
  if (checkRun.subject !== 'unix-dgram') sys.listen(socket, 8);
}

export function actor(user: { readonly become: readonly Op[] }): 'another user' | 'the owner' {
  return user.become.length > 0 ? 'another user' : 'the owner';
}
