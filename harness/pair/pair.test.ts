import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadNative } from '../../native/load.js';
import { decodeProgress, PHASE } from '../history/progress.js';
import type { Role } from '../model/index.js';
import { loadTransports, type LoadedTransport } from '../suites/load-transports.js';
import { UserError } from '../user-error.js';
import { leftBehind, takeCensus } from './census.js';
import { childrenOf } from '../os/os.js';
import { keepLauncher, type KeptLauncher } from './keep-launcher.js';
import { NO_SURROUNDINGS, withPair, type Pair, type PairContext, type PairStart } from './pair.js';
import { makePrivateDirectory, type PrivateDirectory } from './private-directory.js';

interface Ground {
  context: PairContext;
  abort: AbortController;
  directory: PrivateDirectory;
  launchers: KeptLauncher;
  transports: ReadonlyMap<string, LoadedTransport>;
}

const test = suite<Ground>('pair');

test.before(async (ground) => {
  const native = await loadNative();
  const { transports } = await loadTransports({ modules: [] });
  ground.transports = new Map(transports.map((loaded) => [loaded.transport.name, loaded]));
  ground.directory = makePrivateDirectory(native.addon);
  ground.launchers = keepLauncher(native.launcherPath, native.addon);
  ground.context = {
    addon: native.addon,
    launcher: ground.launchers.running,
    peerPath: native.peerPath,
    addonPath: native.addonPath,
    surroundings: NO_SURROUNDINGS,
    runtime: {
      args: [],
      file: process.execPath,
      peerScript: fileURLToPath(new URL('../peer/main.js', import.meta.url)),
    },
    directory: ground.directory.path,
    timeoutMs: 5000,
    signal: new AbortController().signal,
  };
});
test.before.each((ground) => {
  ground.abort = new AbortController();
  ground.context = { ...ground.context, signal: ground.abort.signal };
});
test.after(async (ground) => {
  await ground.launchers.close();
  ground.directory.remove();
});

const startOf = (ground: Ground, name: string, windowMs: number, options: Partial<PairStart> = {}): PairStart => {
  const loaded = ground.transports.get(name);
  if (loaded === undefined) throw new Error(`no transport ${name}`);
  const task = [
    '--workload',
    'ping-pong',
    '--size',
    '64',
    '--verify',
    'header',
    '--seed',
    '1',
    '--warmup-us',
    String(windowMs * 1000),
    '--window-us',
    String(windowMs * 1000),
  ];
  return {
    transport: loaded.transport,
    moduleUrl: loaded.module,
    driver: 'native',
    cpus: { initiator: null, responder: null, relation: 'unpinned' },
    task,
    fault: null,
    nonce: 't',
    ...options,
  };
};

/** Waits for a phase by looking, with no sleep between looks; the test file's deadline bounds it. */
const untilPhase = async (pair: Pair, role: Role, phase: number): Promise<number> => {
  for (;;) {
    const at = decodeProgress(pair.shared.read())?.[role];
    if (at?.phase === phase && at.pid !== null) return at.pid;
    await setImmediate();
  }
};

const results = (pair: Pair): Promise<unknown> =>
  Promise.all([pair.initiator.control.waitFor('result'), pair.responder.control.waitFor('result')]);

const failureOf = async (work: Promise<unknown>): Promise<Error> => {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
};

/** Runs `work` and proves that it left no child, no descriptor, no socket and no file. */
const leavesNothing = async <T>(ground: Ground, work: () => Promise<T>): Promise<T> => {
  const { pid } = await ground.launchers.running();
  const before = takeCensus(ground.directory.path);
  const result = await work();
  assert.is(leftBehind(before, takeCensus(ground.directory.path)), null);
  assert.equal(childrenOf(process.pid), [pid]);
  assert.equal(childrenOf(pid), []);
  return result;
};

for (const name of ['socketpair-stream', 'unix-stream', 'unix-dgram', 'unix-seqpacket', 'pipe', 'fifo']) {
  test(`${name}: a finished pair leaves nothing behind`, async (ground) => {
    await leavesNothing(ground, () =>
      withPair(ground.context, startOf(ground, name, 2), async (pair) => {
        await pair.ready();
        pair.go();
        await pair.within(5000, 'measuring', results(pair));
      }),
    );
  });
}

