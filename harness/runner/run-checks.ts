import type {
  DeliveryCheck,
  Driver,
  Judgement,
  PlacedCpus,
  Role,
  Transport,
  Verdict,
  VerdictKind,
} from '../model/index.js';
import { driversOf } from '../plan/plan.js';
import { platformProblem } from '../plan/platform.js';
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
  /** Drivers to check, as far as the transport has them; the drivers of `checkedDrivers` unless given. */
  readonly drivers?: readonly Driver[];
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

/**
 * Holds one transport to every check, through each of its drivers. Rejects only with the reason of `context.signal`.
 */
export async function checkTransport(
  loaded: LoadedTransport,
  checks: readonly DeliveryCheck[],
  settings: CheckSettings,
  context: PairContext,
): Promise<CheckedTransport> {
  const found: CheckedTransport[] = [];
  for (const driver of checkedDrivers(loaded, settings.drivers ?? null)) {
    found.push(await checkDriver(loaded, driver, checks, settings, context));
  }
  return {
    verdicts: found.flatMap(({ verdicts }) => verdicts),
    kept: new Map(found.flatMap(({ kept }) => [...kept])),
    checkedMs: found.reduce((sum, { checkedMs }) => sum + checkedMs, 0),
  };
}

/** One exchange each way, judged by all of the checks. */
async function checkDriver(
  loaded: LoadedTransport,
  driver: Driver,
  checks: readonly DeliveryCheck[],
  { drivers: _, ...settings }: CheckSettings,
  context: PairContext,
): Promise<CheckedTransport> {
  const { transport } = loaded;
  const messages = settings.messages ?? defaultMessages(driver);
  const before = takeCensus(context.directory);
  const left: string[] = [];
  const exchanges: ({ readonly sender: Role; readonly beyond?: BeyondMaximum | null } & (
    { readonly record: ExchangeRecord } | { readonly problem: unknown }
  ))[] = [];
  const elsewhere = platformProblem(transport, process.platform);
  for (const sender of SENDERS) {
    if (elsewhere !== null) {
      exchanges.push({ sender, problem: Object.assign(new Error(elsewhere.reason), { code: 'ENOSYS' }) });
      continue;
    }
    const exchange = {
      loaded,
      driver,
      sender,
      ...checkedSizes(transport.guarantees, driver, messages, settings.sizesBytes),
      ...settings,
      messages,
      fault: null,
      nonce: `check-${transport.name}-${sender[0]}`,
    };
    try {
      exchanges.push({
        sender,
        record: await runWatchedExchange(exchange, context, (what) => left.push(what)),
        beyond: await tryBeyondMaximum(exchange, context),
      });
    } catch (problem) {
      context.signal.throwIfAborted();
      if (problem instanceof UserError) throw problem;
      exchanges.push({ sender, problem });
    }
  }
  const teardownEvidence = withLeft(await leftBehindSince(before, context.directory), left);

  const isOnlyDriver = checkedDrivers(loaded, null).length === 1 && driver === checkedDriver(transport);
  const kept = new Map<string, KeptObservation>();
  const verdicts = checks.map((check): Verdict => {
    const answers = exchanges.map((exchange) => ({
      sender: exchange.sender,
      ...withBeyondMaximum(check, answerOf(check, transport, exchange), exchange.beyond ?? null),
    }));
    const worst = answers.reduce((a, b) => (BADNESS.indexOf(b.verdict) > BADNESS.indexOf(a.verdict) ? b : a));
    const worstExchange = exchanges.find((exchange) => exchange.sender === worst.sender);
    const id = verdictId(transport, check.id, driver);
    if (worstExchange !== undefined && 'record' in worstExchange)
      kept.set(id, {
        kind: 'delivery',
        checkId: check.id,
        subject: transport.name,
        history: worst.history ?? worstExchange.record.history,
      });
    const same = answers.every((answer) => answer.evidence === worst.evidence);
    return {
      id,
      checkId: check.id,
      transport: transport.name,
      driver,
      verdict: worst.verdict,
      level: check.level,
      promise: check.promise,
      source: check.source(transport),
      evidence: same
        ? worst.evidence
        : answers
            .map(
              (answer) =>
                `${answer.sender} to ${answer.sender === 'initiator' ? 'responder' : 'initiator'}: ${answer.evidence}`,
            )
            .join(' '),
      teardown: teardownEvidence === null ? 'clean' : 'unclean',
      teardownEvidence,
      expected: null,
      procedure: null,
      known: null,
      changed: null,
      history: null,
      command: repeatDelivery(loaded, {
        ...settings,
        checkId: check.id,
        messages,
        driver: isOnlyDriver ? null : driver,
      }),
    };
  });
  return {
    verdicts: reasonsToldOnce(verdicts),
    kept,
    checkedMs: exchanges.reduce((sum, exchange) => sum + ('record' in exchange ? exchange.record.checkedMs : 0), 0),
  };
}

