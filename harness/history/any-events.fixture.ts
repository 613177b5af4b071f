import type { HistoryEvent } from '../model/index.js';

/** xorshift32: enough to draw shapes of logs, the same on every machine. */
export function draws(seed: number): (bound: number) => number {
  let state = seed * 2654435761 + 1 || 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

export function anyEvent(below: (bound: number) => number): HistoryEvent {
  const sender = below(3);
  const seq = below(2) === 0 ? below(1000) : 2 ** 40 + below(1000);
  const lengths = { sender, seq, expected: below(70000), actual: below(70000) };
  const run = { sender, seqFirst: seq, count: 1 + below(5), bytes: below(1e6) };
  const events: readonly HistoryEvent[] = [
    { kind: 'sent', ...run },
    { kind: 'received', ...run },
    { kind: 'send-unknown', sender, seq, acceptedBytes: below(70000), errno: below(130) },
    { kind: 'damaged-header', bytes: below(70000) },
    { kind: 'damaged-payload', sender, seq, bytes: below(70000), offset: below(70000) },
    { kind: 'wrong-boundary', ...lengths },
    { kind: 'unplanned-length', ...lengths },
    { kind: 'cut-short', ...lengths },
    { kind: 'overwritten', bytes: below(70000), offset: below(70000) },
    { kind: 'held', bytes: below(1e8) },
    { kind: 'eof' },
    { kind: 'drained' },
    { kind: 'error', errno: below(130), syscall: ['unknown', 'read', 'write', 'open', 'poll'][below(5)] as string },
  ];
  return events[below(events.length)] as HistoryEvent;
}
