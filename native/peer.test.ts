// test-deadline-s: 180
import { fileURLToPath } from 'node:url';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadNative } from './load.js';
import { makeMapping, peerArguments, runPair, startPair, startPeer, type Line } from './test/peers.js';
import { until, untilBlockedOn } from './test/until.js';

const native = await loadNative();
const { addon } = native;
const program = [native.peerPath];
const host = fileURLToPath(new URL('./test/addon-host.js', import.meta.url));

const isAlive = (pid: number): boolean => {
  try {
    // A zombie still answers signals; it is dead all the same.
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

test('wrong arguments are one sentence on stderr and exit status 2', async () => {
  const mapping = makeMapping(addon);
  for (const [change, sentence] of [
    [['--size', 'big'], "ipcbench-peer: --size takes 1 to 268435456 bytes, not 'big'.\n"],
    [
      ['--endpoint', 'fd'],
      "ipcbench-peer: 'fd' is not an endpoint spec: expected fd:N, fds:N,M, accept:N, accept-tcp:N, " +
        'connect-unix:TYPE:PATH, connect-tcp:PORT or fifo:PATH:PATH:ORDER.\n',
    ],
    [['--verbose'], "ipcbench-peer: Unknown option '--verbose'.\n"],
  ] as const) {
    const peer = startPeer(
      program,
      [...peerArguments('initiator', 'fd:5', 'stream', { workload: 'stream', sizeBytes: 64 }), ...change],
      mapping,
      [],
    );
    assert.is(await peer.ended, 2);
    assert.is(peer.stderr(), sentence);
  }
  closeSync(mapping);
});

test('a message that the transport refuses is an error line with the system call and the phase', async () => {
  const { initiator } = await runPair({
    program,
    addon,
    meeting: 'socketpair-dgram',
    workload: 'ping-pong',
    sizeBytes: 16 << 20,
  });
  assert.equal(initiator, {
    type: 'error',
    message: 'EMSGSIZE: Message too long, write',
    code: 'EMSGSIZE',
    syscall: 'write',
    errno: -90,
    phase: 'warm-up',
  });
});

test('a partner that is killed is an error line, not a hang', async () => {
  for (const meeting of ['unix-stream', 'unix-seqpacket', 'pipe']) {
    const pair = await startPair({
      program,
      addon,
      meeting,
      workload: 'ping-pong',
      sizeBytes: 64,
      windowUs: 10_000_000,
    });
    await Promise.all([pair.initiator.line('ready'), pair.responder.line('ready')]);
    for (const peer of [pair.initiator, pair.responder]) peer.send('go');
    pair.responder.child.kill('SIGKILL');
    const line = await pair.initiator.line('result');
    assert.is(line?.type, 'error');
    assert.match(
      String(line?.['message']),
      /^(EPIPE: Broken pipe, write|ECONNRESET: .*, (read|write)|The partner closed the channel before message \d+\.)$/,
    );
    assert.is(await pair.initiator.ended, 1);
    await pair.close();
  }
});

test('writing to a receiver that was killed is an error line, not the end by SIGPIPE', async () => {
  // Not a socket: one whose partner left bytes unread says ECONNRESET, which is no signal.
  const pair = await startPair({
    program,
    addon,
    meeting: 'pipe',
    workload: 'stream',
    sizeBytes: 64,
    windowUs: 10_000_000,
  });
  await Promise.all([pair.initiator.line('ready'), pair.responder.line('ready')]);
  for (const peer of [pair.initiator, pair.responder]) peer.send('go');
  pair.responder.child.kill('SIGKILL');
  const line = await pair.initiator.line('result');
  await pair.close();
  assert.equal([line?.['code'], line?.['syscall'], line?.['errno']], ['EPIPE', 'write', -32]);
});

test('a peer that is its own partner refuses to measure', async () => {
  for (const [pid, sentence] of [
    [null, 'The partner is this same process; a launch needs two.'],
    [0, 'The barrier opened before the partner had started.'],
  ] as const) {
    const [a, b] = addon.socketpair('stream');
    const mapping = makeMapping(addon);
    const peer = startPeer(
      program,
      peerArguments('initiator', 'fds:5,6', 'stream', { workload: 'ping-pong', sizeBytes: 64 }),
      mapping,
      [a, b],
    );
    await peer.line('ready');
    writeSync(mapping, word(pid ?? peer.child.pid!), 0, 8, 128 + 24);
    peer.send('go');
    assert.is((await peer.line('result'))?.['message'], sentence);
    assert.is(await peer.ended, 1);
    for (const descriptor of [a, b, mapping]) closeSync(descriptor);
  }
});

/** Brings a peer to where it sleeps, hangs up, and gives its exit status. */
async function hangUpIn(
  state: 'barrier' | 'read' | 'accept' | 'fifo' | 'start' | 'behind a word',
  peerProgram: readonly string[],
): Promise<unknown> {
  const pair = await startPair({
    program: peerProgram,
    addon,
    meeting: state === 'accept' ? 'unix-stream' : state === 'fifo' ? 'fifo' : 'socketpair-stream',
    workload: 'ping-pong',
    sizeBytes: 64,
  });
  const peer = pair.responder;
  if (state === 'start') {
    peer.hangUp();
  } else if (state === 'accept' || state === 'fifo') {
    pair.initiator.child.kill('SIGSTOP');
    peer.hangUp();
  } else {
    await peer.line('ready');
    await pair.initiator.line('ready');
    if (state === 'read') {
      // The initiator stays at the barrier, so that the responder sleeps in its first read of the measured channel.
      peer.send('go');
      await untilBlockedOn(peer.child.pid ?? 0, 5);
    } else if (state === 'behind a word') {
      peer.send('drain');
      assert.is((await peer.line('error'))?.type, 'error');
    } else {
      await untilBlockedOn(peer.child.pid ?? 0, 3);
    }
    peer.hangUp();
  }
  const exit = await peer.ended;
  if (state === 'accept' || state === 'fifo') pair.initiator.child.kill('SIGKILL');
  await pair.close();
  return exit;
}

for (const [state, when] of [
  ['start', 'before it has begun'],
  ['accept', 'while it accepts'],
  ['fifo', 'while it opens a FIFO'],
  ['barrier', 'at the barrier'],
  ['read', 'inside a blocked read'],
] as const) {
  test(`a harness that hangs up ends a peer with status 3, ${when}`, async () => {
    assert.is(await hangUpIn(state, program), 3);
  });
}

test('a harness that hangs up ends a peer inside Node too', async () => {
  assert.is(await hangUpIn('read', [process.execPath, host, native.addonPath]), 3);
});

test('another word than go at the barrier is an error', async () => {
  assert.is(await hangUpIn('behind a word', program), 1);
});

test('a peer whose parent is gone does nothing', async () => {
  const gone = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(gone, 'exit');
  const mapping = makeMapping(addon);
  const args = peerArguments('initiator', 'fd:5', 'stream', { workload: 'stream', sizeBytes: 64 });
  args[args.indexOf('--parent') + 1] = String(gone.pid);
  const peer = startPeer(program, args, mapping, []);
  assert.is(await peer.ended, 3);
  assert.is(peer.stderr(), '');
  closeSync(mapping);
});

test('a wrapper between harness and peer is no reason to end', async () => {
  // The shell does not exec, because something follows: it stays the peer's parent.
  const wrapped = ['/bin/sh', '-c', '"$0" "$@"; exit $?', native.peerPath];
  const { exits } = await runPair({ program: wrapped, addon, meeting: 'pipe', workload: 'ping-pong', sizeBytes: 64 });
  assert.equal(exits, [0, 0]);
});

test('peers die with a harness that is killed', async () => {
  const script =
    `
    import { startPair } from ${JSON.stringify(new URL('./test/peers.js', import.meta.url).href)};
    import { loadNative } from ${JSON.stringify(new URL('./load.js', import.meta.url).href)};
    const { addon, peerPath } = await loadNative();
    const pair = await startPair({ program: [peerPath], addon, meeting: 'socketpair-stream', workload: ` +
    `'ping-pong', sizeBytes: 64, windowUs: 60_000_000 });
    const peers = [pair.initiator, pair.responder];
    await Promise.all(peers.map((peer) => peer.line('ready')));
    for (const peer of peers) peer.send('go');
    console.log(JSON.stringify(peers.map((peer) => peer.child.pid)));
  `;
  // Nobody cleans up after a SIGKILL: its files go into a folder of ours.
  const folder = mkdtempSync(join(tmpdir(), 'ipcbench-native-'));
  const harness = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: folder },
  });
  const [text] = (await once(harness.stdout, 'data')) as [Buffer];
  const pids = JSON.parse(text.toString()) as number[];
  assert.ok(pids.every(isAlive));
  harness.kill('SIGKILL');
  await once(harness, 'exit');
  await until('both peers have ended with their harness', () => !pids.some(isAlive));
  rmSync(folder, { recursive: true });
});

test('a result is not lost to a word that is on its way', async () => {
  for (let round = 0; round < 20; round += 1) {
    const pair = await startPair({
      program,
      addon,
      meeting: 'socketpair-stream',
      workload: 'stream',
      sizeBytes: 64,
      warmupUs: 0,
      windowUs: 500,
    });
    const peers = [pair.initiator, pair.responder];
    await Promise.all(peers.map((peer) => peer.line('ready')));
    for (const peer of peers) peer.send('go');
    // Said without waiting: some of these come before the result, some after.
    const chatter = setInterval(() => peers.forEach((peer) => peer.send('drain')), 0);
    const lines = await Promise.all(peers.map((peer) => peer.line('result')));
    clearInterval(chatter);
    await pair.close();
    assert.equal(
      lines.map((line: Line | null) => line?.type),
      ['result', 'result'],
    );
  }
});

function word(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
}

test.run();
