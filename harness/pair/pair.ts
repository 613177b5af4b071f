import { closeSync } from 'node:fs';
import { PeerError } from '../control/control-channel.js';
import { allOrFirstFailure } from './all-or-first-failure.js';
import { arrange, type Arrangement } from './arrangement.js';
import { DeadlinePassed, whileProgressing, within } from './deadline.js';
import type { PairContext, PairStart } from './context.js';
import { adoptForkedPeer, DiedAfterResult, startPeer, type PeerProcess } from './peer-process.js';
import { peerCommand, wrapped } from './peer-command.js';
import { rootCause } from './root-cause.js';
import { makeSharedMapping, type SharedMapping } from './shared-mapping.js';
import { isOneStopped, stalledSentence, stuckSentence } from './stuck.js';

export { NO_SURROUNDINGS, type PairContext, type PairStart, type Surroundings } from './context.js';

/** A pair whose peers run. */
export interface Pair {
  readonly initiator: PeerProcess;
  readonly responder: PeerProcess;
  readonly relay: PeerProcess | null;
  readonly shared: SharedMapping;
  /** Everyone is connected; nobody has sent anything. */
  ready(): Promise<void>;
  go(): void;
  /** Waits for work of these peers; a peer's failure or the deadline rejects, naming the phase. */
  within<T>(ms: number, doing: string, work: Promise<T>): Promise<T>;
  /** The same for work that may take as long as it likes: rejects when no peer has told any progress for `ms`. */
  whileProgressing<T>(ms: number, doing: string, work: Promise<T>): Promise<T>;
}

/**
 * Starts a pair, lets `use` work with it, and ends it on every path out: when this resolves or rejects, the peers have
 * been reaped, their descriptors closed and their files removed.
 */
export async function withPair<T>(context: PairContext, start: PairStart, use: (pair: Pair) => Promise<T>): Promise<T> {
  context.signal.throwIfAborted();
  const arrangements: Arrangement[] = [];
  const peers: PeerProcess[] = [];
  let shared: SharedMapping | null = null;
  const stop = (): void => {
    for (const peer of peers) peer.control.fail(asError(context.signal.reason));
  };
  context.signal.addEventListener('abort', stop);
  try {
    const meet = (suffix: string): Arrangement => {
      const made = arrange(start.transport, context.addon, context.directory, `${start.nonce}${suffix}`);
      arrangements.push(made);
      return made;
    };
    shared = makeSharedMapping(context.addon);
    const spawned = await spawnAll(context, start, { meet, shared, keep: (peer) => peers.push(peer) });
    for (const made of arrangements) made.closeDescriptors();
    const result = await use(makePair(context, spawned, shared));
    const { read } = shared;
    await within(
      context.timeoutMs,
      Promise.all(peers.map((peer) => peer.exited)),
      () => new DeadlinePassed(stuckSentence(peers, read(), 'closing', context.timeoutMs)),
      () => slownessOf(peers),
    );
    await refuseBadEnds(peers);
    return result;
  } catch (error) {
    throw await rootCause(peers, asError(error), () => shared?.read() ?? null);
  } finally {
    context.signal.removeEventListener('abort', stop);
    for (const peer of peers) peer.kill();
    await Promise.all(peers.map((peer) => peer.exited));
    await Promise.all(peers.map((peer) => peer.release()));
    shared?.close();
    for (const made of arrangements) {
      made.closeDescriptors();
      made.removeFiles();
    }
  }
}

/**
 * A peer that told its result and then died of something has not ended well, whatever it told: a destructor that
 * aborts, memory that was damaged. Where another one had failed before, or was killed by its deadline, what `use` made
 * of that stands.
 */
async function refuseBadEnds(peers: readonly PeerProcess[]): Promise<void> {
  const ends = await Promise.all(
    peers.map(async (peer) => ({ peer, exit: await peer.exited, hasTold: await hasToldResult(peer) })),
  );
  const bad = ends.filter(({ exit: { exitCode, signal } }) => signal !== null || (exitCode !== null && exitCode !== 0));
  const [first] = bad;
  if (first === undefined || bad.some(({ hasTold }) => !hasTold)) return;
  const failure = first.peer.control.failure();
  throw failure instanceof PeerError ? failure : new DiedAfterResult(first.peer, first.exit);
}

