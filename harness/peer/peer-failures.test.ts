// test-deadline-s: 120
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../../native/test/until.js';
import { loadTransports, type LoadedTransport } from '../discovery/load-transports.js';
import { begin, expectLine, measure, withTestPair, type PeerLine, type TestPair } from './pair.fixture.js';
import { writeOptions } from './options.js';

/** A user's transport: net.Socket over 127.0.0.1, with something changed in it. */
const moduleText = ({ guarantees = '', before = '', endpoint = '', framing = 'stream' }: Flaw): string =>
  `
  import { connect, createServer } from 'node:net';
  import { once } from 'node:events';
  export default {
    name: 'flawed', summary: 'For a test.', platforms: ['linux'],
    guarantees: { framing: '${framing}', ordered: true, reliable: true, eof: true, duplex: true, ` +
  `atomicWriteBytes: null, maxMessageBytes: null, backpressure: 'advises', ${guarantees} },
    arrange(tools) {
      const { descriptor, port } = tools.listenTcp();
      return { initiator: { spec: String(port), descriptors: [] }, responder: { spec: '{0}', descriptors: ` +
  `[descriptor] } };
    },
    js: {
      topology: 'spawned',
      async open({ role, spec }) {
        ${before}
        const socket = role === 'initiator' ? connect(Number(spec), '127.0.0.1') : (await ` +
  `once(createServer().listen({ fd: Number(spec) }), 'connection'))[0];
        let count = 0;
        const endpoint = {
          send: (message) => (socket.write(message) ? undefined : once(socket, 'drain')),
          onMessage: (receive) => socket.on('data', receive),
          onEnd: (ended) => socket.once('end', () => ended()),
          close: () => new Promise((resolve) => socket.end(resolve)),
        };
        return { ...endpoint, ${endpoint} };
      },
    },
  };`;

interface Flaw {
  readonly guarantees?: string;
  readonly before?: string;
  readonly endpoint?: string;
  readonly framing?: string;
}

const task = (workload: string, size: number, windowMs: number): string[] =>
  writeOptions({ workload, size, verify: 'full', seed: 5, 'warmup-us': 2000, 'window-us': windowMs * 1000 });
const delivery = writeOptions({
  workload: 'deliver',
  size: 32,
  'max-size': 2000,
  verify: 'full',
  seed: 5,
  'warmup-us': 0,
  'window-us': 0,
  messages: 50,
});

const failures = suite<{ directory: string }>('failures of a transport');
failures.before.each((context) => void (context.directory = mkdtempSync(join(tmpdir(), 'ipcbench-flawed-'))));
failures.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const load = async (directory: string, flaw: Flaw): Promise<LoadedTransport> => {
  writeFileSync(join(directory, 'flawed.mjs'), moduleText(flaw));
  const { transports, failures: refused } = await loadTransports({ modules: ['./flawed.mjs'], cwd: directory });
  assert.equal(refused, []);
  return transports.at(-1) as LoadedTransport;
};
const withFlaw = async (
  directory: string,
  flaw: Flaw,
  args: readonly string[],
  use: (pair: TestPair) => Promise<void>,
): Promise<void> => withTestPair({ ...(await load(directory, flaw)), driver: 'js', args }, use);
const errorOf = async (peer: TestPair['initiator']): Promise<PeerLine> => {
  const line = expectLine(await peer.line('error'), 'error');
  assert.is((await peer.exited).exitCode, 1);
  return line;
};

failures('the same transport without a flaw runs', ({ directory }) =>
  withFlaw(directory, {}, task('ping-pong', 64, 20), async (pair) => {
    const { initiator, responder } = await measure(pair);
    assert.is(initiator.messages, responder.messages);
    assert.is((await pair.responder.exited).exitCode, 0);
  }),
);

failures('an open that throws is an error line with its code and phase', ({ directory }) =>
  withFlaw(
    directory,
    { before: `throw Object.assign(new Error('no such door'), { code: 'ENODOOR', errno: -7, syscall: 'knock' });` },
    task('ping-pong', 64, 20),
    async ({ initiator }) => {
      const { message, code, phase } = await errorOf(initiator);
      assert.equal([message, code, phase], ['no such door', 'ENODOOR', 'opening']);
    },
  ),
);

