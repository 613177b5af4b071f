import type { EndHistory, History, HistoryEvent } from '../../../harness/model/index.js';
import { cover, type Coverage } from './coverage.js';
import { countOf, joinRuns, subtractRuns, type Run } from './runs.js';

/** A history as judges ask it: which messages had to arrive, which might, which did. */
export interface Exchange {
  readonly history: History;
  readonly sender: EndHistory;
  readonly receiver: EndHistory;
  /** Accepted whole by the transport: each of them has to arrive. */
  readonly owed: readonly Run[];
  /** How many messages the sender's log says were accepted. */
  readonly logged: number;
  /**
   * Sent or perhaps sent: nothing else may arrive. Holds everything planned when the sender's own account is not whole.
   */
  readonly allowed: readonly Run[];
  readonly coverage: Coverage;
  /**
   * Of those, the ones that came after the receiver had been told of the end, and not before: whoever believes it never
   * sees them.
   */
  readonly afterEnd: readonly Run[];
  /** Messages that name another sender than the one there is. */
  readonly foreign: number;
  /** The receiver finished, and its log ends where the exchange did: what is not in it did not arrive. */
  readonly isReceiverComplete: boolean;
}

export function readExchange(history: History): Exchange {
  const [sender, receiver] =
    history.sender === 'initiator' ? [history.initiator, history.responder] : [history.responder, history.initiator];
  const sent = sender.events.flatMap((event) => (event.kind === 'sent' ? [runOf(event)] : []));
  const unknown = sender.events.flatMap((event) =>
    event.kind === 'send-unknown' ? [{ first: event.seq, end: event.seq + 1 }] : [],
  );
  const planned = { first: 0, end: history.planned };
  const isSenderWhole = sender.ending === 'finished' && !sender.overflowed;
  // Told over the control channel that all were sent, a log with less in it takes nothing back.
  const owed = joinRuns(history.acknowledged === history.planned ? [...sent, planned] : sent);
  const senderId = sender.events.find((event) => event.kind === 'sent' || event.kind === 'send-unknown')?.sender;
  const arrivals = receiver.events.flatMap((event) => arrivalOf(event) ?? []);
  const isOwn = (arrival: { readonly sender: number }): boolean =>
    senderId === undefined || arrival.sender === senderId;
  const eofAt = receiver.events.findIndex((event) => event.kind === 'eof');
  const arrivalsIn = (events: readonly HistoryEvent[]): readonly Run[] =>
    joinRuns(events.flatMap((event) => arrivalOf(event) ?? []).filter(isOwn));
  const own = arrivals.filter(isOwn);
  const isEnded = receiver.events.some((event) => event.kind === 'eof' || event.kind === 'drained');
  return {
    history,
    sender,
    receiver,
    owed,
    logged: countOf(joinRuns(sent)),
    allowed: joinRuns([...owed, ...unknown, ...(isSenderWhole ? [] : [planned])]),
    coverage: cover(own),
    afterEnd:
      eofAt < 0
        ? []
        : subtractRuns(arrivalsIn(receiver.events.slice(eofAt)), arrivalsIn(receiver.events.slice(0, eofAt))),
    foreign: countOf(arrivals) - countOf(own),
    isReceiverComplete: receiver.ending === 'finished' && !receiver.overflowed && isEnded,
  };
}

/** The messages an event brought, if it names them: damaged ones did arrive, a message cut short by the end did not. */
export function arrivalOf(event: HistoryEvent): (Run & { readonly sender: number }) | null {
  switch (event.kind) {
    case 'received':
      return { ...runOf(event), sender: event.sender };
    case 'damaged-payload':
    case 'wrong-boundary':
    case 'unplanned-length':
      return { first: event.seq, end: event.seq + 1, sender: event.sender };
    case 'sent':
    case 'send-unknown':
    case 'damaged-header':
    case 'cut-short':
    case 'overwritten':
    case 'held':
    case 'eof':
    case 'drained':
    case 'error':
      return null;
  }
}

/** One past the highest number that arrived. */
export function endOfSeen(exchange: Exchange): number {
  return exchange.coverage.seen.at(-1)?.end ?? 0;
}

function runOf(event: { readonly seqFirst: number; readonly count: number }): Run {
  return { first: event.seqFirst, end: event.seqFirst + event.count };
}