/** What a peer that has ended told lies there already, or never will. */
function hasToldResult({ control }: PeerProcess): Promise<boolean> {
  const nothing = new Promise<false>((resolve) => setImmediate(() => resolve(false)));
  return Promise.race([
    nothing,
    control.waitFor('result').then(
      () => true,
      () => false,
    ),
  ]);
}

interface Spawned {
  readonly initiator: PeerProcess;
  readonly responder: PeerProcess;
  readonly relay: PeerProcess | null;
}

interface Spawning {
  /** Arranges one more rendezvous. */
  meet(suffix: string): Arrangement;
  readonly shared: SharedMapping;
  /** Of each peer as soon as it runs: it has to be ended whatever comes of the others. */
  keep(peer: PeerProcess): void;
}

async function spawnAll(context: PairContext, start: PairStart, { meet, shared, keep }: Spawning): Promise<Spawned> {
  const launcher = await context.launcher();
  const spawn = async (command: Parameters<typeof peerCommand>[2]): Promise<PeerProcess> => {
    const { endpointDescriptors, extraDescriptors, ...program } = wrapped(
      peerCommand(context, start, command, launcher.pid),
      context.surroundings,
    );
    const peer = await startPeer(
      { ...program, descriptors: [shared.descriptor, ...extraDescriptors, ...endpointDescriptors] },
      launcher,
      context.addon,
    );
    keep(peer);
    return peer;
  };
  const first = meet('a').rendezvous;

  if (start.driver === 'js' && start.transport.js?.topology === 'forked') {
    const [ours, theirs] = context.addon.socketpair('stream');
    let initiator: PeerProcess | null = null;
    const responder = adoptForkedPeer(ours, () => initiator?.stderrTail() ?? '');
    keep(responder);
    try {
      initiator = await spawn({ name: 'initiator', endpoints: [first.initiator], extraDescriptors: [theirs] });
      return { initiator, responder, relay: null };
    } finally {
      closeSync(theirs);
    }
  }
  if (start.fault !== null && start.driver !== 'js') {
    const second = meet('b').rendezvous;
    const [responder, relay, initiator] = await allOrFirstFailure([
      spawn({ name: 'responder', endpoints: [second.responder] }),
      spawn({ name: 'relay', endpoints: [first.responder, second.initiator] }),
      spawn({ name: 'initiator', endpoints: [first.initiator] }),
    ]);
    return { initiator, responder, relay };
  }
  const [responder, initiator] = await allOrFirstFailure([
    spawn({ name: 'responder', endpoints: [first.responder] }),
    spawn({ name: 'initiator', endpoints: [first.initiator] }),
  ]);
  return { initiator, responder, relay: null };
}

function makePair(context: PairContext, spawned: Spawned, shared: SharedMapping): Pair {
  const peers = [spawned.initiator, spawned.responder, ...(spawned.relay === null ? [] : [spawned.relay])];
  const waitWithin = <T>(ms: number, doing: string, work: Promise<T>): Promise<T> =>
    within(
      ms,
      work,
      () => new DeadlinePassed(stuckSentence(peers, shared.read(), doing, ms)),
      () => slownessOf(peers),
    );
  return {
    ...spawned,
    shared,
    ready: async () => {
      await waitWithin(
        context.timeoutMs,
        'connecting',
        Promise.all(peers.map((peer) => peer.control.waitFor('ready'))),
      );
    },
    go: () => {
      // The side that listens first; the initiator's first message must not find nobody reading.
      for (const peer of [spawned.relay, spawned.responder, spawned.initiator]) peer?.control.send('go');
    },
    within: waitWithin,
    whileProgressing: (ms, doing, work) =>
      whileProgressing(
        ms,
        work,
        () => shared.progressWords().toString('latin1'),
        () => new DeadlinePassed(stalledSentence(peers, shared.read(), doing, ms), isOneStopped(shared.read(), peers)),
      ),
  };
}

const slownessOf = (peers: readonly PeerProcess[]): number => Math.max(1, ...peers.map((peer) => peer.slowness()));

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
