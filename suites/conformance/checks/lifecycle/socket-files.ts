import { existsSync } from 'node:fs';
import { defineProcedure, type Op } from '../../../../harness/define.js';
import { socketFor } from '../../support/connected.js';
import { judgeExpected } from '../../support/expectations.js';
import { outcome, received } from '../../support/outcomes.js';
import { NAMED_UNIX } from '../../support/subjects.js';

interface Stale {
  readonly endedBy: number | null;
  readonly fileIsLeft: boolean;
  readonly connect: string;
  readonly bind: string;
  readonly bindAfterUnlink: string;
}

/** Why servers unlink before they bind, and why a client's ECONNREFUSED says more than the file's being there. */
export const staleFile = defineProcedure<Stale>({
  id: 'lifecycle/stale-file',
  guarantee:
    'The file of a server that was killed stays: a connect is refused, a bind fails with EADDRINUSE, until the ' +
    'file is unlinked.',
  level: 'MUST',
  source: () => ({
    document: 'unix(7), NOTES',
    quote:
      'Binding to a socket with a filename creates a socket in the filesystem that must be deleted by the ' +
      'caller when it is no longer needed (using unlink(2)).',
  }),
  subjects: NAMED_UNIX,
  expected: 'ECONNREFUSED, EADDRINUSE, then success.',
  procedure:
    'A child binds a path, listens unless it is a datagram socket, and is killed with SIGKILL. Connect; bind ' +
    'another socket there; unlink, and bind again.',
  quick: true,
  observe: (checkRun) => {
    const { sys, own, defer } = checkRun;
    const path = checkRun.path('stale');
    const server = socketFor(checkRun);
    const listening: readonly Op[] =
      checkRun.subject === 'unix-dgram' ? [] : [{ op: 'listen', fd: server, backlog: 1 }];
    const child = sys.forkProgram([
      { op: 'bind', fd: server, address: path },
      ...listening,
      { op: 'store', word: 0, value: 1 },
      { op: 'pause' },
    ]);
    defer(() => child.end());
    sys.close(server);
    child.board.waitAtLeast(0, 1, 5000);
    sys.kill(child.pid, sys.constants.SIGKILL);
    const endedBy = child.wait(5000)?.signal ?? null;
    const fileIsLeft = existsSync(path);
    const connect = outcome(() => sys.connect(own(socketFor(checkRun)), path));
    const bind = outcome(() => sys.bind(own(socketFor(checkRun)), path));
    sys.unlink(path);
    return {
      endedBy,
      fileIsLeft,
      connect,
      bind,
      bindAfterUnlink: outcome(() => sys.bind(own(socketFor(checkRun)), path)),
    };
  },
  judge: ({ endedBy, fileIsLeft, connect, bind, bindAfterUnlink }) =>
    judgeExpected(
      {
        'The file is left': [fileIsLeft, true],
        connect: [connect, 'ECONNREFUSED'],
        bind: [bind, 'EADDRINUSE'],
        'bind after unlink': [bindAfterUnlink, 'ok'],
      },
      'fail',
      { 'Signal that ended the server': [endedBy, 9] },
    ),
  proofs: [
    { name: 'refused until it is unlinked', observation: stale({}), verdict: 'pass' },
    { name: 'the file went with the server', observation: stale({ fileIsLeft: false }), verdict: 'fail' },
    { name: 'the connect finds no file', observation: stale({ connect: 'ENOENT' }), verdict: 'fail' },
    { name: 'the connect succeeds', observation: stale({ connect: 'ok' }), verdict: 'fail' },
    { name: 'the bind takes the file over', observation: stale({ bind: 'ok' }), verdict: 'fail' },
    { name: 'unlinking does not help', observation: stale({ bindAfterUnlink: 'EADDRINUSE' }), verdict: 'fail' },
    { name: 'the server was not killed', observation: stale({ endedBy: null }), verdict: 'broken' },
  ],
});

interface Unlinked {
  readonly carried: readonly string[];
  readonly connect: string;
}

