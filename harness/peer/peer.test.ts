// test-deadline-s: 180
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { execa } from 'execa';
import { fileURLToPath } from 'node:url';
import type { HistoryEvent, Role } from '../model/index.js';
import { countOf } from '../stats/latency-bins.js';
import { loadTransports, type LoadedTransport } from '../discovery/load-transports.js';
import {
  begin,
  expectLine,
  measure,
  withTestPair,
  type PairOptions,
  type PeerLine,
  type TestPair,
} from './pair.fixture.js';
import { writeOptions } from './options.js';

const { transports } = await loadTransports({ modules: [] });

const taskOf = (workload: string, size: number, more: readonly string[] = []): string[] => [
  ...writeOptions({ workload, size, seed: 7, 'warmup-us': 5000, 'window-us': 30_000 }),
  ...more,
];
const deliver = (messages: number, minBytes: number, maxBytes: number, sender: Role): string[] =>
  writeOptions({
    workload: 'deliver',
    size: minBytes,
    'max-size': maxBytes,
    verify: 'full',
    seed: 11,
    'warmup-us': 0,
    'window-us': 0,
    messages,
    sender,
  });

const named = (name: string): LoadedTransport => {
  const found = transports.find(({ transport }) => transport.name === name);
  if (found === undefined) throw new Error(`There is no transport '${name}'.`);
  return found;
};
const pairOf = (name: string, args: readonly string[], more: Partial<PairOptions> = {}): PairOptions => ({
  ...named(name),
  driver: 'js',
  args,
  ...more,
});

const exitCodes = async ({ initiator, responder }: TestPair): Promise<(number | null)[]> => {
  const [first, second] = await Promise.all([initiator.exited, responder.exited]);
  assert.is(`${first.stderr}${second.stderr}`, '');
  // A forked responder is reaped by its initiator, which waits for it.
  return responder.child === null ? [first.exitCode] : [first.exitCode, second.exitCode];
};

for (const script of ['main.js', 'peer.cjs']) {
  for (const name of ['node-net', 'node-ipc-advanced']) {
    test(`${name}: ${script} hosts both ends`, () =>
      withTestPair(
        pairOf(name, taskOf('ping-pong', 64, ['--verify', 'header']), {
          script: fileURLToPath(new URL(script, import.meta.url)),
        }),
        async (pair) => {
          const { initiator, responder } = await measure(pair);
          assert.ok((initiator.messages ?? 0) > 0);
          assert.is(responder.messages, initiator.messages);
          assert.equal(new Set(await exitCodes(pair)), new Set([0]));
        },
      ));
  }
}

const roundTripsOf = (line: PeerLine): number => (line.latency ? countOf(line.latency) : -1);

