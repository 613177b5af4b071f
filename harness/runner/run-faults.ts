import type { DeliveryCheck, FaultExpectation, FaultName, Framing, Judgement, Role } from '../model/index.js';
import type { PairContext } from '../pair/pair.js';
import { seededRandom } from '../plan/random.js';
import type { LoadedTransport } from '../suites/load-transports.js';
import { checkedDriver } from './run-checks.js';
import { runExchange } from './run-exchange.js';

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
}

/** A stall shows by nothing but time. Every other fault is told by the messages, and has all the time a loaded machine needs. */
const STALL_DEADLINE_MS = 1000;
const DEADLINE_MS = 30_000;

/**
 * Plants every fault of the table into real exchanges over one transport and asks every check that applies to it.
 * Rejects when an exchange cannot begin, and with the reason of `context.signal`.
 */
export async function runFaults(loaded: LoadedTransport, table: readonly FaultExpectation[], checks: readonly DeliveryCheck[], settings: FaultSettings, context: PairContext, before: (doing: string) => void): Promise<ObservedFault[]> {
  const { transport } = loaded;
  const { framing } = transport.guarantees;
  const driver = checkedDriver(transport);
  const random = seededRandom(settings.seed);
  const observed: ObservedFault[] = [];
  for (const { fault } of table.filter((row) => row.framing === framing && !isPointless(row.fault, loaded))) {
    for (let turn = 0; turn < settings.repeat; turn += 1) {
      before(`planting ${fault} into ${transport.name}`);
      const seed = random.below(2 ** 32);
      const sender: Role = random.below(2) === 0 ? 'initiator' : 'responder';
      const { history } = await runExchange(
        {
          loaded,
          driver,
          sender,
          messages: settings.messages,
          minBytes: 64,
          maxBytes: driver === 'js' ? 4096 : 16 * 1024,
          seed,
          // Never the first or the last: those are other faults.
          fault: { name: fault, atSeq: 1 + random.below(settings.messages - 3) },
          cpus: { initiator: null, responder: null, relation: 'unpinned' },
          deadlineMs: fault === 'stall' ? STALL_DEADLINE_MS : DEADLINE_MS,
          nonce: `fault-${transport.name}-${fault}-${turn}`,
        },
        context,
      );
      for (const check of checks.filter((one) => one.appliesTo(transport.guarantees))) {
        const { verdict, evidence } = check.judge(history);
        observed.push({ transport: transport.name, fault, framing, checkId: check.id, verdict, evidence, seed });
      }
    }
  }
  return observed;
}

/** A transport that promises no end of file cannot break that promise: its receivers never learn of one. */
function isPointless(fault: FaultName, { transport }: LoadedTransport): boolean {
  return fault === 'early-eof' && !transport.guarantees.eof;
}
