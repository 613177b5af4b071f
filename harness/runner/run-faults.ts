import type {
  DeliveryCheck,
  Driver,
  FaultExpectation,
  FaultName,
  Framing,
  History,
  Judgement,
  Role,
} from '../model/index.js';
import { allOrFirstFailure } from '../pair/all-or-first-failure.js';
import type { PairContext } from '../pair/pair.js';
import { seededRandom, type Random } from '../plan/random.js';
import type { LoadedTransport } from '../discovery/load-transports.js';
import { UserError } from '../user-error.js';
import { STALL_MS } from './check-costs.js';
import { extentOf, type Reach } from './fault-extent.js';
import { ownFault } from './own-fault.js';
import { checkedDrivers } from './run-checks.js';
import { runExchange, type Exchange } from './run-exchange.js';
import { UNPINNED } from '../placement/place.js';

/** What one check said of one exchange with one injected fault. */
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

/**
 * A stall shows by nothing but time. Every other fault is told by the messages, and has all the time a loaded machine
 * needs.
 */
const PLANTED_STALL_MS = 1000;
/**
 * With nothing injected: enough to see what is wrong once in a thousand; and once in many thousand, where a check was
 * wrong.
 */
const UNTOUCHED_MESSAGES = 5000;
const MANY_MESSAGES: Readonly<Record<Driver, number>> = { native: 200_000, addon: 200_000, js: 50_000 };
/** Exchanges that wait for a deadline or a pause need no processor meanwhile. */
const WAITING_TOGETHER = 8;

export interface FaultRequest {
  readonly table: readonly FaultExpectation[];
  readonly checks: readonly DeliveryCheck[];
  readonly settings: FaultSettings;
  /** Before each exchange, with what it is. */
  before(doing: string): void;
}

/** What stays the same while faults are injected into one transport through one driver. */
interface Ground {
  readonly loaded: LoadedTransport;
  readonly driver: Driver;
  readonly checks: readonly DeliveryCheck[];
  readonly settings: FaultSettings;
  readonly context: PairContext;
  before(doing: string): void;
}

/**
 * Plants every fault of the table into real exchanges over one transport, through each of its drivers, and asks every
 * check that applies to it and can be relayed. Of a transport that breaks a promise by itself, and of an exchange that
 * breaks, every check is undecided. Rejects only with the reason of `context.signal`, and with a UserError.
 */
export async function runFaults(
  loaded: LoadedTransport,
  { table, checks, settings, before }: FaultRequest,
  context: PairContext,
): Promise<ObservedFault[]> {
  const { framing } = loaded.transport.guarantees;
  const rows = table.filter((row) => row.framing === framing && !isPointless(row.fault, loaded));
  const observed: ObservedFault[] = [];
  for (const driver of checkedDrivers(loaded, null)) {
    observed.push(...(await injectThrough({ loaded, driver, checks, settings, context, before }, rows)));
  }
  return observed;
}

async function injectThrough(ground: Ground, rows: readonly FaultExpectation[]): Promise<ObservedFault[]> {
  const { loaded, driver, checks, settings, context, before } = ground;
  const { name } = loaded.transport;
  const without = (messages: number): Promise<string | null> => {
    before(`checking ${name} with no fault injected`);
    return ownFault({ loaded, driver, messages, seed: settings.seed, stallMs: STALL_MS }, checks, context);
  };
  const undecided = (evidence: string): ObservedFault[] =>
    rows.flatMap(({ fault }) => unjudged(ground, fault, settings.seed, evidence));
  const reason = await without(UNTOUCHED_MESSAGES);
  if (reason !== null) return undecided(reason);

  const random = seededRandom(settings.seed);
  const observed: ObservedFault[] = [];
  for (const { fault } of rows) {
    const times = fault === 'transparent' ? settings.transparentRepeat : settings.repeat;
    const exchanges = Array.from({ length: times }, (_, turn) => exchangeWith(ground, fault, random, turn));
    const together = fault === 'stall' || fault === 'pause' ? WAITING_TOGETHER : 1;
    for (let first = 0; first < exchanges.length; first += together) {
      before(`injecting ${fault} into ${name}${times === 1 ? '' : ` (${first + 1} of ${times})`}`);
      const now = exchanges.slice(first, first + together);
      const found = await allOrFirstFailure(now.map((exchange) => observe(ground, fault, exchange)));
      observed.push(...found.flat());
    }
  }
  // A transport that is wrong once in many thousand messages is found out by many thousand.
  const rare = observed.some((one) => isUnexpected(one, rows)) ? await without(MANY_MESSAGES[driver]) : null;
  return rare === null ? observed : undecided(rare);
}

async function observe(ground: Ground, fault: FaultName, exchange: Exchange): Promise<ObservedFault[]> {
  try {
    return judged(ground, fault, exchange.seed, (await runExchange(exchange, ground.context)).history);
  } catch (error) {
    ground.context.signal.throwIfAborted();
    if (error instanceof UserError) throw error;
    return unjudged(ground, fault, exchange.seed, error instanceof Error ? error.message : String(error));
  }
}

/** A cell that would be called a miss or a false alarm. */
function isUnexpected({ fault, checkId, verdict }: ObservedFault, rows: readonly FaultExpectation[]): boolean {
  const row = rows.find((one) => one.fault === fault);
  const hasNoticed = verdict === 'fail' || verdict === 'deviation';
  if (row?.caughtBy.includes(checkId) === true) return !hasNoticed;
  return row?.notFlaggedBy.includes(checkId) === true && (hasNoticed || verdict === 'broken');
}

function exchangeWith({ loaded, driver, settings }: Ground, fault: FaultName, random: Random, turn: number): Exchange {
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
    fault: {
      name: fault,
      atSeq: 1 + random.below(Math.max(1, messages - 3 - (extent < messages ? extent : 0))),
      extent,
    },
    cpus: UNPINNED,
    stallMs: fault === 'stall' ? PLANTED_STALL_MS : STALL_MS,
    nonce: `fault-${loaded.transport.name}-${fault}-${turn}`,
  };
}

function judged(ground: Ground, fault: FaultName, seed: number, history: History): ObservedFault[] {
  return asked(ground).map((check) => ({ ...nameOf(ground, fault, check, seed), ...check.judge(history) }));
}

function unjudged(ground: Ground, fault: FaultName, seed: number, evidence: string): ObservedFault[] {
  return asked(ground).map((check) => ({ ...nameOf(ground, fault, check, seed), verdict: 'broken', evidence }));
}

function asked({ loaded, checks }: Ground): readonly DeliveryCheck[] {
  return checks.filter((one) => one.relayable && one.appliesTo(loaded.transport.guarantees));
}

type FaultSeen = Omit<ObservedFault, 'verdict' | 'evidence'>;

function nameOf({ loaded }: Ground, fault: FaultName, check: DeliveryCheck, seed: number): FaultSeen {
  const { name, guarantees } = loaded.transport;
  return { transport: name, fault, framing: guarantees.framing, checkId: check.id, seed };
}

/** A transport that promises no end of file cannot break that promise: its receivers never learn of one. */
function isPointless(fault: FaultName, { transport }: LoadedTransport): boolean {
  return (fault === 'early-eof' || fault === 'no-eof') && !transport.guarantees.eof;
}
