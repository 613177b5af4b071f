import { decodeLog } from '../history/decode-log.js';
import type { EndHistory, History, PlacedCpus, Role } from '../model/index.js';
import { DeadlinePassed } from '../pair/deadline.js';
import { withPair, type Pair, type PairContext, type PairStart } from '../pair/pair.js';
import { writeOptions } from '../peer/options.js';
import { earliestFailure } from '../pair/root-cause.js';
import type { LoadedTransport } from '../discovery/load-transports.js';

/** One checked exchange, one way. */
export interface Exchange {
  readonly loaded: LoadedTransport;
  readonly driver: PairStart['driver'];
  readonly sender: Role;
  readonly messages: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  /**
   * Sizes of single messages, spread over the exchange; and of one more, which the transport may refuse (`History`).
   */
  readonly largeBytes?: readonly number[];
  readonly beyondBytes?: number;
  readonly seed: number;
  readonly fault: PairStart['fault'];
  readonly cpus: PlacedCpus;
  /** Longest time without a message sent or received: a slow exchange that goes on is not stuck. */
  readonly stallMs: number;
  readonly nonce: string;
}

export interface ExchangeRecord {
  readonly history: History;
  /** From the barrier to the last byte, or to the stall. */
  readonly checkedMs: number;
  /** What each end opened and did not close, in words. */
  readonly leftOpen: Readonly<Partial<Record<Role, string>>>;
}

/**
 * Runs a checked exchange and brings back what both ends saw, also when one of them failed, died or got stuck: that is
 * what checks are for. `look` is called with the peers' process ids when both are ready, when all was sent, and before
 * they are let go. Rejects when the exchange could not begin, and with the reason of `context.signal`.
 */
export async function runExchange(
  exchange: Exchange,
  context: PairContext,
  look: (pids: readonly number[]) => void = () => undefined,
): Promise<ExchangeRecord> {
  const { transport, module: moduleUrl } = exchange.loaded;
  const start: PairStart = {
    transport,
    moduleUrl,
    driver: exchange.driver,
    cpus: exchange.cpus,
    task: taskOf(exchange),
    fault: exchange.fault,
    nonce: exchange.nonce,
  };
  return withPair(context, start, async (pair) => {
    await pair.ready();
    const pids = await Promise.all(
      [pair.initiator, pair.responder].map(async (peer) => (await peer.control.waitFor('ready')).pid),
    );
    const lookNow = (): void => look(pids);
    lookNow();
    const startedMs = performance.now();
    pair.go();
    const ended = await converse(pair, exchange, lookNow);
    context.signal.throwIfAborted();
    const checkedMs = performance.now() - startedMs;
    return { history: historyOf(exchange, pair, ended), checkedMs, leftOpen: ended.leftOpen };
  });
}

interface Ended {
  readonly acknowledged: number | null;
  readonly cause: string | null;
  readonly leftOpen: ExchangeRecord['leftOpen'];
  readonly endings: Record<Role, Pick<EndHistory, 'ending' | 'stuckAt'>>;
}

/**
 * sender: done → relay: drained → receiver: read what is left. The count travels over the control channels alone,
 * because nothing inside the measured channel can tell that its own tail is missing.
 */
async function converse(pair: Pair, exchange: Exchange, look: () => void): Promise<Ended> {
  const sender = pair[exchange.sender];
  const receiver = pair[other(exchange.sender)];
  let acknowledged: number | null = null;
  const leftOpen: Partial<Record<Role, string>> = {};
  const noteOpen = (role: Role, what: string | null | undefined): void =>
    void (what != null && (leftOpen[role] = what));
  const sending = (async () => {
    try {
      const sent = await sender.control.waitFor('sent');
      acknowledged = sent.messages;
      noteOpen(exchange.sender, sent.leftOpen);
      look();
    } finally {
      // A sender that failed has sent all it will: the others finish what there is.
      if (pair.relay !== null) {
        pair.relay.control.send('drain');
        await pair.relay.control.waitFor('drained').catch(() => undefined);
      }
      receiver.control.send('drain');
    }
  })();
  const receiving = receiver.control
    .waitFor('result')
    .then((result) => noteOpen(other(exchange.sender), result.leftOpen));
  const both = Promise.allSettled([sending, receiving]);
  const stuckAt = await pair.whileProgressing(exchange.stallMs, 'exchanging messages', both).then(
    () => null,
    (error: Error) => {
      // Messages that a stopped peer did not take are not lost: nothing can be said of such an exchange.
      if (error instanceof DeadlinePassed && !error.isStopped) return error.message;
      throw error;
    },
  );
  look();
  if (stuckAt === null) sender.control.send('go');
  else for (const peer of [sender, receiver, ...(pair.relay === null ? [] : [pair.relay])]) peer.kill();
  if (stuckAt === null && pair.relay !== null) pair.relay.control.close();

  const [sent, received] = await both;
  const endingOf = (outcome: PromiseSettledResult<unknown>): Ended['endings'][Role] => {
    if (outcome.status === 'fulfilled') return { ending: 'finished', stuckAt: null };
    return stuckAt === null ? { ending: 'failed', stuckAt: null } : { ending: 'killed-by-deadline', stuckAt };
  };
  const bySide = { [exchange.sender]: endingOf(sent), [other(exchange.sender)]: endingOf(received) };
  const all = [pair.initiator, pair.responder, ...(pair.relay === null ? [] : [pair.relay])];
  const cause = stuckAt === null ? earliestFailure(all, pair.shared.read()) : null;
  return { acknowledged, leftOpen, cause: cause?.message ?? null, endings: bySide as Ended['endings'] };
}

function historyOf(exchange: Exchange, pair: Pair, ended: Ended): History {
  const memory = pair.shared.read();
  const end = (role: Role): EndHistory => ({ role, ...decodeLog(memory, role), ...ended.endings[role] });
  return {
    version: 1,
    transport: exchange.loaded.transport.name,
    framing: exchange.loaded.transport.guarantees.framing,
    sender: exchange.sender,
    seed: exchange.seed,
    minBytes: exchange.minBytes,
    maxBytes: exchange.maxBytes,
    ...(exchange.largeBytes !== undefined && { largeBytes: exchange.largeBytes }),
    ...(exchange.beyondBytes !== undefined && { beyondBytes: exchange.beyondBytes }),
    planned: exchange.messages,
    acknowledged: ended.acknowledged,
    ...(ended.cause === null ? {} : { cause: ended.cause }),
    initiator: end('initiator'),
    responder: end('responder'),
  };
}

function taskOf(exchange: Exchange): string[] {
  const { largeBytes = [], beyondBytes } = exchange;
  return writeOptions({
    workload: 'deliver',
    size: exchange.minBytes,
    'max-size': exchange.maxBytes,
    verify: 'full',
    seed: exchange.seed,
    messages: exchange.messages,
    sender: exchange.sender,
    large: largeBytes.length === 0 ? undefined : largeBytes,
    beyond: beyondBytes,
    'warmup-us': 0,
    'window-us': 0,
  });
}

function other(role: Role): Role {
  return role === 'initiator' ? 'responder' : 'initiator';
}
