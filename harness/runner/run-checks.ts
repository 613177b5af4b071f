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
import { leftBehindSince, takeResourceSnapshot } from '../pair/resource-snapshot.js';
import type { PairContext } from '../pair/pair.js';
import { makeVerdict } from '../outcome/make-verdict.js';
import { mostSevere } from '../outcome/severity.js';
import type { LoadedTransport } from '../discovery/load-transports.js';
import { absenceOf } from '../check-run/absent.js';
import { UserError } from '../user-error.js';
import { tryBeyondMaximum, withBeyondMaximum, type BeyondMaximum } from './beyond-maximum.js';
import { checkedSizes } from './checked-sizes.js';
import type { SavedObservation } from './saved-observation.js';
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
  readonly kept: ReadonlyMap<string, SavedObservation>;
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
    found.push(await checkDriver({ loaded, driver }, checks, settings, context));
  }
  return {
    verdicts: found.flatMap(({ verdicts }) => verdicts),
    kept: new Map(found.flatMap(({ kept }) => [...kept])),
    checkedMs: found.reduce((sum, { checkedMs }) => sum + checkedMs, 0),
  };
}

type Exchange = { readonly sender: Role; readonly beyond?: BeyondMaximum | null } & (
  { readonly record: ExchangeRecord } | { readonly problem: unknown }
);

/** What both exchanges of one driver of a transport came to. */
interface Exchanged {
  readonly loaded: LoadedTransport;
  readonly driver: Driver;
  readonly settings: CheckSettings & { readonly messages: number };
  readonly exchanges: readonly Exchange[];
  readonly teardownEvidence: string | null;
}

/** One exchange each way, judged by all of the checks. */
async function checkDriver(
  { loaded, driver }: { readonly loaded: LoadedTransport; readonly driver: Driver },
  checks: readonly DeliveryCheck[],
  settings: CheckSettings,
  context: PairContext,
): Promise<CheckedTransport> {
  const messages = settings.messages ?? defaultMessages(driver);
  const before = takeResourceSnapshot(context.directory);
  const left: string[] = [];
  const exchanges: Exchange[] = [];
  const elsewhere = platformProblem(loaded.transport, process.platform);
  for (const sender of SENDERS) {
    if (elsewhere !== null) {
      exchanges.push({ sender, problem: Object.assign(new Error(elsewhere.reason), { code: 'ENOSYS' }) });
      continue;
    }
    const { drivers: _drivers, ...common } = settings;
    const exchange = {
      loaded,
      driver,
      sender,
      ...checkedSizes(loaded.transport.guarantees, driver, messages, settings.sizesBytes),
      ...common,
      messages,
      fault: null,
      nonce: `check-${loaded.transport.name}-${sender[0]}`,
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
  const exchanged = { loaded, driver, settings: { ...settings, messages }, exchanges, teardownEvidence };
  const judged = checks.map((check) => judgeExchanged(check, exchanged));
  return {
    verdicts: reasonsToldOnce(judged.map(({ verdict }) => verdict)),
    kept: new Map(judged.flatMap(({ verdict, kept }) => (kept === null ? [] : [[verdict.id, kept] as const]))),
    checkedMs: exchanges.reduce((sum, exchange) => sum + ('record' in exchange ? exchange.record.checkedMs : 0), 0),
  };
}

/** The verdict of the direction that came out worse, and the history that it rests on. */
function judgeExchanged(
  check: DeliveryCheck,
  { loaded, driver, settings, exchanges, teardownEvidence }: Exchanged,
): { readonly verdict: Verdict; readonly kept: SavedObservation | null } {
  const { transport } = loaded;
  const answers = exchanges.map((exchange) => ({
    exchange,
    ...withBeyondMaximum(check, answerOf(check, transport, exchange), exchange.beyond ?? null),
  }));
  const worst = mostSevere(answers as [(typeof answers)[number], ...typeof answers]);
  const isSame = answers.every((answer) => answer.evidence === worst.evidence);
  const evidence = answers.map((answer) => `${DIRECTION[answer.exchange.sender]}: ${answer.evidence}`).join(' ');
  const isOnlyDriver = checkedDrivers(loaded, null).length === 1 && driver === checkedDriver(transport);
  const { drivers: _drivers, ...repeated } = settings;
  const verdict = makeVerdict(
    {
      id: verdictId(transport, check.id, driver),
      checkId: check.id,
      transport: transport.name,
      driver,
      level: check.level,
      promise: check.guarantee,
      source: check.source(transport),
      teardownEvidence,
      expected: null,
      procedure: null,
      history: null,
      command: repeatDelivery(loaded, { ...repeated, checkId: check.id, driver: isOnlyDriver ? null : driver }),
    },
    { verdict: worst.verdict, evidence: isSame ? worst.evidence : evidence },
  );
  if (!('record' in worst.exchange)) return { verdict, kept: null };
  const history = worst.history ?? worst.exchange.record.history;
  return { verdict, kept: { kind: 'delivery', checkId: check.id, subject: transport.name, history } };
}

const DIRECTION: Readonly<Record<Role, string>> = {
  initiator: 'initiator to responder',
  responder: 'responder to initiator',
};

/** One sentence of what this process was left with and of what the module left elsewhere. */
function withLeft(snapshot: string | null, left: readonly string[]): string | null {
  if (left.length === 0) return snapshot;
  const other = snapshot === null ? [] : [snapshot.replace(/^Left behind: |\.$/g, '')];
  return `Left behind: ${[...new Set([...other, ...left])].join('; ')}.`;
}

/**
 * What ends an exchange leaves every check of it undecided, for one reason: the first tells it, the others refer to it.
 */
function reasonsToldOnce(verdicts: readonly Verdict[]): Verdict[] {
  const told = new Map<string, string>();
  return verdicts.map((verdict) => {
    if (verdict.verdict !== 'broken') return verdict;
    const first = told.get(verdict.evidence);
    if (first !== undefined)
      return makeVerdict(verdict, {
        verdict: 'broken',
        evidence: `It could not be decided; see the reason given for ${first}.`,
      });
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
