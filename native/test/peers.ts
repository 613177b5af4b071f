import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdtempSync, rmSync, writeSync } from 'node:fs';
import type { Duplex, Readable } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NativeAddon } from '../addon.js';

// The least that can talk to native peers: for the tests of this folder, which may not use the harness they are below.

export interface Line {
  readonly type: string;
  readonly [key: string]: unknown;
}

export interface TestPeer {
  readonly child: ChildProcess;
  /**
   * Resolves with the first line of this type; with the error line, or null at the end of the channel, when none comes.
   */
  line(type: string): Promise<Line | null>;
  send(word: string): void;
  /** Closes the harness's end of the control channel. */
  hangUp(): void;
  /** Resolves with the exit status or the signal's name. */
  readonly ended: Promise<number | string | null>;
  stderr(): string;
}

/** Starts a peer with control on 3, `mapping` on 4 and `descriptors` from 5 on. The caller closes its own copies. */
export function startPeer(
  program: readonly string[],
  args: readonly string[],
  mapping: number,
  descriptors: readonly number[],
): TestPeer {
  const [file, ...before] = program as [string, ...string[]];
  const child = spawn(file, [...before, ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', mapping, ...descriptors],
  });
  const control = child.stdio[3] as Duplex;
  // A peer that was killed with a word unread resets the connection: an end like any other.
  control.on('error', () => undefined);
  let said = '';
  (child.stderr as Readable).setEncoding('utf8').on('data', (text: string) => (said += text));
  const lines: Line[] = [];
  const waiting: { type: string; resolve(line: Line | null): void }[] = [];
  let isOver = false;
  const settle = (): void => {
    for (const waiter of waiting.splice(0)) {
      const line = lines.find(({ type }) => type === waiter.type || type === 'error');
      if (line !== undefined || isOver) waiter.resolve(line ?? null);
      else waiting.push(waiter);
    }
  };
  let unfinished = '';
  control.setEncoding('utf8').on('data', (text: string) => {
    const parts = (unfinished + text).split('\n');
    unfinished = parts.pop()!;
    lines.push(...parts.map((part) => JSON.parse(part) as Line));
    settle();
  });
  const ended = new Promise<number | string | null>((resolve) => {
    child.on('close', (code, signal) => {
      isOver = true;
      settle();
      resolve(code ?? signal);
    });
  });
  return {
    child,
    line: (type) =>
      new Promise((resolve) => {
        waiting.push({ type, resolve });
        settle();
      }),
    send: (word) => void control.write(`${word}\n`),
    hangUp: () => control.destroy(),
    ended,
    stderr: () => said,
  };
}

/** A shared mapping as the harness makes it, with `logBytes` for each log. */
export function makeMapping(addon: NativeAddon, logBytes = 65536): number {
  const descriptor = addon.memfd('ipcbench-test', 4096 + 2 * logBytes);
  const head = Buffer.alloc(272);
  head.writeBigUInt64LE(0x31424350492e4cn, 0);
  head.writeBigUInt64LE(BigInt(logBytes), 8);
  head.fill(0xff, 256);
  writeSync(descriptor, head, 0, head.length, 0);
  return descriptor;
}

/** What two peers need to meet, as an EndpointSpec each; the numbers are those of the child. */
export interface Meeting {
  readonly framing: 'stream' | 'message';
  readonly initiator: readonly [spec: string, descriptors: readonly number[]];
  readonly responder: readonly [spec: string, descriptors: readonly number[]];
}

/** Every way to meet that the core can open; `folder` is for those with a name. */
export const meetings: Readonly<Record<string, (addon: NativeAddon, folder: string) => Meeting>> = {
  'socketpair-stream': (addon) => duplexPair('stream', addon.socketpair('stream')),
  'socketpair-dgram': (addon) => duplexPair('message', addon.socketpair('dgram')),
  'socketpair-seqpacket': (addon) => duplexPair('message', addon.socketpair('seqpacket')),
  'unix-stream': (addon, folder) =>
    connection('stream', `connect-unix:stream:${folder}/s`, 'accept', addon.listenUnix(`${folder}/s`, 'stream')),
  'unix-seqpacket': (addon, folder) =>
    connection('message', `connect-unix:seqpacket:${folder}/s`, 'accept', addon.listenUnix(`${folder}/s`, 'seqpacket')),
  'unix-dgram': (addon, folder) => duplexPair('message', addon.boundDatagramPair(`${folder}/a`, `${folder}/b`, 'both')),
  pipe: (addon) => {
    const [readA, writeA] = addon.pipe();
    const [readB, writeB] = addon.pipe();
    return { framing: 'stream', initiator: ['fds:5,6', [readA, writeB]], responder: ['fds:5,6', [readB, writeA]] };
  },
  fifo: (addon, folder) => {
    addon.mkfifo(`${folder}/a`);
    addon.mkfifo(`${folder}/b`);
    return {
      framing: 'stream',
      initiator: [`fifo:${folder}/a:${folder}/b:read-first`, []],
      responder: [`fifo:${folder}/b:${folder}/a:write-first`, []],
    };
  },
  'tcp-loopback': (addon) => {
    const { descriptor, port } = addon.listenTcp();
    return connection('stream', `connect-tcp:${port}`, 'accept-tcp', descriptor);
  },
};

