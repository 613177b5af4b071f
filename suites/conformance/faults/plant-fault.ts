import type { PlantedFault } from '../../../harness/model/index.js';
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

export interface Planter {
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
export function plantFault({ name, atSeq, extent }: PlantedFault, draw: Draw): Planter {
  let seq = -1;
  let heldSeq = -1;
  let hasFired = false;
  /** Kept back for later, or to be copied from. */
  let held: Uint8Array[] = [];

  const hold = (message: Uint8Array): void => {
    // The caller may fill its buffer anew as soon as it may send again.
    held.push(message.slice());
    heldSeq = seq;
  };
  const release = (): Uint8Array[] => {
    const before = held;
    held = [];
    return before;
  };

  const strike = (message: Uint8Array): Move => {
    const payload = message.length - HEADER_BYTES;
    hasFired = true;
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
      case 'stale-tail':
        return forward(
          overwritten(
            message,
            release()[0] ?? message,
            Math.min(payload, name === 'stale-tail' ? STALE_BYTES : payload),
            name === 'stale-tail',
          ),
        );
      case 'truncate':
        return forward(message.subarray(0, message.length - 1 - draw(payload)));
      case 'split': {
        const cut = HEADER_BYTES + draw(payload);
        return forward(message.subarray(0, cut), message.subarray(cut));
      }
      case 'pause':
        return { ...forward(message), afterMs: extent };
      case 'early-eof':
        return { kind: 'end' };
      case 'duplicate-late':
        hold(message);
        return forward(message);
      case 'swap':
      case 'delay':
      case 'merge':
      case 'drop-last':
      case 'hoard':
        hold(message);
        return forward();
    }
  };

  return {
    onSend(message) {
      seq += 1;
      switch (name) {
        case 'drop-last': {
          const before = release();
          hold(message);
          return forward(...before);
        }
        case 'hoard':
        case 'drop-all':
          return strike(message);
        case 'foreign-payload':
        case 'stale-tail':
          if (hasFired) return forward(message);
          if (seq >= atSeq && isEnough(name, message, held[0])) return strike(message);
          // The largest so far: it has bytes enough for the next.
          if (message.length > (held[0]?.length ?? HEADER_BYTES)) {
            release();
            hold(message);
          }
          return forward(message);
        case 'swap':
          return held.length === 0 ? strikeWhenDue(message) : forward(message, ...release());
        case 'merge':
          return held.length === 0 ? strikeWhenDue(message) : forward(joined([...release(), message]));
        case 'delay':
        case 'duplicate-late':
          if (held.length === 0) return strikeWhenDue(message);
          return seq - heldSeq < extent ? forward(message) : forward(message, ...release());
        case 'stall':
          return hasFired ? { kind: 'hang' } : strikeWhenDue(message);
        case 'early-eof':
          // The sender is not told: what it still writes is thrown away.
          return hasFired ? forward() : strikeWhenDue(message);
        default:
          return strikeWhenDue(message);
      }
    },
    onClose() {
      switch (name) {
        case 'stall':
          return hasFired ? { kind: 'hang' } : forward();
        case 'drop-last':
          hasFired = held.length > 0;
          return forward();
        case 'foreign-payload':
        case 'stale-tail':
          return forward();
        case 'no-eof':
          hasFired = true;
          return { kind: 'keep-open' };
        default: {
          const late = release();
          // The last message has none behind it to change places with, to be merged with or to be late for; all that
          // was hoarded comes now.
          if (late.length > 0 && heldSeq === seq && name !== 'hoard' && name !== 'duplicate-late') hasFired = false;
          return forward(...late);
        }
      }
    },
    hasFired: () => hasFired,
  };

  function strikeWhenDue(message: Uint8Array): Move {
    return !hasFired && seq >= atSeq && isEnough(name, message, undefined) ? strike(message) : forward(message);
  }
}

/** Whether a message has the bytes that the fault is about. */
function isEnough(name: PlantedFault['name'], message: Uint8Array, before: Uint8Array | undefined): boolean {
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
function overwritten(message: Uint8Array, before: Uint8Array, bytes: number, isTail: boolean): Uint8Array {
  const copy = message.slice();
  const from = isTail ? before.length - bytes : HEADER_BYTES;
  copy.set(before.subarray(from, from + bytes), message.length - bytes);
  return copy;
}

function joined(messages: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(messages));
}
