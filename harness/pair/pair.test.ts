import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeProgress, PHASE } from '../history/progress.js';
import {
  failureOf,
  leavesNothing,
  openPairGround,
  results,
  startOf,
  untilPhase,
  type PairGround,
} from './pair-ground.fixture.js';
import { withPair, type PairStart } from './pair.js';

interface Ground extends PairGround {
  abort: AbortController;
}

const test = suite<Ground>('pair');

test.before(async (ground) => void Object.assign(ground, await openPairGround()));
test.before.each((ground) => {
  ground.abort = new AbortController();
  ground.context = { ...ground.context, signal: ground.abort.signal };
});
test.after(({ close }) => close());

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
    /the responder \(state: warming up, .*stopped by a signal\) made no progress in measuring for 300 ms/,
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
    /^The (initiator|responder) ended with exit status 9 before it was done; it wrote: not today\.( Its last known state: [^.]+\.)?$/,
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

test.run();
