import type { Credentials, Op, CheckRun } from '../../../harness/define.js';

/** Whose process id it is, as ids differ from run to run. */
export type Who = 'parent' | 'child' | 'nobody' | 'another';

export function whoIs(pid: number, parent: number, child: number): Who {
  if (pid === parent) return 'parent';
  if (pid === child) return 'child';
  return pid <= 0 ? 'nobody' : 'another';
}

/** What a receiver is told of a sender, held against what that one is. */
export interface Told {
  readonly pid: Who;
  readonly uid: 'own' | 'another';
  readonly gid: 'own' | 'another';
}

export function asTold(credentials: Credentials | null, sender: Credentials, parent: number): Told | null {
  if (credentials === null) return null;
  return {
    pid: whoIs(credentials.pid, parent, sender.pid),
    uid: credentials.uid === sender.uid ? 'own' : 'another',
    gid: credentials.gid === sender.gid ? 'own' : 'another',
  };
}

/** 'nobody' on Debian, and 'nobody' in every user namespace. */
const ORDINARY = 65_534;

export interface OrdinaryUser {
  readonly uid: number;
  readonly gid: number;
  /** What a child does to be that user: nothing where this process is no root itself. */
  readonly become: readonly Op[];
}

/** Somebody without privileges: this user, or nobody where this one is root. */
export function ordinaryUser({ sys }: Pick<CheckRun, 'sys'>): OrdinaryUser {
  if (sys.geteuid() !== 0) return { uid: sys.getuid(), gid: sys.getgid(), become: [] };
  return {
    uid: ORDINARY,
    gid: ORDINARY,
    become: [
      { op: 'setgroups', groups: [] },
      { op: 'setresgid', real: ORDINARY, effective: ORDINARY, saved: ORDINARY, as: 'become group' },
      { op: 'setresuid', real: ORDINARY, effective: ORDINARY, saved: ORDINARY, as: 'become user' },
    ],
  };
}

/** Root of a container may not change to another user: then nothing is known of what one could do. */
export function skipUnlessOrdinary(
  checkRun: Pick<CheckRun, 'skip'>,
  user: OrdinaryUser,
  errorOf: (as: string) => string | null,
): void {
  if (user.become.length === 0) return;
  const code = errorOf('become group') ?? errorOf('become user');
  if (code !== null)
    checkRun.skip('root cannot change to another user on this system', Object.assign(new Error(code), { code }));
}