test('what surrounds a pair is seen by both peers', async (ground) => {
  const folder = mkdtempSync(join(tmpdir(), 'w-'));
  try {
    // The wrapper writes down what it was given and becomes the peer, which then needs the descriptors that it
    // inherited.
    const wrap = ['/bin/sh', '-c', 'printf "%s" "$IPCBENCH_TEST_VALUE" > "$0/$$"; exec "$@"', folder];
    const context = { ...ground.context, surroundings: { env: { IPCBENCH_TEST_VALUE: 'of the variant' }, wrap } };
    const pids = await leavesNothing(ground, () =>
      withPair(context, startOf(ground, 'unix-stream', 2), async (pair) => {
        await pair.ready();
        const seen = decodeProgress(pair.shared.read());
        pair.go();
        await pair.within(5000, 'measuring', results(pair));
        return [seen?.initiator.pid, seen?.responder.pid];
      }),
    );
    assert.equal(readdirSync(folder).sort(), pids.map(String).sort());
    for (const pid of pids) assert.is(readFileSync(join(folder, String(pid)), 'utf8'), 'of the variant');
    assert.is(process.env['IPCBENCH_TEST_VALUE'], undefined);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

for (const victim of ['initiator', 'responder'] as const) {
  for (const [words, phase] of [
    ['connected', PHASE.ready],
    ['warming up', PHASE.warmUp],
    ['in its window', PHASE.window],
  ] as const) {
    test(
      `a ${victim} that is killed while ${words} fails the pair ` + `by name and leaves nothing behind`,
      async (ground) => {
        const failure = await leavesNothing(ground, () =>
          failureOf(
            withPair(
              ground.context,
              startOf(
                ground,
                'unix-stream',
                phase === PHASE.window ? 0.5 : 60_000,
                phase === PHASE.window
                  ? { task: [...startOf(ground, 'unix-stream', 1).task.slice(0, -1), '60000000'] }
                  : {},
              ),
              async (pair) => {
                await pair.ready();
                if (phase !== PHASE.ready) pair.go();
                process.kill(await untilPhase(pair, victim, phase), 'SIGKILL');
                await pair.within(5000, 'measuring', results(pair));
              },
            ),
          ),
        );
        assert.match(failure.message, new RegExp(`The ${victim} ended by SIGKILL`));
      },
    );
  }
}

test('a peer that is killed as soon as it exists fails the pair and leaves nothing behind', async (ground) => {
  const failure = await leavesNothing(ground, () =>
    failureOf(
      withPair(ground.context, startOf(ground, 'fifo', 5), async (pair) => {
        // As soon as it exists: most often it is still opening, and whatever it is doing, its end is told.
        pair.responder.kill();
        await pair.ready();
        await pair.within(5000, 'measuring', results(pair));
      }),
    ),
  );
  assert.match(failure.message, /The responder ended by SIGKILL/);
});

test('a stopped peer passes its deadline, is named with its phase and state, and is ended', async (ground) => {
  const failure = await leavesNothing(ground, () =>
    failureOf(
      withPair(ground.context, startOf(ground, 'unix-stream', 60_000), async (pair) => {
        await pair.ready();
        pair.go();
        process.kill(await untilPhase(pair, 'responder', PHASE.warmUp), 'SIGSTOP');
        await pair.within(300, 'measuring', results(pair));
      }),
    ),
  );
  assert.match(
    failure.message,
    /the responder \(state: warming up, (after \d+ messages \(\d+ bytes\)|before its first message), stopped by a signal\) did not finish measuring within 300 ms/,
  );
  assert.match(failure.message, /--timeout/);
});

test('a peer that comes no further is named with its phase and state, and is ended', async (ground) => {
  const failure = await leavesNothing(ground, () =>
    failureOf(
      withPair(ground.context, startOf(ground, 'unix-stream', 60_000), async (pair) => {
        await pair.ready();
        pair.go();
        process.kill(await untilPhase(pair, 'responder', PHASE.warmUp), 'SIGSTOP');
        await pair.whileProgressing(300, 'measuring', results(pair));
      }),
    ),
  );
  assert.match(
    failure.message,
    /the responder \(state: warming up, .*stopped by a signal\) came no further in measuring for 300 ms/,
  );
});

test('the words of a pair that goes on change, so that it is never called stuck', async (ground) => {
  const failure = await leavesNothing(ground, () =>
    failureOf(
      withPair(ground.context, startOf(ground, 'unix-stream', 60_000), async (pair) => {
        await pair.ready();
        pair.go();
        await untilPhase(pair, 'responder', PHASE.warmUp);
        const looks = new Set<string>();
        while (looks.size < 30) {
          looks.add(pair.shared.progressWords().toString('latin1'));
          await setImmediate();
        }
        throw new Error('It went on.');
      }),
    ),
  );
  assert.is(failure.message, 'It went on.');
});

test('a peer that never connects is named with what it waits for', async (ground) => {
  const start = startOf(ground, 'fifo', 5);
  // The responder is given a connected socket, so that nobody ever opens the other ends of the initiator's FIFOs.
  const lonely: PairStart = {
    ...start,
    transport: {
      ...start.transport,
      arrange: (tools) => {
        const [read, write] = [tools.path('r'), tools.path('w')];
        tools.mkfifo(read);
        tools.mkfifo(write);
        return {
          initiator: { spec: `fifo:${read}:${write}:read-first`, descriptors: [] },
          responder: { spec: 'fd:{0}', descriptors: [tools.socketpair('stream')[0]] },
        };
      },
    },
  };
  const failure = await leavesNothing(ground, () =>
    failureOf(withPair({ ...ground.context, timeoutMs: 300 }, lonely, (pair) => pair.ready())),
  );
  assert.match(
    failure.message,
    /^The initiator \(state: opening FIFO for reading, before its first message, asleep\) did not finish connecting within 300 ms\./,
  );
});

test('an abort ends a running pair with its reason and leaves nothing behind', async (ground) => {
  const reason = new Error('enough');
  const failure = await leavesNothing(ground, () =>
    failureOf(
      withPair(ground.context, startOf(ground, 'pipe', 60_000), async (pair) => {
        await pair.ready();
        pair.go();
        await untilPhase(pair, 'initiator', PHASE.warmUp);
        ground.abort.abort(reason);
        await pair.within(5000, 'measuring', results(pair));
      }),
    ),
  );
  assert.is(failure, reason);
});

test('a transport whose arrangement throws has its descriptors closed and its files removed', async (ground) => {
  const start = startOf(ground, 'unix-stream', 5);
  const broken: PairStart = {
    ...start,
    transport: {
      ...start.transport,
      arrange: (tools) => {
        tools.mkfifo(tools.path('made'));
        tools.pipe();
        throw new Error('no luck');
      },
    },
  };
  const failure = await leavesNothing(ground, () => failureOf(withPair(ground.context, broken, async () => undefined)));
  assert.is(failure.message, 'no luck');
});

test('a launcher that is killed fails the pair by name, and the next pair has another', async (ground) => {
  const { pid: killed } = await ground.launchers.running();
  const failure = await failureOf(
    withPair(ground.context, startOf(ground, 'unix-stream', 60_000), async (pair) => {
      await pair.ready();
      pair.go();
      await untilPhase(pair, 'responder', PHASE.warmUp);
      process.kill(killed, 'SIGKILL');
      await pair.within(5000, 'measuring', results(pair));
    }),
  );
  assert.match(failure.message, /^The launcher of the peers has ended by SIGKILL\.$/);
  await leavesNothing(ground, () =>
    withPair(ground.context, startOf(ground, 'unix-stream', 2), async (pair) => {
      await pair.ready();
      pair.go();
      await pair.within(5000, 'measuring', results(pair));
    }),
  );
  assert.is.not((await ground.launchers.running()).pid, killed);
});

test('what a peer wrote to stderr is in the sentence of its failure', async (ground) => {
  const context = {
    ...ground.context,
    surroundings: { env: {}, wrap: ['/bin/sh', '-c', 'echo "not today" >&2; exit 9'] },
  };
  const failure = await leavesNothing(ground, () =>
    failureOf(withPair(context, startOf(ground, 'pipe', 2), (pair) => pair.ready())),
  );
  assert.match(
    failure.message,
    /^The (initiator|responder) ended with exit status 9 before it was done; it wrote: not today\.( It was last seen [^.]+\.)?$/,
  );
});

test('a peer program that does not run is told with its reason', async (ground) => {
  const failure = await leavesNothing(ground, () =>
    failureOf(
      withPair(
        { ...ground.context, peerPath: '/nonexistent/peer' },
        startOf(ground, 'unix-stream', 5),
        async () => undefined,
      ),
    ),
  );
  assert.match(failure.message, /cannot be started: \/nonexistent\/peer does not run \(ENOENT\)/);
});

test('a sweep follows no links, and waits for no FIFO', (ground) => {
  const { addon } = ground.context;
  const parent = mkdtempSync(join(tmpdir(), 's-'));
  const prefix = `ipcbench-${process.getuid?.() ?? 0}-`;
  try {
    const precious = join(parent, 'precious');
    mkdirSync(precious);
    writeFileSync(join(precious, 'kept'), '');
    // A link under a name that is swept, one where the lock should be, and a FIFO there, which an open would wait for.
    symlinkSync(precious, join(parent, `${prefix}link`));
    mkdirSync(join(parent, `${prefix}lock`));
    symlinkSync(join(precious, 'kept'), join(parent, `${prefix}lock`, 'lock'));
    mkdirSync(join(parent, `${prefix}fifo`));
    addon.mkfifo(join(parent, `${prefix}fifo`, 'lock'));
    makePrivateDirectory(addon, parent).remove();
    assert.equal(readdirSync(parent).sort(), ['precious', `${prefix}fifo`, `${prefix}link`, `${prefix}lock`].sort());
    assert.equal(readdirSync(precious), ['kept']);
  } finally {
    rmSync(parent, { recursive: true });
  }
});

for (const [what, make, sentence] of [
  [
    'too long',
    (folder: string) => join(folder, 'x'.repeat(60)),
    /A socket path in it is up to \d+ bytes; Linux allows 107\. Set TMPDIR to a shorter directory, of \d+ bytes at most\./,
  ],
  ['longer than allowed by letters of two bytes', (folder: string) => join(folder, 'ä'.repeat(30)), /Linux allows 107/],
  [
    'with a colon',
    (folder: string) => join(folder, 'a:b'),
    /a colon parts the paths that peers are given.*Set TMPDIR to a directory without a colon\./,
  ],
] as const) {
  test(`a place ${what} is refused before anything is made in it`, (ground) => {
    const parent = mkdtempSync(join(tmpdir(), 'p-'));
    const unfit = make(parent);
    mkdirSync(unfit);
    try {
      assert.throws(
        () => makePrivateDirectory(ground.context.addon, unfit),
        (error: unknown) => error instanceof UserError && sentence.test(error.message),
      );
      assert.equal(readdirSync(unfit), []);
    } finally {
      rmSync(parent, { recursive: true });
    }
  });
}

test(
  'a private directory is mode 0700, and what a dead run left ' + 'is swept, what a living one holds is not',
  async (ground) => {
    const { addon } = ground.context;
    const parent = mkdtempSync(join(tmpdir(), 'p-'));
    try {
      const living = makePrivateDirectory(addon, parent);
      const uid = process.getuid?.() ?? 0;
      const dead = join(parent, `ipcbench-${uid}-dead`);
      const swept = join(parent, `ipcbench-${uid}-half`);
      const foreign = join(parent, 'somebody-else');
      for (const folder of [dead, swept, foreign]) mkdirSync(folder);
      writeFileSync(join(dead, 'lock'), '');
      writeFileSync(join(dead, '0-socket'), '');
      const unnamed = join(parent, `.ipcbench-${uid}-old`);
      mkdirSync(unnamed);
      utimesSync(unnamed, 0, 0);
      const next = makePrivateDirectory(addon, parent);
      assert.equal(
        readdirSync(parent).sort(),
        [living.path, next.path, foreign].map((path) => path.slice(parent.length + 1)).sort(),
      );
      assert.is(statMode(living.path), 0o700);
      living.remove();
      living.remove();
      next.remove();
      assert.equal(readdirSync(parent), ['somebody-else']);
    } finally {
      rmSync(parent, { recursive: true });
    }
  },
);

const statMode = (path: string): number => statSync(path).mode & 0o777;

test.run();
