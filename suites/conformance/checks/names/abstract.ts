import { existsSync } from 'node:fs';
import { defineProcedure } from '../../../../harness/define.js';
import { socketFor } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { ordinaryUser, skipUnlessOrdinary } from '../../support/file-identity.js';
import { outcome } from '../../support/outcomes.js';
import { NAMED_UNIX } from '../../support/subjects.js';
import { enterDirectory, outcomeOf } from '../../support/enter-directory.js';

interface AbstractName {
  readonly bind: string;
  readonly nameIs: 'the same' | 'another';
  readonly fileMade: boolean;
  readonly connect: string;
  /** By the name with one NUL more, and without its last byte. */
  readonly connectLonger: string;
  readonly connectShorter: string;
  readonly bindAgain: string;
  readonly bindLonger: string;
  readonly bindAfterClose: string;
}

/** So programs that pad a name to the whole of sun_path and programs that do not cannot meet. */
export const abstractNames = defineProcedure<AbstractName>({
  id: 'names/abstract',
  guarantee:
    'An abstract name is exactly its bytes, leaves no file, and is free again as soon as its socket is closed.',
  level: 'MUST',
  source: () => ({
    document: 'unix(7), Address format, abstract',
    quote:
      "The socket's address in this namespace is given by the additional bytes in sun_path that are covered by " +
      'the specified length of the address structure. (Null bytes in the name have no special significance.) ' +
      'The name has no connection with filesystem pathnames.',
  }),
  subjects: NAMED_UNIX,
  expected:
    'Linux: a name with a NUL more or a byte less is another one, so nobody is there (ECONNREFUSED); EADDRINUSE ' +
    'while it is bound; nothing stale after close. Elsewhere there are none.',
  procedure:
    'Bind an abstract name; connect by it, by it and one NUL, and by it less one byte; bind it again, and its ' +
    'longer form; close the first socket and bind the name once more.',
  quick: true,
  observe: (checkRun) => {
    const { sys, own } = checkRun;
    // Its bytes are a path: where abstract names are not known, something would appear there.
    const path = checkRun.path('abstract');
    const name = `\0${path}`;
    const connect = (to: string): string => outcome(() => sys.connect(own(socketFor(checkRun)), to));
    const bind = (to: string): string => outcome(() => sys.bind(own(socketFor(checkRun)), to));
    const server = own(socketFor(checkRun));
    const first = outcome(() => sys.bind(server, name));
    if (checkRun.subject !== 'unix-dgram') sys.listen(server, 4);
    const { path: nameBack, length } = sys.getsockname(server);
    const whileBound = {
      bind: first,
      nameIs: nameBack === name && length === SUN_PATH_AT + name.length ? ('the same' as const) : ('another' as const),
      fileMade: existsSync(path),
      connect: connect(name),
      connectLonger: connect(`${name}\0`),
      connectShorter: connect(name.slice(0, -1)),
      bindAgain: bind(name),
      bindLonger: bind(`${name}\0`),
    };
    sys.close(server);
    return { ...whileBound, bindAfterClose: bind(name) };
  },
  judge: (seen) =>
    judgeExpected(
      {
        'getsockname gives the name back': [seen.nameIs, 'the same'],
        'A file was made': [seen.fileMade, false],
        'connect by the name': [seen.connect, 'ok'],
        'by the name and one NUL': [seen.connectLonger, 'ECONNREFUSED'],
        'by the name less one byte': [seen.connectShorter, 'ECONNREFUSED'],
        'bind it again': [seen.bindAgain, 'EADDRINUSE'],
        'bind the name and one NUL': [seen.bindLonger, 'ok'],
        'bind it after close': [seen.bindAfterClose, 'ok'],
      },
      'fail',
      { 'The name was bound': [seen.bind, 'ok'] },
    ),
  proofs: [
    { name: 'exactly its bytes', observation: exact({}), verdict: 'pass' },
    { name: 'getsockname pads it', observation: exact({ nameIs: 'another' }), verdict: 'fail' },
    { name: 'a file was made', observation: exact({ fileMade: true }), verdict: 'fail' },
    { name: 'it cannot be found', observation: exact({ connect: 'ECONNREFUSED' }), verdict: 'fail' },
    { name: 'trailing NULs do not count', observation: exact({ connectLonger: 'ok' }), verdict: 'fail' },
    { name: 'the beginning is enough', observation: exact({ connectShorter: 'ok' }), verdict: 'fail' },
    { name: 'bound twice', observation: exact({ bindAgain: 'ok' }), verdict: 'fail' },
    { name: 'the longer name is in use too', observation: exact({ bindLonger: 'EADDRINUSE' }), verdict: 'fail' },
    { name: 'a stale name stays', observation: exact({ bindAfterClose: 'EADDRINUSE' }), verdict: 'fail' },
    { name: 'it could not be bound', observation: exact({ bind: 'EINVAL' }), verdict: 'broken' },
  ],
});

