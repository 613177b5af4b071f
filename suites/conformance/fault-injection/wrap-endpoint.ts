import { setTimeout } from 'node:timers/promises';
import type { Endpoint, InjectedFault } from '../../../harness/model/index.js';
import { injectFault } from './inject-fault.js';
import { drawsOf } from './random.js';

export interface FaultyEndpoint extends Endpoint {
  /** A fault that never happened proves nothing. */
  hasFired(): boolean;
}

/**
 * The sender's endpoint of an exchange, wrong on purpose: what a relay between two processes does, done inside the
 * sender. The fault is injected on what is sent, because there every transport hands over whole messages, streams too;
 * a
 * receiver of a stream sees only chunks. Meeting message `atSeq` (from 0) it strikes once, at the first message from
 * there on that is large enough.
 */
export function wrapEndpoint(endpoint: Endpoint, fault: InjectedFault, seed: number): FaultyEndpoint {
  const plant = injectFault(fault, drawsOf(seed));
  const never = new Promise<void>(() => undefined);
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => (closing ??= endpoint.close());

  const sendAll = async (messages: readonly Uint8Array[], afterMs: number): Promise<void> => {
    if (afterMs > 0) await setTimeout(afterMs);
    for (const message of messages) await endpoint.send(message);
  };
  return {
    send(message) {
      const move = plant.onSend(message);
      switch (move.kind) {
        case 'forward':
          return move.messages.length === 1 && move.messages[0] !== undefined && move.afterMs === 0
            ? endpoint.send(move.messages[0])
            : sendAll(move.messages, move.afterMs);
        case 'hang':
          return never;
        case 'end':
        case 'keep-open':
          return close();
      }
    },
    async close() {
      const move = plant.onClose();
      if (move.kind === 'hang') return never;
      if (move.kind === 'keep-open') return;
      if (move.kind === 'forward') await sendAll(move.messages, move.afterMs);
      await close();
    },
    onMessage: (receive) => endpoint.onMessage(receive),
    onEnd: (ended) => endpoint.onEnd(ended),
    hasFired: () => plant.hasFired(),
  };
}