for (const name of transports.filter(({ transport }) => transport.js).map(({ transport }) => transport.name)) {
  for (const [sizeBytes, verify] of [
    [64, 'header'],
    [1, 'full'],
    [100_000, 'full'],
  ] as const) {
    test(`${name}: both ends of a ping-pong of ${sizeBytes} B, verified ${verify}, speak of the same round trips`, () =>
      withTestPair(pairOf(name, taskOf('ping-pong', sizeBytes, ['--verify', verify])), async (pair) => {
        const { initiator, responder } = await measure(pair);
        assert.ok((initiator.messages ?? 0) > 0);
        assert.is(roundTripsOf(initiator), initiator.messages);
        assert.is(responder.messages, initiator.messages);
        assert.is(initiator.bytes, (initiator.messages ?? 0) * sizeBytes);
        assert.is(initiator.verified, verify);
        assert.ok((initiator.windowNs ?? 0) >= 30e6, `window ${initiator.windowNs} ns`);
        assert.is(initiator.costs?.syscalls, null);
        for (const end of [initiator, responder])
          assert.ok((end.costs?.cpuNs ?? 0) > 0 && (end.costs?.maxRssBytes ?? 0) > 1e7);
        assert.equal(new Set(await exitCodes(pair)), new Set([0]));
      }));
  }

  for (const workload of ['ping-pong', 'stream'] as const) {
    test(
      `${name}: a ${workload}'s window whose time is over waits for the messages its figure needs, but not for ` +
        'ever',
      async () => {
        const window = ['--verify', 'header', '--warmup-us', '0', '--window-us', '1'];
        const timedOf = async (more: readonly string[]): Promise<PeerLine> => {
          let timed: PeerLine | undefined;
          await withTestPair(pairOf(name, [...taskOf(workload, 64), ...window, ...more]), async (pair) => {
            const { initiator, responder } = await measure(pair);
            timed = workload === 'stream' ? responder : initiator;
          });
          if (timed === undefined) throw new Error('no result');
          return timed;
        };
        assert.ok(((await timedOf(['--least-messages', '50', '--longest-us', '10000000'])).messages ?? 0) >= 50);
        const cut = await timedOf(['--least-messages', '1000000000', '--longest-us', '20000']);
        assert.ok((cut.messages ?? 0) > 0 && (cut.messages ?? 0) < 1e9);
      },
    );
  }

  test(`${name}: the receiver of a stream keeps the time, and what opens its clock is not counted`, () =>
    withTestPair(pairOf(name, taskOf('stream', 4096, ['--verify', 'full'])), async (pair) => {
      const { initiator, responder } = await measure(pair);
      assert.ok((responder.messages ?? 0) > 0);
      assert.is(responder.messages, (initiator.messages ?? 0) - 1);
      assert.is(responder.bytes, (responder.messages ?? 0) * 4096);
      assert.is(responder.latency, null);
      assert.equal(new Set(await exitCodes(pair)), new Set([0]));
    }));

  for (const sender of ['initiator', 'responder'] as const) {
    test(`${name}: every message the ${sender} delivers arrives intact, in order, followed by the end`, () =>
      withTestPair(pairOf(name, deliver(400, 32, 70_000, sender)), async (pair) => {
        await begin(pair);
        const receiver = sender === 'initiator' ? 'responder' : 'initiator';
        assert.is(expectLine(await pair[sender].line('sent'), 'sent').messages, 400);
        pair[receiver].send('drain');
        assert.is(expectLine(await pair[receiver].line('result'), 'result').messages, 400);
        pair[sender].send('go');
        assert.equal(new Set(await exitCodes(pair)), new Set([0]));
        const number = sender === 'initiator' ? 0 : 1;
        const run = { sender: number, seqFirst: 0, count: 400, bytes: plannedBytes(pair, 400) };
        assert.equal(pair.logOf(sender).events, [{ kind: 'sent', ...run }] satisfies HistoryEvent[]);
        assert.equal(pair.logOf(receiver).events, [
          { kind: 'received', ...run },
          { kind: 'eof' },
        ] satisfies HistoryEvent[]);
      }));
  }

  test(`${name}: a peer ends when the harness hangs up at the barrier`, () =>
    withTestPair(pairOf(name, taskOf('ping-pong', 64, ['--verify', 'header'])), async (pair) => {
      expectLine(await pair.responder.line('ready'), 'ready');
      expectLine(await pair.initiator.line('ready'), 'ready');
      pair.initiator.hangUp();
      assert.is((await pair.initiator.exited).exitCode, 3);
    }));

  test(`${name}: a peer ends when the harness hangs up inside the window`, () =>
    withTestPair(
      pairOf(name, [...taskOf('stream', 64, ['--verify', 'header']), '--window-us', '60000000']),
      async (pair) => {
        await begin(pair);
        while (pair.word(128) !== 4n) await new Promise((resolve) => setTimeout(resolve, 5));
        pair.responder.hangUp();
        pair.initiator.hangUp();
        assert.is((await pair.initiator.exited).exitCode, 3);
        await pair.responder.exited;
      },
    ));

  test(`${name}: the partner of a peer that was killed says so and ends`, () =>
    withTestPair(
      pairOf(name, [...taskOf('ping-pong', 64, ['--verify', 'header']), '--window-us', '60000000']),
      async (pair) => {
        await begin(pair);
        while (pair.word(64) !== 4n) await new Promise((resolve) => setTimeout(resolve, 5));
        pair.initiator.child?.kill('SIGKILL');
        // A forked responder dies with its parent, and has no time to say anything.
        const line = await pair.responder.line('error');
        if (pair.responder.child !== null)
          assert.match(
            expectLine(line, 'error').message ?? '',
            /ended the exchange after \d+ messages|ECONNRESET|EPIPE/,
          );
        await pair.responder.exited;
      },
    ));
}

for (const name of transports
  .filter(({ transport }) => transport.coreDrivers?.includes('addon'))
  .map(({ transport }) => transport.name)) {
  test(`${name}: its two ends meet, and driver addon runs the loops of the core over it`, () =>
    withTestPair(pairOf(name, taskOf('ping-pong', 64, ['--verify', 'header']), { driver: 'addon' }), async (pair) => {
      const { initiator, responder } = await measure(pair);
      assert.ok((initiator.messages ?? 0) > 0);
      assert.is(responder.messages, initiator.messages);
      assert.ok((initiator.costs?.syscalls ?? 0) > 0, 'the core counts its system calls');
      assert.equal(await exitCodes(pair), [0, 0]);
    }));
}

test('a peer that is not done writes down how far it is', () =>
  withTestPair(
    pairOf('node-net', [...taskOf('ping-pong', 64, ['--verify', 'header']), '--window-us', '60000000']),
    async (pair) => {
      await begin(pair);
      while (pair.word(64) !== 4n || pair.word(72) < 100n) await new Promise((resolve) => setTimeout(resolve, 5));
      assert.is(pair.word(88), BigInt(pair.initiator.child?.pid ?? 0));
      assert.is(pair.word(152), BigInt(pair.responder.child?.pid ?? 0));
    },
  ));

test('wrong arguments are one sentence on stderr and exit status 2', async () => {
  const { exitCode, stderr } = await execa(
    process.execPath,
    [fileURLToPath(new URL('./main.js', import.meta.url)), '--role', 'boss', '--driver', 'js'],
    { reject: false },
  );
  assert.is(exitCode, 2);
  assert.match(stderr, /^--.*\.$/);
});

const plannedBytes = ({ addon }: TestPair, messages: number): number => {
  let bytes = 0;
  for (let seq = 0; seq < messages; seq += 1) bytes += addon.messageSize(11, seq, 32, 70_000);
  return bytes;
};

test.run();