failures('where in its own file a transport failed is told by its stack', async ({ directory }) => {
  // What an author prints while looking for a fault.
  const before = `throw new Error(new Error('here').stack.split('\\n')[1].trim());`;
  const line =
    moduleText({ before })
      .split('\n')
      .findIndex((text) => text.includes('throw new Error(new')) + 1;
  await withFlaw(directory, { before }, task('ping-pong', 64, 20), async ({ initiator }) => {
    assert.match(
      (await errorOf(initiator)).message ?? '',
      new RegExp(`^at .*open .*${directory}/flawed\\.mjs:${line}:\\d+\\)$`),
    );
  });
});

failures('an open that never resolves can be seen, and ends with its control channel', ({ directory }) =>
  withFlaw(
    directory,
    { before: 'await new Promise(() => undefined);' },
    task('ping-pong', 64, 20),
    async ({ initiator, word }) => {
      await until('the initiator opens its endpoint', () => word(64) === 1n);
      initiator.hangUp();
      assert.is((await initiator.exited).exitCode, 3);
    },
  ),
);

failures('an endpoint without all of its functions is named', ({ directory }) =>
  withFlaw(directory, { endpoint: 'close: undefined' }, task('ping-pong', 64, 20), async ({ responder }) => {
    assert.match((await errorOf(responder)).message ?? '', /flawed\.mjs resolved to lacks the function 'close'\.$/);
  }),
);

failures('what a transport throws in a callback of its own ends the launch with a line', ({ directory }) =>
  withFlaw(
    directory,
    { endpoint: `onMessage: () => socket.on('data', () => { throw new TypeError('oops'); })` },
    task('ping-pong', 64, 20),
    async (pair) => {
      await begin(pair);
      const { message, phase } = await errorOf(pair.responder);
      assert.equal([message, phase], ['oops', 'warm-up']);
    },
  ),
);

failures('a send that rejects ends the launch with its code', ({ directory }) =>
  withFlaw(
    directory,
    { endpoint: `send: () => Promise.reject(Object.assign(new Error('too long'), { code: 'EMSGSIZE' }))` },
    task('stream', 64, 20),
    async (pair) => {
      await begin(pair);
      assert.is((await errorOf(pair.initiator)).code, 'EMSGSIZE');
    },
  ),
);

// A block of 16 messages in the warm-up, one in the window and the last one are sent however slow the machine: no flaw
// befalls a later one.
failures('a lost message inside a stream is told where it was due', ({ directory }) =>
  withFlaw(
    directory,
    { endpoint: `send: (message) => void (++count === 30 || socket.write(message))` },
    task('stream', 64, 20),
    async (pair) => {
      await begin(pair);
      assert.is(
        (await errorOf(pair.responder)).message,
        'Message 30 arrived where 29 was expected: the transport lost, repeated or reordered a message.',
      );
    },
  ),
);

failures('a damaged byte is found', ({ directory }) =>
  withFlaw(
    directory,
    { endpoint: `send: (message) => { if (++count === 7) message[50] ^= 1; socket.write(message); }` },
    task('stream', 64, 20),
    async (pair) => {
      await begin(pair);
      assert.match(
        (await errorOf(pair.responder)).message ?? '',
        /^Message 6 is not what was sent: its payload differs from byte 18 on\.$/,
      );
    },
  ),
);

failures('a stream whose last message is lost without an end does not wait for ever', ({ directory }) =>
  withFlaw(
    directory,
    { endpoint: `send: (message) => void (++count <= 20 && socket.write(message)), close: async () => undefined` },
    task('stream', 64, 20),
    async (pair) => {
      await begin(pair);
      assert.match(
        (await errorOf(pair.responder)).message ?? '',
        /nothing arrived for 2000 ms after message 19: the transport lost the last message\.$/,
      );
    },
  ),
);

failures('a partner that ends the exchange early is named, and how far it came', ({ directory }) =>
  withFlaw(
    directory,
    { endpoint: `send: (message) => void (++count < 20 ? socket.write(message) : socket.end())` },
    task('stream', 64, 1000),
    async (pair) => {
      await begin(pair);
      assert.match(
        (await errorOf(pair.responder)).message ?? '',
        /^The sender ended the exchange after message 18, before the last one had arrived\.$/,
      );
    },
  ),
);

failures('a transport that never asks to wait does not starve its process', ({ directory }) =>
  withFlaw(
    directory,
    { endpoint: 'send: (message) => void socket.write(message)' },
    task('stream', 512, 60_000),
    async (pair) => {
      await begin(pair);
      await until('the initiator is in its window', () => pair.word(64) === 4n);
      pair.initiator.hangUp();
      assert.is((await pair.initiator.exited).exitCode, 3);
    },
  ),
);

