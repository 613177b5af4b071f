import type { Op, Trial } from '../../../harness/define.js';
import { socketFor } from './connected.js';
import { skipUnlessOrdinary, type OrdinaryUser } from './file-identity.js';
import { outcomeOf } from './enter-directory.js';

/** Runs each operation once as that user, and tells what came of it. */
export function runAs(trial: Trial, user: OrdinaryUser, ops: readonly Op[]): string[] {
  const child = trial.sys.forkProgram([...user.become, ...ops]);
  trial.defer(() => child.end());
  child.wait();
  skipUnlessOrdinary(trial, user, (as) => child.outcome(as).error);
  return child.outcomes().slice(user.become.length).map(outcomeOf);
}

/** Binds a path in the current directory, and listens where it can; the socket is the run's. Returns the path. */
export function bindHere(trial: Trial, file: string, umask = 0): string {
  trial.path(file);
  bindUnder(trial, trial.own(socketFor(trial)), file, umask);
  return file;
}

export function bindUnder(trial: Trial, socket: number, path: string, umask: number): void {
  const { sys } = trial;
  const before = sys.umask(umask);
  try {
    sys.bind(socket, path);
  } finally {
    sys.umask(before);
  }
  if (trial.subject !== 'unix-dgram') sys.listen(socket, 8);
}

export function actor(user: { readonly become: readonly Op[] }): 'another user' | 'the owner' {
  return user.become.length > 0 ? 'another user' : 'the owner';
}
