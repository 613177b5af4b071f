import { closeSync, mkdtempSync, readSync, rmSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, type Options } from 'execa';
import { decodeLog, type DecodedLog } from '../history/decode-log.js';
import type { EndpointSpec, PeerResult, Rendezvous, Role, Transport } from '../model/index.js';
import type { NativeAddon } from '../../native/addon.js';
import { loadNative } from '../../native/load.js';
import { realTools } from '../rendezvous/operations.js';
import { writeOptions } from './options.js';
import { peerScript } from './peer-script.js';

/**
 * A harness in small, for tests of the peers: starts a pair, holds the barrier, hears what both say, and reaps them.
 */
export interface TestPair {
  readonly initiator: TestPeer;
  readonly responder: TestPeer;
  readonly addon: NativeAddon;
  logOf(role: Role): DecodedLog;
  word(position: number): bigint;
}

export interface TestPeer {
  /** The next line of this type, or the `error` line instead of it; null when the channel ended first. */
  line(type: string): Promise<PeerLine | null>;
  send(word: string): void;
  /** Closes our end. */
  hangUp(): void;
  /** null for a responder that the initiator forked. */
  readonly child: { readonly pid: number; kill(signal: NodeJS.Signals): void } | null;
  readonly exited: Promise<{
    readonly exitCode: number | null;
    readonly signal: string | null;
    readonly stderr: string;
  }>;
}

export type PeerLine = {
  readonly type: string;
  readonly message?: string;
  readonly code?: string;
  readonly pid?: number;
  readonly phase?: string;
  readonly messages?: number;
} & Partial<Omit<PeerResult, 'role' | 'messages'>>;

export interface PairOptions {
  readonly transport: Transport;
  readonly module: string;
  readonly driver: 'js' | 'addon';
  readonly args: readonly string[];
  /** What hosts both peers; what a run would take unless given. */
  readonly script?: string;
  /** Given to one role alone. */
  readonly argsOf?: Partial<Record<Role, readonly string[]>>;
}

const logBytes = 64 + 48 * 200;

/** Runs `use` with a pair at the barrier; when this settles, both are gone and so is everything they met by. */
export async function withTestPair<T>(options: PairOptions, use: (pair: TestPair) => Promise<T>): Promise<T> {
  const { addon, addonPath } = await loadNative();
  const directory = mkdtempSync(join(tmpdir(), 'ipcbench-peer-test-'));
  const descriptors: number[] = [];
  const keep = (...made: number[]): void => void descriptors.push(...made);
  const mapping = makeMapping(addon);
  const peers: TestPeer[] = [];
  try {
    const { transport } = options;
    const meeting = transport.arrange?.(realTools({ addon, path: (name) => join(directory, name) }, keep)) ?? nowhere;
    const common = [
      ...writeOptions({ framing: transport.guarantees.framing }),
      ...options.args,
      ...writeOptions({ driver: options.driver, addon: addonPath, 'transport-module': options.module }),
    ];
    const start = (role: Role, end: EndpointSpec, extra: readonly number[]): TestPeer => {
      const [ours, theirs] = addon.socketpair('stream');
      const spec = end.spec.replace(/\{(\d+)\}/g, (_, position: string) => String(5 + extra.length + Number(position)));
      const args = [
        options.script ?? peerScript('node'),
        ...writeOptions({ role, parent: process.pid, cpu: null, endpoint: spec }),
        ...common,
        ...(options.argsOf?.[role] ?? []),
      ];
      const stdio = {
        stdio: ['ignore', 'ignore', 'pipe', ...([theirs, mapping, ...extra, ...end.descriptors] as readonly 1[])],
        reject: false,
      } satisfies Options;
      const child = execa(process.execPath, args, stdio);
      closeSync(theirs);
      const peer = startTestPeer(ours, child);
      peers.push(peer);
      return peer;
    };
    let responder: TestPeer;
    let initiator: TestPeer;
    if (options.driver === 'js' && transport.js?.topology === 'forked') {
      const [ours, theirs] = addon.socketpair('stream');
      keep(theirs);
      responder = startTestPeer(ours, null);
      peers.push(responder);
      initiator = start('initiator', meeting.initiator, [theirs]);
    } else {
      responder = start('responder', meeting.responder, []);
      initiator = start('initiator', meeting.initiator, []);
    }
    for (const descriptor of descriptors.splice(0)) closeSync(descriptor);
    const read = (position: number, length: number): Buffer => {
      const bytes = Buffer.alloc(length);
      readSync(mapping, bytes, 0, length, position);
      return bytes;
    };
    return await use({
      initiator,
      responder,
      addon,
      logOf: (role) => decodeLog(read(0, 4096 + 2 * logBytes), role),
      word: (position) => read(position, 8).readBigUInt64LE(),
    });
  } finally {
    for (const peer of peers) peer.child?.kill('SIGKILL');
    for (const peer of peers) peer.hangUp();
    await Promise.all(peers.map((peer) => peer.exited));
    for (const descriptor of descriptors) closeSync(descriptor);
    closeSync(mapping);
    rmSync(directory, { recursive: true });
  }
}

