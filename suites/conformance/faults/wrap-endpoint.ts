import type { Endpoint, FaultName } from '../../../harness/model/index.js';
import { drawsOf, type Draw } from './random.js';

export interface FaultyEndpoint extends Endpoint {
  /** A fault that never happened proves nothing. */
  hasFired(): boolean;
}

/**
 * The sender's endpoint of an exchange, wrong on purpose: what a relay between two processes does, done inside the sender. The
 * fault is planted on what is sent, because there every transport hands over whole messages, streams too; a receiver of a stream
 * sees only chunks. Meeting message `atSeq` (from 0) it strikes once, at the first message from there on that is large enough.
 */
export function wrapEndpoint(endpoint: Endpoint, fault: FaultName, atSeq: number, seed: number): FaultyEndpoint {
  const plant = planterOf(fault, atSeq, drawsOf(seed));
  const never = new Promise<void>(() => undefined);
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => (closing ??= endpoint.close());

  const sendAll = async (messages: readonly Uint8Array[]): Promise<void> => {
    for (const message of messages) await endpoint.send(message);
  };
  return {
    send(message) {
      const todo = plant.onSend(message);
      switch (todo.kind) {
        case 'forward':
          return todo.messages.length === 1 && todo.messages[0] !== undefined ? endpoint.send(todo.messages[0]) : sendAll(todo.messages);
        case 'hang':
          return never;
        case 'end':
          return close();
      }
    },
    async close() {
      const todo = plant.onClose();
      if (todo.kind === 'hang') return never;
      if (todo.kind === 'forward') await sendAll(todo.messages);
      await close();
    },
    onMessage: (receive) => endpoint.onMessage(receive),
    onEnd: (ended) => endpoint.onEnd(ended),
    hasFired: () => plant.hasFired(),
  };
}

type Todo = { readonly kind: 'forward'; readonly messages: readonly Uint8Array[] } | { readonly kind: 'hang' } | { readonly kind: 'end' };

interface Planter {
  onSend(message: Uint8Array): Todo;
  onClose(): Todo;
  hasFired(): boolean;
}

const HEADER_BYTES = 32;
const NEEDS_PAYLOAD: readonly FaultName[] = ['flip-payload', 'truncate', 'split'];

function planterOf(fault: FaultName, atSeq: number, draw: Draw): Planter {
  let seq = -1;
  let hasFired = false;
  /** Kept back until the next message, or the end. */
  let held: Uint8Array | null = null;

  const strike = (message: Uint8Array): Todo => {
    hasFired = true;
    switch (fault) {
      case 'transparent':
        return forward(message);
      case 'drop-one':
      case 'stall':
        return forward();
      case 'duplicate':
        return forward(message, message);
      case 'flip-header':
        return forward(flipped(message, draw(Math.min(HEADER_BYTES, message.length)), draw(8)));
      case 'flip-payload':
        return forward(flipped(message, HEADER_BYTES + draw(message.length - HEADER_BYTES), draw(8)));
      case 'truncate':
        return forward(message.subarray(0, message.length - 1 - draw(message.length - HEADER_BYTES)));
      case 'split': {
        const cut = HEADER_BYTES + draw(message.length - HEADER_BYTES);
        return forward(message.subarray(0, cut), message.subarray(cut));
      }
      case 'early-eof':
        return { kind: 'end' };
      case 'swap':
      case 'merge':
      case 'drop-last':
        return keep(message);
    }
  };
  const keep = (message: Uint8Array): Todo => {
    // The caller may fill its buffer anew as soon as it may send again.
    held = message.slice();
    return forward();
  };

  return {
    onSend(message) {
      seq += 1;
      if (fault === 'drop-last') {
        const before = held;
        keep(message);
        return before === null ? forward() : forward(before);
      }
      if (held !== null) {
        const before = held;
        held = null;
        return fault === 'merge' ? forward(joined(before, message)) : forward(message, before);
      }
      if (hasFired && fault === 'stall') return { kind: 'hang' };
      if (hasFired && fault === 'early-eof') return forward();
      const isDue = !hasFired && seq >= atSeq && (!NEEDS_PAYLOAD.includes(fault) || message.length > HEADER_BYTES + 1);
      return isDue ? strike(message) : forward(message);
    },
    onClose() {
      if (fault === 'stall' && hasFired) return { kind: 'hang' };
      if (fault === 'drop-last') hasFired = held !== null;
      if (held === null || fault === 'drop-last') return forward();
      // The last message has no next one to change places or to be merged with.
      hasFired = false;
      return forward(held);
    },
    hasFired: () => hasFired,
  };
}

function forward(...messages: readonly Uint8Array[]): Todo {
  return { kind: 'forward', messages };
}

function flipped(message: Uint8Array, index: number, bit: number): Uint8Array {
  const copy = message.slice();
  copy[index] = (copy[index] ?? 0) ^ (1 << bit);
  return copy;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