/** One sentence of what this process was left with and of what the module left elsewhere. */
function withLeft(census: string | null, left: readonly string[]): string | null {
  if (left.length === 0) return census;
  const other = census === null ? [] : [census.replace(/^Left behind: |\.$/g, '')];
  return `Left behind: ${[...new Set([...other, ...left])].join('; ')}.`;
}

const BADNESS: readonly VerdictKind[] = ['skip', 'pass', 'info', 'deviation', 'broken', 'fail'];

/**
 * What ends an exchange leaves every check of it undecided, for one reason: the first tells it, the others refer to it.
 */
function reasonsToldOnce(verdicts: readonly Verdict[]): Verdict[] {
  const told = new Map<string, string>();
  return verdicts.map((verdict) => {
    if (verdict.verdict !== 'broken') return verdict;
    const first = told.get(verdict.evidence);
    if (first !== undefined)
      return { ...verdict, evidence: `It could not be decided, for the reason that ${first} gives.` };
    told.set(verdict.evidence, verdict.id);
    return verdict;
  });
}

/**
 * Of a module of the user's every driver it has: each is code of its own. A built-in's addon driver runs the same loops
 * as its native one.
 */
export function checkedDrivers(
  { transport, origin }: LoadedTransport,
  asked: readonly Driver[] | null,
): readonly Driver[] {
  if (asked !== null) return driversOf(transport).filter((driver) => asked.includes(driver));
  return origin === 'built-in' ? [checkedDriver(transport)] : driversOf(transport);
}

/**
 * `transport/group/name`, and behind it a driver that is not the first: what was recorded of the first stays
 * comparable.
 */
function verdictId(transport: Transport, checkId: string, driver: Driver): string {
  return `${transport.name}/${checkId}${driver === checkedDriver(transport) ? '' : `/${driver}`}`;
}

/** The driver that is measured first: the C++ loops where they can open the transport, else Node's own API. */
export function checkedDriver(transport: Transport): Driver {
  return transport.coreDrivers?.[0] ?? 'js';
}

/**
 * As many as fit into about a second: enough to bound the rate of loss at 3 in 100,000, or in 10,000 where JavaScript
 * encodes every message.
 */
export function defaultMessages(driver: Driver): number {
  return driver === 'js' ? 10_000 : 100_000;
}

function answerOf(
  check: DeliveryCheck,
  transport: Transport,
  exchange: { readonly record: ExchangeRecord } | { readonly problem: unknown },
): { readonly verdict: VerdictKind; readonly evidence: string } {
  if (!check.appliesTo(transport.guarantees)) return { verdict: 'skip', evidence: check.notApplicable };
  if ('record' in exchange) return check.judge(exchange.record.history) satisfies Judgement;
  const { problem } = exchange;
  const message = problem instanceof Error ? problem.message : String(problem);
  return { verdict: absenceOf(problem) === null ? 'broken' : 'skip', evidence: message };
}
