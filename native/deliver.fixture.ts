import { closeSync, mkdtempSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeLog } from '../harness/history/decode-log.js';
import type { FaultName, HistoryEvent, Role } from '../harness/model/index.js';
import { loadNative } from './load.js';
import { makeMapping, meetings, peerArguments, startPeer, type Line, type TestPeer } from './test/peers.js';

export const { addon, peerPath } = await loadNative();

const logBytes = 65536;
/** Messages of an exchange. */
export const planned = 300;

export interface Exchange {
  readonly meeting: string;
  readonly peer?: string;
  readonly sender?: Role;
  readonly fault?: FaultName;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  readonly logBytes?: number;
  /** Give up after this; what hangs is then ended by hanging up. */
  readonly patienceMs?: number;
}

export interface Outcome {
  readonly sent: Line | null;
  readonly result: Line | null;
  readonly isStuck: boolean;
  readonly exits: readonly unknown[];
  readonly senderEvents: readonly HistoryEvent[];
  readonly receiverEvents: readonly HistoryEvent[];
  readonly overflowed: boolean;
}

/** One checked exchange, with a relay in the middle when there is a fault. The fault is at message 100. */
export async function exchange(options: Exchange): Promise<Outcome> {
  const sender = options.sender ?? 'initiator';
  const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'ipcbench-native-')));
  const mapping = makeMapping(addon, options.logBytes ?? logBytes);
  const peers = startPeers(options, folders, mapping);
  const { initiator, responder, relay } = peers;
  const everyone = [initiator, responder, ...(relay === null ? [] : [relay])];
  await Promise.all(everyone.map((peer) => peer.line('ready')));
  for (const peer of everyone) peer.send('go');

  const said = await withPatience(talk(peers, sender), options.patienceMs ?? 20_000);
  if (said !== null) (sender === 'initiator' ? initiator : responder).send('go');
  else for (const peer of everyone) peer.hangUp();
  relay?.hangUp();
  const exits = await Promise.all(everyone.map((peer) => peer.ended));
  const memory = Buffer.alloc(4096 + 2 * (options.logBytes ?? logBytes));
  readSync(mapping, memory, 0, memory.length, 0);
  closeSync(mapping);
  for (const folder of folders) rmSync(folder, { recursive: true });
  const senderLog = decodeLog(memory, sender);
  const receiverLog = decodeLog(memory, sender === 'initiator' ? 'responder' : 'initiator');
  return {
    sent: said?.sent ?? null,
    result: said?.result ?? null,
    isStuck: said === null,
    exits,
    senderEvents: senderLog.events,
    receiverEvents: receiverLog.events,
    overflowed: receiverLog.overflowed,
  };
}

interface Peers {
  readonly initiator: TestPeer;
  readonly responder: TestPeer;
  readonly relay: TestPeer | null;
}

function startPeers(options: Exchange, folders: readonly string[], mapping: number): Peers {
  const near = meetings[options.meeting]!(addon, folders[0]!);
  const far = options.fault === undefined ? near : meetings[options.meeting]!(addon, folders[1]!);
  const sizes = ['--messages', String(planned), '--max-size', String(options.maxBytes ?? 70000)];
  const more = [...sizes, '--sender', options.sender ?? 'initiator'];
  const start = (role: string, spec: string, descriptors: readonly number[], extra: readonly string[] = []): TestPeer =>
    startPeer(
      [options.peer ?? peerPath],
      peerArguments(role, spec, near.framing, {
        workload: 'deliver',
        sizeBytes: options.minBytes ?? 32,
        verify: 'full',
        more: [...more, ...extra],
      }),
      mapping,
      descriptors,
    );
  const initiator = start('initiator', ...near.initiator);
  const responder = start('responder', ...far.responder);
  const [nearSpec, nearEnds] = near.responder;
  const [farSpec, farEnds] = far.initiator;
  const relay =
    options.fault === undefined
      ? null
      : start(
          'relay',
          nearSpec,
          [...nearEnds, ...farEnds],
          [
            '--endpoint-b',
            shifted(farSpec, nearEnds.length),
            '--fault',
            options.fault,
            '--fault-at',
            '100',
            '--fault-extent',
            '10',
          ],
        );
  for (const descriptor of new Set([...near.initiator[1], ...nearEnds, ...farEnds, ...far.responder[1]]))
    closeSync(descriptor);
  return { initiator, responder, relay };
}

/** From the first message to the result of the receiver. */
async function talk(peers: Peers, sender: Role): Promise<{ sent: Line | null; result: Line | null }> {
  const { initiator, responder, relay } = peers;
  const [sending, receiving] = sender === 'initiator' ? [initiator, responder] : [responder, initiator];
  const sent = await sending.line('sent');
  if (relay !== null) {
    relay.send('drain');
    await relay.line('drained');
  }
  receiving.send('drain');
  return { sent, result: await receiving.line('result') };
}

/** null when it takes longer. */
async function withPatience<T>(work: Promise<T>, patienceMs: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), patienceMs)));
  const done = await Promise.race([work, patience]);
  clearTimeout(timer);
  return done;
}

/** The same spec for descriptors that come after `count` others. */
function shifted(spec: string, count: number): string {
  const inherited = /^(fds?|accept|accept-tcp):/.exec(spec);
  return inherited === null
    ? spec
    : inherited[0] +
        spec
          .slice(inherited[0].length)
          .split(',')
          .map((number) => Number(number) + count)
          .join(',');
}