function duplexPair(framing: Meeting['framing'], [a, b]: readonly [number, number]): Meeting {
  return { framing, initiator: ['fd:5', [a]], responder: ['fd:5', [b]] };
}

function connection(framing: Meeting['framing'], connect: string, accept: string, listening: number): Meeting {
  return { framing, initiator: [connect, []], responder: [`${accept}:5`, [listening]] };
}

export interface PairOptions {
  /** The peer program, and what comes before its arguments. */
  readonly program: readonly string[];
  readonly addon: NativeAddon;
  readonly meeting: string;
  readonly workload: 'ping-pong' | 'stream' | 'deliver';
  readonly sizeBytes: number;
  readonly verify?: 'header' | 'full';
  readonly warmupUs?: number;
  readonly windowUs?: number;
  readonly cpu?: number;
  readonly more?: readonly string[];
  readonly logBytes?: number;
}

export interface TestPair {
  readonly initiator: TestPeer;
  readonly responder: TestPeer;
  /** The shared mapping, open until close(). */
  readonly mapping: number;
  close(): Promise<void>;
}

/** Starts two peers and brings them to the barrier. */
export async function startPair(options: PairOptions): Promise<TestPair> {
  const { addon, program } = options;
  const folder = mkdtempSync(join(tmpdir(), 'ipcbench-native-'));
  const meeting = meetings[options.meeting]!(addon, folder);
  const mapping = makeMapping(addon, options.logBytes);
  const start = (role: 'initiator' | 'responder'): TestPeer =>
    startPeer(program, peerArguments(role, meeting[role][0], meeting.framing, options), mapping, meeting[role][1]);
  const initiator = start('initiator');
  const responder = start('responder');
  for (const descriptor of [...meeting.initiator[1], ...meeting.responder[1]]) closeSync(descriptor);
  return {
    initiator,
    responder,
    mapping,
    close: async () => {
      for (const peer of [initiator, responder]) peer.hangUp();
      await Promise.all([initiator.ended, responder.ended]);
      closeSync(mapping);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The arguments of one peer (native/README.md, "How a peer is started"). */
export function peerArguments(
  role: string,
  endpoint: string,
  framing: Meeting['framing'],
  options: Omit<PairOptions, 'program' | 'addon' | 'meeting'>,
): string[] {
  return [
    '--role',
    role,
    '--parent',
    String(process.pid),
    '--cpu',
    options.cpu === undefined ? 'none' : String(options.cpu),
    '--workload',
    options.workload,
    '--size',
    String(options.sizeBytes),
    '--verify',
    options.verify ?? 'header',
    '--seed',
    '7',
    '--warmup-us',
    String(options.warmupUs ?? 1000),
    '--window-us',
    String(options.windowUs ?? 5000),
    '--framing',
    framing,
    '--endpoint',
    endpoint,
    ...(options.more ?? []),
  ];
}

export interface PairOutcome {
  /** The last line of each end. Empty for one that was hung up on, because its partner had failed. */
  readonly initiator: Line;
  readonly responder: Line;
  readonly exits: readonly (number | string | null)[];
}

/** Runs a measured pair from barrier to end. */
export async function runPair(options: PairOptions): Promise<PairOutcome> {
  const pair = await startPair(options);
  try {
    const peers = [pair.initiator, pair.responder];
    await Promise.all(peers.map((peer) => peer.line('ready')));
    for (const peer of peers) peer.send('go');
    const lastLine = async (peer: TestPeer): Promise<Line> => {
      const line = (await peer.line('result')) ?? { type: '' };
      // Where no end of file tells the other end, it would wait for ever.
      if (line.type !== 'result') for (const other of peers) if (other !== peer) other.hangUp();
      return line;
    };
    const [initiator, responder] = await Promise.all([lastLine(pair.initiator), lastLine(pair.responder)]);
    return { initiator, responder, exits: await Promise.all(peers.map((peer) => peer.ended)) };
  } finally {
    await pair.close();
  }
}
