import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import * as assert from 'uvu/assert';
import { parseGate } from '../../../reports/schema/parse-gate.js';
import type { GateReport } from '../../model/index.js';
import { MARK, markedProcesses, remainingAfter } from './marked-processes.js';
import { cli, type CliResult } from './run-cli.js';

/**
 * Where a gate runs in a test: a directory to stand in, a TMPDIR of its own, and a mark by which all that it starts is
 * known.
 */
export interface Ground {
  readonly folder: string;
  readonly cwd: string;
  readonly tmp: string;
  readonly mark: string;
}

export async function makeGround(): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'g-'));
  const ground = { folder, cwd: join(folder, 'w'), tmp: join(folder, 't'), mark: randomBytes(8).toString('hex') };
  mkdirSync(ground.cwd);
  mkdirSync(ground.tmp);
  return ground;
}

export async function clearGround({ folder, mark }: Ground): Promise<void> {
  for (const { pid } of markedProcesses(mark)) process.kill(pid, 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
}

/** One case, as few pairs as decide anything, windows as short as they may be, no checks. */
export const SMALL = [
  '--effort',
  'quick',
  '--checks',
  'none',
  '--workload',
  'ping-pong',
  '--size',
  '64',
  '--duration',
  '2ms',
  '--warmup',
  '1ms',
];

export const start = ({ cwd, tmp, mark }: Ground, args: readonly string[]) =>
  execa(process.execPath, [cli, ...args], { cwd, reject: false, env: { TMPDIR: tmp, [MARK]: mark } });

/** Runs it to its end, and holds it to what is true of every end: no stack, nothing half-written, nothing left. */
export async function runToEnd(ground: Ground, args: readonly string[]): Promise<CliResult> {
  const { exitCode, signal, stdout, stderr } = await start(ground, args);
  const result = { exitCode, signal, stdout, stderr };
  for (const text of [result.stdout, result.stderr]) assert.not.match(text, /\n\s+at |node:internal|Error:/);
  await nothingIsLeft(ground);
  return result;
}

export async function nothingIsLeft({ tmp, mark, cwd }: Ground, withinMs = 0): Promise<void> {
  assert.equal(
    (await remainingAfter(mark, withinMs)).map(({ command }) => command),
    [],
  );
  assert.equal(readdirSync(tmp), []);
  assert.equal(
    readdirSync(cwd, { recursive: true }).filter((name) => String(name).endsWith('.draft')),
    [],
  );
}

/** A mistake of the user's: a sentence, the exit code, and no gate.json that a job could take for an answer. */
export async function refuses(ground: Ground, args: readonly string[], sentence: RegExp, exitCode = 2): Promise<void> {
  const result = await runToEnd(ground, args);
  assert.match(result.stderr, sentence);
  assert.is(result.exitCode, exitCode, result.stderr);
  assert.is(result.stdout, '');
  assert.not.ok(existsSync(join(ground.cwd, 'ipcbench-gate')), 'something was written');
}

export const gateIn = ({ cwd }: Ground, out = 'ipcbench-gate'): GateReport =>
  parseGate(readFileSync(join(cwd, out, 'gate.json'), 'utf8'));

/** A transport of the user's that C++ peers run: as quick to start as a built-in one. */
export const coreTransport = (name: string, comment = ''): string =>
  `// ${comment}
export default {
  name: '${name}', summary: 'A socketpair of my own.', platforms: ['linux'],
  guarantees: { framing: 'stream', ordered: true, reliable: true, eof: true, duplex: true, atomicWriteBytes: ` +
  `null, maxMessageBytes: null, backpressure: 'blocks' },
  arrange(tools) {
    const [initiator, responder] = tools.socketpair('stream');
    return { initiator: { spec: 'fd:{0}', descriptors: [initiator] }, responder: { spec: 'fd:{0}', ` +
  `descriptors: [responder] } };
  },
  coreDrivers: ['native'],
};
`;

/** One that Node hosts; `flips` changes the last byte of one message, which nothing but a check of every byte sees. */
export const nodeTransport = (name: string, payload: 'kept' | 'flips'): string =>
  `import { once } from 'node:events';
import { connect, createServer } from 'node:net';
let isDue = ${payload === 'flips'};
const sent = (message) => {
  const copy = Buffer.from(message);
  if (isDue && copy.length > 40) isDue = (copy[copy.length - 1] ^= 1) < 0;
  return copy;
};
export default {
  name: '${name}', summary: 'net.Socket over 127.0.0.1.', platforms: ['linux'],
  guarantees: { framing: 'stream', ordered: true, reliable: true, eof: true, duplex: true, atomicWriteBytes: ` +
  `null, maxMessageBytes: null, backpressure: 'advises' },
  arrange(tools) {
    const { descriptor, port } = tools.listenTcp();
    return { initiator: { spec: String(port), descriptors: [] }, responder: { spec: '{0}', descriptors: ` +
  `[descriptor] } };
  },
  js: {
    topology: 'spawned',
    async open({ role, spec }) {
      const socket = role === 'initiator' ? connect(Number(spec), '127.0.0.1') : (await ` +
  `once(createServer().listen({ fd: Number(spec) }), 'connection'))[0];
      return {
        send: (message) => (socket.write(sent(message)) ? undefined : once(socket, 'drain')),
        onMessage: (receive) => socket.on('data', receive),
        onEnd: (ended) => socket.once('end', () => ended()),
        close: () => new Promise((resolve) => socket.end(resolve)),
      };
    },
  },
};
`;

const git = (cwd: string, ...args: readonly string[]) =>
  execa('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], { cwd });

/**
 * Makes the ground a repository of the transport `mine` in dist/mine.mjs, one commit a comment, each tagged with it.
 */
export async function makeRepository({ cwd }: Ground, versions: readonly string[]): Promise<void> {
  await git(cwd, 'init', '--quiet', '--initial-branch=main');
  mkdirSync(join(cwd, 'dist'));
  for (const version of versions) {
    writeFileSync(join(cwd, 'dist', 'mine.mjs'), coreTransport('mine', version));
    await git(cwd, 'add', '.');
    await git(cwd, 'commit', '--quiet', '--message', version);
    await git(cwd, 'tag', version);
  }
}

export async function worktreesOf({ cwd }: Ground): Promise<number> {
  return (await git(cwd, 'worktree', 'list')).stdout.split('\n').length;
}