/** Waits for both to be ready, says go, and gives back both results. Fails with the first error line. */
export async function measure({ initiator, responder }: TestPair): Promise<Record<Role, PeerLine>> {
  await begin({ initiator, responder });
  const [first, second] = [await initiator.line('result'), await responder.line('result')];
  return { initiator: expectLine(first, 'result'), responder: expectLine(second, 'result') };
}

export async function begin({ initiator, responder }: Pick<TestPair, 'initiator' | 'responder'>): Promise<void> {
  expectLine(await responder.line('ready'), 'ready');
  expectLine(await initiator.line('ready'), 'ready');
  responder.send('go');
  initiator.send('go');
}

export function expectLine(line: PeerLine | null, type: string): PeerLine {
  if (line?.type === type) return line;
  throw new Error(`Expected a '${type}' line, got ${JSON.stringify(line)}.`);
}

const nowhere: Rendezvous = { initiator: { spec: '', descriptors: [] }, responder: { spec: '', descriptors: [] } };

const makeMapping = (addon: NativeAddon): number => {
  const descriptor = addon.memfd('ipcbench-peer-test', 4096 + 2 * logBytes);
  const head = Buffer.alloc(16);
  head.writeBigUInt64LE(0x31424350492e4cn, 0);
  head.writeBigUInt64LE(BigInt(logBytes), 8);
  writeSync(descriptor, head, 0, 16, 0);
  writeSync(descriptor, Buffer.alloc(16, 0xff), 0, 16, 256);
  return descriptor;
};

interface Started extends PromiseLike<{
  readonly stderr: string;
  readonly exitCode?: number;
  readonly signal?: string;
}> {
  readonly pid?: number;
  kill(signal: NodeJS.Signals): unknown;
}

const startTestPeer = (descriptor: number, child: Started | null): TestPeer => {
  const socket = new Socket({ fd: descriptor, readable: true, writable: true });
  const lines: PeerLine[] = [];
  let receive: (() => void) | null = null;
  let isOver = false;
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (text + chunk).split('\n');
    text = parts.pop() ?? '';
    lines.push(...parts.map((part) => JSON.parse(part) as PeerLine));
    receive?.();
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      isOver = true;
      receive?.();
      resolve();
    });
  });
  const gone = { exitCode: null, signal: null, stderr: '' };
  return {
    async line(type) {
      for (;;) {
        const at = lines.findIndex((line) => line.type === type || line.type === 'error');
        if (at >= 0) return lines.splice(at, 1)[0] ?? null;
        if (isOver) return null;
        await new Promise<void>((resolve) => (receive = resolve));
      }
    },
    send: (word) => void socket.write(`${word}\n`),
    hangUp: () => void socket.destroy(),
    child: child === null ? null : { pid: child.pid ?? 0, kill: (signal) => void child.kill(signal) },
    exited:
      child === null
        ? closed.then(() => gone)
        : Promise.resolve(child).then(({ exitCode, signal, stderr }) => ({
            exitCode: exitCode ?? null,
            signal: signal ?? null,
            stderr,
          })),
  };
};