export const unlinkKeepsConnections = defineProcedure<Unlinked>({
  id: 'lifecycle/unlink-keeps-connections',
  guarantee: 'Unlinking the file of a socket keeps its connections; only new connects fail.',
  level: 'MUST',
  source: () => ({
    document: 'unix(7), NOTES',
    quote:
      'The usual UNIX close-behind semantics apply; the socket can be unlinked at any time and will be finally ' +
      'removed from the filesystem when the last reference to it is closed.',
  }),
  subjects: NAMED_UNIX,
  expected: 'Messages pass after the unlink (for datagrams from the connected sender); a new connect gives ENOENT.',
  procedure: 'Connect to a bound path, unlink the path, send there and (not for datagrams) back; connect once more.',
  quick: false,
  observe: (checkRun) => {
    const { sys, own } = checkRun;
    const path = checkRun.path('unlinked');
    const bound = own(socketFor(checkRun));
    const sender = own(socketFor(checkRun));
    sys.bind(bound, path);
    const isDatagram = checkRun.subject === 'unix-dgram';
    if (!isDatagram) sys.listen(bound, 1);
    sys.connect(sender, path);
    const receiver = isDatagram ? bound : own(sys.accept4(bound, 0));
    sys.unlink(path);
    sys.write(sender, 'there');
    const carried = [received(() => sys.read(receiver, 64))];
    if (!isDatagram) {
      sys.write(receiver, 'back');
      carried.push(received(() => sys.read(sender, 64)));
    }
    return { carried, connect: outcome(() => sys.connect(own(socketFor(checkRun)), path)) };
  },
  judge: ({ carried, connect }, subject) =>
    judgeExpected(
      {
        'Carried after the unlink': [carried, subject === 'unix-dgram' ? ['there'] : ['there', 'back']],
        'A new connect': [connect, 'ENOENT'],
      },
      'fail',
      { 'Something was sent': [carried.length > 0, true] },
    ),
  proofs: [
    { name: 'both ways', observation: { carried: ['there', 'back'], connect: 'ENOENT' }, verdict: 'pass' },
    {
      name: 'a datagram',
      observation: { carried: ['there'], connect: 'ENOENT' },
      verdict: 'pass',
      subject: 'unix-dgram',
    },
    { name: 'the connection ends', observation: { carried: ['there', 'EOF'], connect: 'ENOENT' }, verdict: 'fail' },
    {
      name: 'the datagram is lost',
      observation: { carried: ['EAGAIN'], connect: 'ENOENT' },
      verdict: 'fail',
      subject: 'unix-dgram',
    },
    {
      name: 'the path can still be connected to',
      observation: { carried: ['there', 'back'], connect: 'ok' },
      verdict: 'fail',
    },
    { name: 'nothing sent', observation: { carried: [], connect: 'ENOENT' }, verdict: 'broken' },
  ],
});

interface Moved {
  readonly renamed: string;
  readonly throughSymlink: string;
  readonly throughLink: string;
  readonly oldName: string;
  /** The name by which the peer goes after a connect through the new one. */
  readonly peerIsCalled: string;
}

export const renameAndSymlink = defineProcedure<Moved>({
  id: 'lifecycle/rename-and-symlink',
  guarantee: 'A connect uses the inode: it works after a socket file was renamed, and through hard and symbolic links.',
  level: 'INFO',
  source: () => ({
    document: 'unix(7)',
    quote: 'Unspecified: neither unix(7) nor POSIX says whether a bound name follows its file.',
  }),
  subjects: NAMED_UNIX,
  expected:
    'Linux: all three names work, the old one gives ENOENT, and getpeername still tells the path that was bound.',
  procedure:
    'Bind a path, rename the file, make a symbolic and a hard link to it; connect by each of them and by the old name.',
  quick: false,
  observe: (checkRun) => {
    const { sys, own } = checkRun;
    const [bound, renamed, symbolic, hard] = ['bound', 'renamed', 'symbolic', 'hard'].map((name) =>
      checkRun.path(name),
    ) as [string, string, string, string];
    const server = own(socketFor(checkRun));
    sys.bind(server, bound);
    if (checkRun.subject !== 'unix-dgram') sys.listen(server, 5);
    sys.rename(bound, renamed);
    sys.symlink(renamed, symbolic);
    sys.link(renamed, hard);
    const connect = (path: string, socket = own(socketFor(checkRun))): string =>
      outcome(() => sys.connect(socket, path));
    const client = own(socketFor(checkRun));
    const first = connect(renamed, client);
    const name = first === 'ok' ? sys.getpeername(client).path : null;
    return {
      renamed: first,
      throughSymlink: connect(symbolic),
      throughLink: connect(hard),
      oldName: connect(bound),
      peerIsCalled: name === bound ? 'the path bound' : name === renamed ? 'the path renamed' : 'another name',
    };
  },
  judge: ({ renamed, throughSymlink, throughLink, oldName, peerIsCalled }) =>
    judgeExpected(
      {
        'connect to the renamed file': [renamed, 'ok'],
        'by a symbolic link': [throughSymlink, 'ok'],
        'by a hard link': [throughLink, 'ok'],
        'by the old name': [oldName, 'ENOENT'],
        'getpeername says': [peerIsCalled, 'the path bound'],
      },
      'info',
    ),
  proofs: [
    { name: 'found by its inode', observation: moved({}), verdict: 'info' },
    {
      name: 'not found',
      observation: moved({ renamed: 'ECONNREFUSED', peerIsCalled: 'another name' }),
      verdict: 'info',
      unusual: true,
    },
    ...(['renamed', 'throughSymlink', 'throughLink', 'oldName', 'peerIsCalled'] as const).map(
      (step) =>
        ({
          name: `${step}: something else`,
          observation: moved({ [step]: 'EACCES' }),
          verdict: 'info',
          unusual: true,
        }) as const,
    ),
    { name: 'not tried', observation: {} as Moved, verdict: 'broken' },
  ],
});

function moved(change: Partial<Moved>): Moved {
  return {
    renamed: 'ok',
    throughSymlink: 'ok',
    throughLink: 'ok',
    oldName: 'ENOENT',
    peerIsCalled: 'the path bound',
    ...change,
  };
}

// A function, as the proofs above are made while this module is being read.
function stale(changed: Partial<Stale>): Stale {
  return {
    endedBy: 9,
    fileIsLeft: true,
    connect: 'ECONNREFUSED',
    bind: 'EADDRINUSE',
    bindAfterUnlink: 'ok',
    ...changed,
  };
}