interface Accessible {
  readonly by: 'another user' | 'the owner';
  /** To a path socket without any permission: what shows that permissions hold whoever tries. */
  readonly toPath: string;
  readonly toAbstract: string;
}

/** Whoever is in the same network namespace can connect: a server has to look at SO_PEERCRED itself. */
export const abstractNoPermissions = defineProcedure<Accessible>({
  id: 'names/abstract-no-permissions',
  guarantee:
    'Anybody can connect to an abstract name: neither umask nor the mode of its socket keeps another user out.',
  level: 'MUST',
  source: () => ({
    document: 'unix(7), Abstract sockets',
    quote:
      'Socket permissions have no meaning for abstract sockets: the process umask(2) has no effect when binding ' +
      'an abstract socket, and changing the ownership and permissions of the object (via fchown(2) and ' +
      'fchmod(2)) has no effect on the accessibility of the socket.',
  }),
  subjects: NAMED_UNIX,
  expected: 'Linux: connected. The control, a path socket with mode 0: EACCES. Another network namespace is not tried.',
  procedure:
    'With umask 0777 and fchmod(socket, 0) bind an abstract name, and bind a path; connect to both from a child ' +
    'that is user 65534, or this user where this is not root.',
  quick: true,
  observe: (checkRun) => {
    const { sys, own, defer } = checkRun;
    enterDirectory(checkRun);
    const name = `\0${checkRun.path('socket')}`;
    for (const address of [name, 'socket']) {
      const server = own(socketFor(checkRun));
      sys.fchmod(server, 0);
      const before = sys.umask(0o777);
      try {
        sys.bind(server, address);
      } finally {
        sys.umask(before);
      }
      if (checkRun.subject !== 'unix-dgram') sys.listen(server, 4);
    }
    const user = ordinaryUser(checkRun);
    const [toPath, toAbstract] = [own(socketFor(checkRun)), own(socketFor(checkRun))];
    const child = sys.forkProgram([
      ...user.become,
      { op: 'connect', fd: toPath, address: 'socket', as: 'path' },
      { op: 'connect', fd: toAbstract, address: name, as: 'abstract' },
    ]);
    defer(() => child.end());
    child.wait();
    skipUnlessOrdinary(checkRun, user, (as) => child.outcome(as).error);
    return {
      by: user.become.length > 0 ? 'another user' : 'the owner',
      toPath: outcomeOf(child.outcome('path')),
      toAbstract: outcomeOf(child.outcome('abstract')),
    };
  },
  judge: ({ by, toPath, toAbstract }) =>
    judgeExpected({ [`connect of ${by} to an abstract name`]: [toAbstract, 'ok'] }, 'fail', {
      'connect to a path socket of mode 0': [toPath, 'EACCES'],
    }),
  proofs: [
    { name: 'let in', observation: { by: 'another user', toPath: 'EACCES', toAbstract: 'ok' }, verdict: 'pass' },
    {
      name: 'let in as the owner',
      observation: { by: 'the owner', toPath: 'EACCES', toAbstract: 'ok' },
      verdict: 'pass',
    },
    { name: 'kept out', observation: { by: 'another user', toPath: 'EACCES', toAbstract: 'EACCES' }, verdict: 'fail' },
    {
      name: 'permissions do not hold here',
      observation: { by: 'another user', toPath: 'ok', toAbstract: 'ok' },
      verdict: 'broken',
    },
  ],
});

interface Autobound {
  readonly made: number;
  /** A NUL and five digits out of 0-9 and a-f. */
  readonly wellFormed: number;
  readonly distinct: number;
  readonly connected: number;
  /** A socket with SO_PASSCRED that connects gets a name without asking. */
  readonly byPasscred: 'well formed' | 'another form' | 'none';
}

