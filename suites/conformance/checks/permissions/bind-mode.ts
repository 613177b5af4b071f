import { defineProcedure, type Proof } from '../../../../harness/define.js';
import { socketFor } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { ordinaryUser } from '../../support/file-identity.js';
import { outcome } from '../../support/outcomes.js';
import { NAMED_UNIX } from '../../support/subjects.js';
import { enterDirectory } from '../../support/enter-directory.js';
import { runAs, bindHere, bindUnder, actor } from '../../support/bind-as-user.js';

interface Umasked {
  /** Permissions of a socket file, in octal, by the umask at its bind. */
  readonly modes: Readonly<Record<'000' | '022' | '077' | '177', string>>;
  /**
   * Of another user: what came of it between bind and chmod, after chmod, and from the first moment with the right
   * umask.
   */
  readonly beforeChmod: string;
  readonly afterChmod: string;
  readonly underUmask: string;
}

/** The order bind, chmod lets others in for a moment; umask, bind does not. */
export const umaskRace = defineProcedure<Umasked>({
  id: 'permissions/umask-race',
  guarantee:
    'A socket file gets 0777 less the umask at bind: whoever makes it private with chmod afterwards leaves a ' +
    'window open.',
  level: 'INFO',
  source: () => ({
    document: 'unix(7), Pathname socket ownership and permissions',
    quote: 'The socket file has all permissions enabled, other than those that are turned off by the process umask(2).',
  }),
  subjects: NAMED_UNIX,
  expected:
    'Linux: 777, 755, 700, 600 under umask 000, 022, 077, 177. Under umask 000 another user connects until ' +
    'chmod(0600), under 177 never. Use umask, or a directory with 0700.',
  procedure:
    'Bind and stat under each umask. As user 65534 connect to a socket bound under umask 000, before and after ' +
    'chmod(path, 0600), and to one bound under 177. Where this is not root the owner tries, by the write bit of ' +
    'the owner.',
  quick: false,
  observe: (checkRun) => {
    const { sys } = checkRun;
    const user = ordinaryUser(checkRun);
    enterDirectory(checkRun);
    const permissions = (umask: number): string => {
      const file = bindHere(checkRun, `umask${umask}`, umask);
      return (sys.stat(file).mode & 0o777).toString(8);
    };
    const modes = {
      '000': permissions(0),
      '022': permissions(0o022),
      '077': permissions(0o077),
      '177': permissions(0o177),
    };
    const connect = (file: string): string =>
      runAs(checkRun, user, [{ op: 'connect', fd: checkRun.own(socketFor(checkRun)), address: file }])[0] as string;
    const late = bindHere(checkRun, 'late', 0);
    const beforeChmod = connect(late);
    // What is private to the owner keeps the owner itself out only without its own write bit.
    sys.chmod(late, actor(user) === 'the owner' ? 0o400 : 0o600);
    const afterChmod = connect(late);
    const early = bindHere(checkRun, 'early', actor(user) === 'the owner' ? 0o377 : 0o177);
    return { modes, beforeChmod, afterChmod, underUmask: connect(early) };
  },
  judge: ({ modes, beforeChmod, afterChmod, underUmask }) =>
    judgeExpected(
      {
        'Modes under umask 000, 022, 077, 177': [
          modes && [modes['000'], modes['022'], modes['077'], modes['177']],
          ['777', '755', '700', '600'],
        ],
        'connect between bind and chmod': [beforeChmod, 'ok'],
        'after chmod': [afterChmod, 'EACCES'],
        'after bind under the right umask': [underUmask, 'EACCES'],
      },
      'info',
    ),
  proofs: [
    { name: 'a window', observation: umasked(), verdict: 'info' },
    {
      name: 'no permissions at all',
      observation: {
        modes: { '000': '777', '022': '777', '077': '777', '177': '777' },
        beforeChmod: 'ok',
        afterChmod: 'ok',
        underUmask: 'ok',
      },
      verdict: 'info',
      unusual: true,
    },
    ...(['modes', 'beforeChmod', 'afterChmod', 'underUmask'] as const).map((step): Proof<Umasked> => ({
      name: `${step} not seen`,
      observation: { ...umasked(), [step]: undefined },
      verdict: 'broken',
    })),
  ],
});

interface Fchmodded {
  /** Permissions of the file, in octal, after its socket was given none. */
  readonly afterBind: string;
  readonly connect: string;
  /** Of a file whose socket was given 0600 before it was bound. */
  readonly beforeBind: string;
}

/** The socket and its file are two inodes. */
export const fchmodNoop = defineProcedure<Fchmodded>({
  id: 'permissions/fchmod-noop',
  guarantee: 'fchmod of a bound socket leaves its file as it is; before bind it decides what the file will be.',
  level: 'INFO',
  source: () => ({
    document: 'fchmod(2)',
    quote: 'Unspecified: what fchmod(2) does to a socket, and to the file that it is or will be bound to.',
  }),
  subjects: NAMED_UNIX,
  expected:
    'Linux: the file keeps 755 under umask 022; with fchmod(0600) before bind it is 600 from its first moment, ' +
    'so a bind without a window and without a change of umask.',
  procedure:
    'Under umask 022 bind a socket, fchmod it to 0, stat the path and connect. fchmod another socket to 0600, ' +
    'bind it under umask 022, stat that path.',
  quick: false,
  observe: (checkRun) => {
    const { sys, own } = checkRun;
    const permissions = (path: string): string => (sys.stat(path).mode & 0o777).toString(8);
    const [socket, chosen] = [own(socketFor(checkRun)), own(socketFor(checkRun))];
    const [first, second] = [checkRun.path('first'), checkRun.path('second')];
    bindUnder(checkRun, socket, first, 0o022);
    sys.fchmod(socket, 0);
    const afterBind = permissions(first);
    const connect = outcome(() => sys.connect(own(socketFor(checkRun)), first));
    sys.fchmod(chosen, 0o600);
    bindUnder(checkRun, chosen, second, 0o022);
    return { afterBind, connect, beforeBind: permissions(second) };
  },
  judge: ({ afterBind, connect, beforeBind }) =>
    judgeExpected(
      {
        'The file after fchmod(socket, 0)': [afterBind, '755'],
        connect: [connect, 'ok'],
        'The file of a socket that was 0600 before bind': [beforeBind, '600'],
      },
      'info',
    ),
  proofs: [
    { name: 'two inodes', observation: { afterBind: '755', connect: 'ok', beforeBind: '600' }, verdict: 'info' },
    {
      name: 'one inode',
      observation: { afterBind: '0', connect: 'EACCES', beforeBind: '755' },
      verdict: 'info',
      unusual: true,
    },
    { name: 'nothing seen', observation: {} as Fchmodded, verdict: 'broken' },
  ],
});

function umasked(): Umasked {
  return {
    modes: { '000': '777', '022': '755', '077': '700', '177': '600' },
    beforeChmod: 'ok',
    afterChmod: 'EACCES',
    underUmask: 'EACCES',
  };
}
