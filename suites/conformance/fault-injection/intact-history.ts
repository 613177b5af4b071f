import type { EndHistory, Framing, History, HistoryEvent, Role } from '../../../harness/model/index.js';
import { drawsOf } from './random.js';

export interface Shape {
  readonly framing: Framing;
  readonly planned: number;
  readonly seed: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly sender: Role;
  /** What the receiver sees after the last message. */
  readonly end: 'eof' | 'drained';
}

/** What both ends record of an exchange in which nothing goes wrong. */
export function intactHistory(shape: Shape): History {
  const { framing, planned, seed, minBytes, maxBytes, sender, end } = shape;
  const draft = {
    version: 1,
    transport: `intact-${framing}`,
    framing,
    sender,
    seed,
    minBytes,
    maxBytes,
    planned,
    acknowledged: planned,
  } as const;
  const events: HistoryEvent[] = [...runOf('received', draft, 0, planned), { kind: end }];
  const from = endOf(sender, runOf('sent', draft, 0, planned));
  const to = endOf(other(sender), events);
  return { ...draft, initiator: sender === 'initiator' ? from : to, responder: sender === 'initiator' ? to : from };
}

/** A run of whole messages as one event; none for an empty one. */
export function runOf(kind: 'sent' | 'received', plan: Plan, first: number, end: number): HistoryEvent[] {
  if (end <= first) return [];
  const sums = sumsOf(plan);
  return [
    { kind, sender: 0, seqFirst: first, count: end - first, bytes: (sums[end] as number) - (sums[first] as number) },
  ];
}

export function sizeOf(plan: Plan, seq: number): number {
  const sums = sumsOf(plan);
  return (sums[seq + 1] as number) - (sums[seq] as number);
}

/** Puts other events into the receiver's log. */
export function withReceived(
  history: History,
  events: readonly HistoryEvent[],
  ending: Partial<EndHistory> = {},
): History {
  const role = other(history.sender);
  return { ...history, [role]: { ...history[role], events, ...ending } };
}

export function withSent(history: History, events: readonly HistoryEvent[], ending: Partial<EndHistory> = {}): History {
  return { ...history, [history.sender]: { ...history[history.sender], events, ...ending } };
}

function endOf(role: Role, events: readonly HistoryEvent[]): EndHistory {
  return { role, events, overflowed: false, ending: 'finished', stuckAt: null };
}

function other(role: Role): Role {
  return role === 'initiator' ? 'responder' : 'initiator';
}

export type Plan = Pick<History, 'seed' | 'minBytes' | 'maxBytes' | 'planned'>;

let lastSums: { readonly key: string; readonly sums: Float64Array } = { key: '', sums: new Float64Array(1) };

/** Sizes as running sums: log-uniform like those of `deliver`, though not the same ones. The last plan's are kept. */
function sumsOf({ seed, minBytes, maxBytes, planned }: Plan): Float64Array {
  const key = `${seed} ${minBytes} ${maxBytes} ${planned}`;
  if (lastSums.key === key) return lastSums.sums;
  const draw = drawsOf(seed);
  const doublings = Math.log2(maxBytes / minBytes);
  const sums = new Float64Array(planned + 1);
  for (let seq = 0; seq < planned; seq += 1) {
    sums[seq + 1] = (sums[seq] as number) + Math.floor(minBytes * 2 ** ((draw(1001) / 1000) * doublings));
  }
  lastSums = { key, sums };
  return sums;
}
