import type { DeliveryCheck, History, HistoryEvent, VerdictKind } from '../model/index.js';
import type { PairContext } from '../pair/pair.js';
import { formatSize } from '../plan/size.js';
import { beyondMaximum } from './checked-sizes.js';
import { runExchange, type Exchange } from './run-exchange.js';

/** What became of one message that is a byte larger than the transport says it takes. */
export interface BeyondMaximum {
  /** null when the exchange could not be looked at. */
  readonly history: History | null;
  /** A sentence. */
  readonly outcome: string;
}

/** The least that every check can say something on. */
const MESSAGES = 100;
const USUAL_BYTES = 1024;

/**
 * An exchange of its own, because a transport may end the connection over such a message. null where no maximum is
 * declared. Rejects only with the reason of `context.signal`.
 */
export async function tryBeyondMaximum(exchange: Exchange, context: PairContext): Promise<BeyondMaximum | null> {
  const {
    loaded: { transport },
    minBytes,
  } = exchange;
  const beyondBytes = beyondMaximum(transport.guarantees);
  if (beyondBytes === undefined) return null;
  const maxBytes = Math.max(minBytes, Math.min(USUAL_BYTES, beyondBytes - 1));
  try {
    const small = {
      ...exchange,
      messages: MESSAGES,
      maxBytes,
      largeBytes: [],
      beyondBytes,
      nonce: `${exchange.nonce}b`,
    };
    const { history } = await runExchange(small, context);
    return { history, outcome: outcomeOf(history, beyondBytes) };
  } catch (problem) {
    context.signal.throwIfAborted();
    const why = problem instanceof Error ? problem.message : String(problem);
    return { history: null, outcome: `${oneBeyond(beyondBytes)}, could not be tried: ${why}` };
  }
}

interface Answer {
  readonly verdict: VerdictKind;
  readonly evidence: string;
  /** Where it rests on another history than that of the exchange. */
  readonly history?: History;
}

/**
 * Refused, or delivered whole, is no fault; neither is a connection that ends with an error. What was accepted and did
 * not arrive as it was sent is: the worse of both answers counts.
 */
export function withBeyondMaximum(check: DeliveryCheck, answer: Answer, beyond: BeyondMaximum | null): Answer {
  if (beyond === null || answer.verdict !== 'pass') return answer;
  const { history, outcome } = beyond;
  const judged = history === null ? null : check.judge(history);
  if (judged?.verdict === 'fail' && history !== null) {
    const size = formatSize(history.beyondBytes ?? 0);
    const evidence = `With a last message of ${size}, a byte more than the declared maximum: ${judged.evidence}`;
    return { ...judged, evidence, history };
  }
  return { ...answer, evidence: `${answer.evidence} ${outcome}` };
}

function outcomeOf(history: History, beyondBytes: number): string {
  const { initiator, responder } = history;
  const [sender, receiver] = history.sender === 'initiator' ? [initiator, responder] : [responder, initiator];
  const size = `${oneBeyond(beyondBytes)},`;
  const isRefusal = (event: HistoryEvent): event is HistoryEvent & { kind: 'send-unknown' } =>
    event.kind === 'send-unknown' && event.seq === history.planned;
  const refusal = sender.events.find(isRefusal);
  if (refusal !== undefined) return `${size} was refused${refusal.errno === 0 ? '' : ` (errno ${refusal.errno})`}.`;
  if (history.acknowledged === null)
    return `${size} was neither accepted nor refused: ${sender.stuckAt ?? 'its sender ended'}`;
  if (sender.ending === 'finished' && receiver.ending === 'finished') return `${size} was accepted, and arrived.`;
  return `${size} was accepted, and the exchange ended with an error that reports it.`;
}

function oneBeyond(bytes: number): string {
  return `One message of ${formatSize(bytes)}, a byte more than the declared maximum`;
}
