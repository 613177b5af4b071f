import type { DeliveryCheck, FaultExpectation, FaultName, Framing, History, Judgement, Role } from '../model/index.js';
import type { PairContext } from '../pair/pair.js';
import { seededRandom, type Random } from '../plan/random.js';
import type { LoadedTransport } from '../suites/load-transports.js';
import { extentOf, type Reach } from './fault-extent.js';
import { checkedDriver } from './run-checks.js';
import { runExchange, type Exchange } from './run-exchange.js';

/** What one check said of one exchange with one planted fault. */
export interface ObservedFault {
  readonly transport: string;
  readonly fault: FaultName;
  readonly framing: Framing;
  readonly checkId: string;
  readonly verdict: Judgement['verdict'];
  readonly evidence: string;
  readonly seed: number;
}

export interface FaultSettings {
  readonly seed: number;
  readonly messages: number;
  /** Exchanges of each fault on each transport, each with a seed, a position and a direction of its own. */
  readonly repeat: number;
  /** The same of the relay that does nothing wrong. */
  readonly transparentRepeat: number;
  readonly reach: Reach;
}

/** A stall shows by nothing but time. Every other fault is told by the messages, and has all the time a loaded machine needs. */
const PLANTED_STALL_MS = 1000;
const STALL_MS = 30_000;
/** Exchanges that wait for a deadline or a pause need no processor meanwhile. */
const WAITING_TOGETHER = 8;

/**
 * Plants every fault of the table into real exchanges over one transport and asks every check that applies to it and can be relayed.
 * Rejects when an exchange cannot begin, and with the reason of `context.signal`.
 */
export async function runFaults(loaded: LoadedTransport, table: readonly FaultExpectation[], checks: readonly DeliveryCheck[], settings: FaultSettings, context: PairContext, before: (doing: string) => void): Promise<ObservedFault[]> {
  const { transport } = loaded;
  const random = seededRandom(settings.seed);
  const observed: ObservedFault[] = [];
  for (const { fault } of table.filter((row) => row.framing === transport.guarantees.framing && !isPointless(row.fault, loaded))) {
    const times = fault === 'transparent' ? settings.transparentRepeat : settings.repeat;
    const exchanges = Array.from({ length: times }, (_, turn) => exchangeWith(fault, loaded, settings, random, turn));
    const together = fault === 'stall' || fault === 'pause' ? WAITING_TOGETHER : 1;
    for (let first = 0; first < exchanges.length; first += together) {
      before(`planting ${fault} into ${transport.name}${times === 1 ? '' : ` (${first + 1} of ${times})`}`);
      const now = exchanges.slice(first, first + together);
      const records = await allOrFirstFailure(now.map((exchange) => runExchange(exchange, context)));
      for (const [at, { history }] of records.entries()) observed.push(...judged(history, fault, now[at]?.seed ?? 0, loaded, checks));
    }
  }
  return observed;
}

function exchangeWith(fault: FaultName, loaded: LoadedTransport, settings: FaultSettings, random: Random, turn: number): Exchange {
  const driver = checkedDriver(loaded.transport);
  const seed = random.below(2 ** 32);
  const sender: Role = random.below(2) === 0 ? 'initiator' : 'responder';
  const { messages, maxBytes, extent } = extentOf(fault, driver, settings.reach, settings.messages);
  return {
    loaded,
    driver,
    sender,
    messages,
    minBytes: 64,
    maxBytes,
    seed,
    // Never the first or the last: those are other faults. What comes late has room to come late in.
    fault: { name: fault, atSeq: 1 + random.below(Math.max(1, messages - 3 - (extent < messages ? extent : 0))), extent },
    cpus: { initiator: null, responder: null, relation: 'unpinned' },
    stallMs: fault === 'stall' ? PLANTED_STALL_MS : STALL_MS,
    nonce: `fault-${loaded.transport.name}-${fault}-${turn}`,
  };
}

function judged(history: History, fault: FaultName, seed: number, { transport }: LoadedTransport, checks: readonly DeliveryCheck[]): ObservedFault[] {
  return checks
    .filter((one) => one.relayable && one.appliesTo(transport.guarantees))
    .map((check) => ({ transport: transport.name, fault, framing: transport.guarantees.framing, checkId: check.id, seed, ...check.judge(history) }));
}

/** Nothing is left running when the first failure is told. */
async function allOrFirstFailure<T>(all: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(all);
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

/** A transport that promises no end of file cannot break that promise: its receivers never learn of one. */
function isPointless(fault: FaultName, { transport }: LoadedTransport): boolean {
  return (fault === 'early-eof' || fault === 'no-eof') && !transport.guarantees.eof;
}