failures('a transport that leaves a timer running does not keep its peer alive', ({ directory }) =>
  withFlaw(directory, { before: 'setInterval(() => undefined, 1000);' }, task('ping-pong', 64, 20), async (pair) => {
    await measure(pair);
    assert.equal([(await pair.initiator.exited).exitCode, (await pair.responder.exited).exitCode], [0, 0]);
  }),
);

failures('a delivery over a transport that tells of no end is drained', ({ directory }) =>
  withFlaw(
    directory,
    { guarantees: 'eof: false', endpoint: 'close: async () => undefined' },
    delivery,
    async (pair) => {
      await begin(pair);
      expectLine(await pair.initiator.line('sent'), 'sent');
      pair.responder.send('drain');
      assert.is(expectLine(await pair.responder.line('result'), 'result').messages, 50);
      assert.equal(
        pair.logOf('responder').events.map(({ kind }) => kind),
        ['received', 'drained'],
      );
    },
  ),
);

failures('a delivery shows a lost message, damage and the end, in their order', ({ directory }) => {
  const endpoint =
    'send: (message) => { count += 1; if (count === 11) return; if (count === 21) message[30] ^= 4; ' +
    'if (count === 31) message[32] ^= 4; socket.write(message); }';
  const sizes = delivery.map((word) => (word === '32' ? '40' : word));
  return withFlaw(directory, { endpoint }, sizes, async (pair) => {
    await begin(pair);
    expectLine(await pair.initiator.line('sent'), 'sent');
    pair.responder.send('drain');
    expectLine(await pair.responder.line('result'), 'result');
    const size = (seq: number): number => pair.addon.messageSize(5, seq, 40, 2000);
    const run = (from: number, to: number): object => {
      let bytes = 0;
      for (let seq = from; seq < to; seq += 1) bytes += size(seq);
      return { kind: 'received', sender: 0, seqFirst: from, count: to - from, bytes };
    };
    assert.equal(pair.logOf('responder').events, [
      run(0, 10),
      run(11, 20),
      { kind: 'damaged-header', bytes: size(20) },
      run(21, 30),
      { kind: 'damaged-payload', sender: 0, seq: 30, bytes: size(30), offset: 0 },
      run(31, 50),
      { kind: 'eof' },
    ]);
    assert.equal(pair.logOf('initiator').events, [{ ...run(0, 50), kind: 'sent' }]);
  });
});

failures('a delivery whose send fails says so, and what became of the message is not known', ({ directory }) =>
  withFlaw(
    directory,
    {
      endpoint:
        `send: (message) => { if (++count === 4) throw Object.assign(new Error('gone'), { errno: -32, code: ` +
        `'EPIPE' }); socket.write(message); }`,
    },
    delivery,
    async (pair) => {
      await begin(pair);
      assert.is((await errorOf(pair.initiator)).code, 'EPIPE');
      assert.equal(pair.logOf('initiator').events.slice(-2), [
        { kind: 'send-unknown', sender: 0, seq: 3, acceptedBytes: 0, errno: 32 },
        { kind: 'error', errno: 32, syscall: 'write' },
      ]);
    },
  ),
);

failures('a message transport that hands over the wrong length is caught', ({ directory }) =>
  withFlaw(directory, { framing: 'message' }, task('stream', 1000, 20), async (pair) => {
    // Chunks of a byte stream, called messages.
    await begin(pair);
    assert.match((await errorOf(pair.responder)).message ?? '', /^Message \d+ has \d+ bytes instead of 1000\.$/);
  }),
);

for (const [name, driver] of [
  ['node-net', 'js'],
  ['node-ipc-json', 'js'],
  ['unix-stream', 'addon'],
] as const) {
  failures(`no peer outlives a harness that was killed (${name}, ${driver})`, async ({ directory }) => {
    // Not through execa's `cleanup`: nobody gets to clean up here.
    const orphan = execa(
      process.execPath,
      [fileURLToPath(new URL('./orphan.fixture.js', import.meta.url)), name, driver],
      { env: { TMPDIR: directory }, reject: false },
    );
    const said = await new Promise<string>((resolve, reject) => {
      orphan.stdout.once('data', (chunk: Buffer) => resolve(String(chunk)));
      orphan.then(({ stderr }) => reject(new Error(stderr)), reject);
    });
    const pids = said.trim().split(' ').map(Number);
    assert.is(pids.length, 2);
    assert.ok(pids.every(isAlive), said);
    orphan.kill('SIGKILL');
    await orphan;
    await until('both peers have ended with their harness', () => !pids.some(isAlive));
  });
}

/** A zombie is not: it only waits for init to look. */
const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

failures.run();