export const autobind = defineProcedure<Autobound>({
  id: 'names/autobind',
  guarantee:
    'A bind with nothing but the family gives the socket an abstract name of its own, of five hexadecimal digits.',
  level: 'MUST',
  source: () => ({
    document: 'unix(7), Autobind feature',
    quote:
      'If a bind(2) call specifies addrlen as sizeof(sa_family_t), or the SO_PASSCRED socket option was ' +
      'specified for a socket that was not explicitly bound to an address, then the socket is autobound to an ' +
      'abstract address. The address consists of a null byte followed by 5 bytes in the character set [0-9a-f].',
  }),
  subjects: NAMED_UNIX,
  expected: 'Linux: names all different, each of which can be connected to. Elsewhere EINVAL.',
  procedure:
    'Bind sockets with an addrlen of 2, ask their names and connect to each; then connect one with SO_PASSCRED ' +
    'that was never bound, and ask its name.',
  quick: false,
  observe: (checkRun) => {
    const { sys, own } = checkRun;
    const { AF_UNIX, SOL_SOCKET, SO_PASSCRED } = sys.constants;
    const names = Array.from({ length: checkRun.count({ quick: 4, default: 20, thorough: 400 }) }, () => {
      const server = own(socketFor(checkRun));
      sys.bind(server, familyAlone(AF_UNIX));
      if (checkRun.subject !== 'unix-dgram') sys.listen(server, 2);
      return sys.getsockname(server).path as string;
    });
    const connected = names.filter(
      (name) => outcome(() => sys.connect(own(socketFor(checkRun)), name)) === 'ok',
    ).length;
    const client = own(socketFor(checkRun));
    sys.setsockopt(client, SOL_SOCKET, SO_PASSCRED, 1);
    sys.connect(client, names[0] as string);
    const unasked = sys.getsockname(client).path as string;
    return {
      made: names.length,
      wellFormed: names.filter((name) => AUTOBOUND.test(name)).length,
      distinct: new Set(names).size,
      connected,
      byPasscred: unasked === '' ? 'none' : AUTOBOUND.test(unasked) ? 'well formed' : 'another form',
    };
  },
  judge: ({ made, wellFormed, distinct, connected, byPasscred }) =>
    judgeExpected(
      {
        'Names of five digits': [wellFormed, made],
        'all different': [distinct, made],
        'connected to': [connected, made],
        'name of a client with SO_PASSCRED': [byPasscred, 'well formed'],
      },
      'fail',
      { 'Some were bound': [made > 1, true] },
    ),
  proofs: [
    {
      name: 'a name each',
      observation: { made: 20, wellFormed: 20, distinct: 20, connected: 20, byPasscred: 'well formed' },
      verdict: 'pass',
    },
    {
      name: 'another form',
      observation: { made: 20, wellFormed: 19, distinct: 20, connected: 20, byPasscred: 'well formed' },
      verdict: 'fail',
    },
    {
      name: 'one name twice',
      observation: { made: 20, wellFormed: 20, distinct: 19, connected: 20, byPasscred: 'well formed' },
      verdict: 'fail',
    },
    {
      name: 'one cannot be found',
      observation: { made: 20, wellFormed: 20, distinct: 20, connected: 19, byPasscred: 'well formed' },
      verdict: 'fail',
    },
    {
      name: 'no name for the client',
      observation: { made: 20, wellFormed: 20, distinct: 20, connected: 20, byPasscred: 'none' },
      verdict: 'fail',
    },
    {
      name: 'only one',
      observation: { made: 1, wellFormed: 1, distinct: 1, connected: 1, byPasscred: 'well formed' },
      verdict: 'broken',
    },
  ],
});

/** offsetof(struct sockaddr_un, sun_path). */
const SUN_PATH_AT = 2;
const AUTOBOUND = /^\0[0-9a-f]{5}$/;

const familyAlone = (family: number): Uint8Array => new Uint8Array(new Uint16Array([family]).buffer);

function exact(changed: Partial<AbstractName>): AbstractName {
  return {
    bind: 'ok',
    nameIs: 'the same',
    fileMade: false,
    connect: 'ok',
    connectLonger: 'ECONNREFUSED',
    connectShorter: 'ECONNREFUSED',
    bindAgain: 'EADDRINUSE',
    bindLonger: 'ok',
    bindAfterClose: 'ok',
    ...changed,
  };
}
