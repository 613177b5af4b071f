import type { InjectedFault } from '../../../harness/model/index.js';
import type { Draw } from './random.js';

/** What becomes of one send, or of the close. */
export type Move =
  | { readonly kind: 'forward'; readonly messages: readonly Uint8Array[]; readonly afterMs: number }
  /** It never returns. */
  | { readonly kind: 'hang' }
  /** The channel is closed instead. */
  | { readonly kind: 'end' }
  /** It returns, and the channel stays open. */
  | { readonly kind: 'keep-open' };

export interface FaultInjector {
  onSend(message: Uint8Array): Move;
  onClose(): Move;
  hasFired(): boolean;
}

const HEADER_BYTES = 32;
const PAGE_BYTES = 4096;
const STALE_BYTES = 64;
/** Of fewer bytes, foreign ones may be the right ones by chance. */
const FEWEST_BYTES = 8;

/** The same faults as native/src/faulty_wire.cc, for whole messages of a sender in this process. */
export function injectFault(fault: InjectedFault, draw: Draw): FaultInjector {
  const state: State = { ...fault, draw, seq: -1, heldSeq: -1, hasFired: false, held: [] };
  return {
    onSend: (message) => {
      state.seq += 1;
      return moveOfSend(state, message);
    },
    onClose: () => moveOfClose(state),
    hasFired: () => state.hasFired,
  };
}

interface State extends InjectedFault {
  readonly draw: Draw;
  seq: number;
  heldSeq: number;
  hasFired: boolean;
  /** Kept back for later, or to be copied from. */
  held: Uint8Array[];
}

function moveOfSend(state: State, message: Uint8Array): Move {
  const { name, held, seq } = state;
  switch (name) {
    case 'drop-last': {
      const before = release(state);
      hold(state, message);
      return forward(...before);
    }
    case 'hoard':
    case 'drop-all':
      return strike(state, message);
    case 'foreign-payload':
    case 'stale-tail':
      if (state.hasFired) return forward(message);
      if (seq >= state.atSeq && isEnough(name, message, held[0])) return strike(state, message);
      // The largest so far: it has bytes enough for the next.
      if (message.length > (held[0]?.length ?? HEADER_BYTES)) {
        release(state);
        hold(state, message);
      }
      return forward(message);
    case 'swap':
      return held.length === 0 ? strikeWhenDue(state, message) : forward(message, ...release(state));
    case 'merge':
      return held.length === 0 ? strikeWhenDue(state, message) : forward(joined([...release(state), message]));
    case 'delay':
    case 'duplicate-late':
      if (held.length === 0) return strikeWhenDue(state, message);
      return seq - state.heldSeq < state.extent ? forward(message) : forward(message, ...release(state));
    case 'stall':
      return state.hasFired ? { kind: 'hang' } : strikeWhenDue(state, message);
    case 'early-eof':
      // The sender is not told: what it still writes is thrown away.
      return state.hasFired ? forward() : strikeWhenDue(state, message);
    default:
      return strikeWhenDue(state, message);
  }
}

function moveOfClose(state: State): Move {
  const { name } = state;
  switch (name) {
    case 'stall':
      return state.hasFired ? { kind: 'hang' } : forward();
    case 'drop-last':
      state.hasFired = state.held.length > 0;
      return forward();
    case 'foreign-payload':
    case 'stale-tail':
      return forward();
    case 'no-eof':
      state.hasFired = true;
      return { kind: 'keep-open' };
    default: {
      const late = release(state);
      // The last message has none behind it to change places with, to be merged with or to be late for; all that was
      // hoarded comes now.
      if (late.length > 0 && state.heldSeq === state.seq && name !== 'hoard' && name !== 'duplicate-late')
        state.hasFired = false;
      return forward(...late);
    }
  }
}

function strikeWhenDue(state: State, message: Uint8Array): Move {
  const isDue = !state.hasFired && state.seq >= state.atSeq && isEnough(state.name, message, undefined);
  return isDue ? strike(state, message) : forward(message);
}

function strike(state: State, message: Uint8Array): Move {
  const { name, draw } = state;
  const payload = message.length - HEADER_BYTES;
  state.hasFired = true;
  switch (name) {
    case 'transparent':
    case 'no-eof':
      return forward(message);
    case 'drop-one':
    case 'drop-all':
    case 'stall':
      return forward();
    case 'duplicate':
      return forward(message, message);
    case 'flip-header':
      return forward(flipped(message, draw(Math.min(HEADER_BYTES, message.length)), draw(8)));
    case 'flip-payload':
      return forward(flipped(message, HEADER_BYTES + draw(payload), draw(8)));
    case 'zero-page':
      return forward(message.slice().fill(0, message.length - Math.min(PAGE_BYTES, payload)));
    case 'foreign-payload':
      return forward(overwritten(message, release(state)[0] ?? message, payload, 'payload'));
    case 'stale-tail':
      return forward(overwritten(message, release(state)[0] ?? message, Math.min(payload, STALE_BYTES), 'tail'));
    case 'truncate':
      return forward(message.subarray(0, message.length - 1 - draw(payload)));
    case 'split': {
      const cut = HEADER_BYTES + draw(payload);
      return forward(message.subarray(0, cut), message.subarray(cut));
    }
    case 'pause':
      return { ...forward(message), afterMs: state.extent };
    case 'early-eof':
      return { kind: 'end' };
    case 'duplicate-late':
      hold(state, message);
      return forward(message);
    case 'swap':
    case 'delay':
    case 'merge':
    case 'drop-last':
    case 'hoard':
      hold(state, message);
      return forward();
  }
}

function hold(state: State, message: Uint8Array): void {
  // The caller may fill its buffer anew as soon as it may send again.
  state.held.push(message.slice());
  state.heldSeq = state.seq;
}

function release(state: State): Uint8Array[] {
  const before = state.held;
  state.held = [];
  return before;
}

/** Whether a message has the bytes that the fault is about. */
function isEnough(name: InjectedFault['name'], message: Uint8Array, before: Uint8Array | undefined): boolean {
  const payload = message.length - HEADER_BYTES;
  switch (name) {
    case 'flip-payload':
    case 'truncate':
    case 'split':
      return payload > 1;
    case 'zero-page':
      return payload >= FEWEST_BYTES;
    case 'stale-tail':
      return (
        payload >= FEWEST_BYTES &&
        before !== undefined &&
        before.length - HEADER_BYTES >= Math.min(payload, STALE_BYTES)
      );
    case 'foreign-payload':
      return payload >= FEWEST_BYTES && before !== undefined && before.length >= message.length;
    default:
      return true;
  }
}

function forward(...messages: readonly Uint8Array[]): Extract<Move, { readonly kind: 'forward' }> {
  return { kind: 'forward', messages, afterMs: 0 };
}

function flipped(message: Uint8Array, index: number, bit: number): Uint8Array {
  const copy = message.slice();
  copy[index] = (copy[index] ?? 0) ^ (1 << bit);
  return copy;
}

/** The last `bytes` of a message are those of one before: from the end of it, or from its payload on. */
function overwritten(message: Uint8Array, before: Uint8Array, bytes: number, of: 'tail' | 'payload'): Uint8Array {
  const copy = message.slice();
  const from = of === 'tail' ? before.length - bytes : HEADER_BYTES;
  copy.set(before.subarray(from, from + bytes), message.length - bytes);
  return copy;
}

function joined(messages: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(messages));
}
