import type { DeliveryCheck, Driver, Judgement, PlacedCpus, Role, Transport, Verdict, VerdictKind } from '../model/index.js';
import { leftBehindSince, takeCensus } from '../pair/census.js';
import type { PairContext } from '../pair/pair.js';
import type { LoadedTransport } from '../suites/load-transports.js';
import { absenceOf } from '../trial/absent.js';
import { UserError } from '../user-error.js';
import { tryBeyondMaximum, withBeyondMaximum, type BeyondMaximum } from './beyond-maximum.js';
import { checkedSizes } from './checked-sizes.js';
import type { KeptObservation } from './kept-observation.js';
import { repeatDelivery } from './repeat-command.js';
import type { ExchangeRecord } from './run-exchange.js';
import { runWatchedExchange } from './watched-exchange.js';

export interface CheckSettings {
  /** Messages of one exchange; null is the default of the driver. Each transport is checked in both directions. */
  readonly messages: number | null;
  /** Sizes that were asked for, beside those that are always tried. */
  readonly sizesBytes?: readonly number[];
  readonly seed: number;
  /** Longest time without a message. */
  readonly stallMs: number;
  readonly cpus: PlacedCpus;
}

export interface CheckedTransport {
  readonly verdicts: readonly Verdict[];
  /** The history that each verdict's evidence comes from, by the verdict's id. */
  readonly kept: ReadonlyMap<string, KeptObservation>;
  readonly checkedMs: number;
}

const SENDERS: readonly Role[] = ['initiator', 'responder'];

/** Holds one transport to every check: one exchange each way, judged by all of them. Rejects only with the reason of `context.signal`. */
export async function checkTransport(loaded: LoadedTransport, checks: readonly DeliveryCheck[], settings: CheckSettings, context: PairContext): Promise<CheckedTransport> {
  const { transport } = loaded;
  const driver = checkedDriver(transport);
  const messages = settings.messages ?? defaultMessages(driver);
  const before = takeCensus(context.directory);
  const left: string[] = [];
  const exchanges: ({ readonly sender: Role; readonly beyond?: BeyondMaximum | null } & ({ readonly record: ExchangeRecord } | { readonly problem: unknown }))[] = [];
  for (const sender of SENDERS) {
    const exchange = { loaded, driver, sender, ...checkedSizes(transport.guarantees, driver, messages, settings.sizesBytes), ...settings, messages, fault: null, nonce: `check-${transport.name}-${sender[0]}` };
    try {
      exchanges.push({ sender, record: await runWatchedExchange(exchange, context, (what) => left.push(what)), beyond: await tryBeyondMaximum(exchange, context) });
    } catch (problem) {
      context.signal.throwIfAborted();
      if (problem instanceof UserError) throw problem;
      exchanges.push({ sender, problem });
    }
  }
  const teardownEvidence = withLeft(await leftBehindSince(before, context.directory), left);

  const kept = new Map<string, KeptObservation>();
  const verdicts = checks.map((check): Verdict => {
    const answers = exchanges.map((exchange) => ({ sender: exchange.sender, ...withBeyondMaximum(check, answerOf(check, transport, exchange), exchange.beyond ?? null) }));
    const worst = answers.reduce((a, b) => (BADNESS.indexOf(b.verdict) > BADNESS.indexOf(a.verdict) ? b : a));
    const worstExchange = exchanges.find((exchange) => exchange.sender === worst.sender);
    if (worstExchange !== undefined && 'record' in worstExchange) kept.set(`${transport.name}/${check.id}`, { kind: 'delivery', checkId: check.id, subject: transport.name, history: worst.history ?? worstExchange.record.history });
    const same = answers.every((answer) => answer.evidence === worst.evidence);
    return {
      id: `${transport.name}/${check.id}`,
      checkId: check.id,
      transport: transport.name,
      driver,
      verdict: worst.verdict,
      level: check.level,
      promise: check.promise,
      source: check.source(transport),
      evidence: same ? worst.evidence : answers.map((answer) => `${answer.sender} to ${answer.sender === 'initiator' ? 'responder' : 'initiator'}: ${answer.evidence}`).join(' '),
      teardown: teardownEvidence === null ? 'clean' : 'unclean',
      teardownEvidence,
      expected: null,
      procedure: null,
      known: null,
      changed: null,
      history: null,
      command: repeatDelivery(loaded, { ...settings, checkId: check.id, messages }),
    };
  });
  return { verdicts, kept, checkedMs: exchanges.reduce((sum, exchange) => sum + ('record' in exchange ? exchange.record.checkedMs : 0), 0) };
}

/** One sentence of what this process was left with and of what the module left elsewhere. */
function withLeft(census: string | null, left: readonly string[]): string | null {
  if (left.length === 0) return census;
  const other = census === null ? [] : [census.replace(/^Left behind: |\.$/g, '')];
  return `Left behind: ${[...new Set([...other, ...left])].join('; ')}.`;
}

const BADNESS: readonly VerdictKind[] = ['skip', 'pass', 'info', 'deviation', 'broken', 'fail'];

/** Delivery is checked on the driver that is measured first: the C++ loops where they can open the transport, else Node's own API. */
export function checkedDriver(transport: Transport): Driver {
  return transport.coreDrivers?.[0] ?? 'js';
}

/** As many as fit into about a second: enough to bound the rate of loss at 3 in 100,000, or in 10,000 where JavaScript encodes every message. */
export function defaultMessages(driver: Driver): number {
  return driver === 'js' ? 10_000 : 100_000;
}

function answerOf(check: DeliveryCheck, transport: Transport, exchange: { readonly record: ExchangeRecord } | { readonly problem: unknown }): { readonly verdict: VerdictKind; readonly evidence: string } {
  if (!check.appliesTo(transport.guarantees)) return { verdict: 'skip', evidence: check.notApplicable };
  if ('record' in exchange) return check.judge(exchange.record.history) satisfies Judgement;
  const { problem } = exchange;
  const message = problem instanceof Error ? problem.message : String(problem);
  return { verdict: absenceOf(problem) === null ? 'broken' : 'skip', evidence: message };
}
