import { createFixedSlicer } from './fixed-slicer.js';
import { partnerOf, senderNumber, type Peer } from './peer.js';

/** Writes and checks the messages of one launch, all of one size. */
export interface FixedMessages {
  /** The whole of a message of this peer. */
  fill(message: Uint8Array, seq: number): void;
  /** Throws a sentence unless this is message `seq` of the partner, intact as far as `--verify` says. */
  check(message: Uint8Array, seq: number): void;
  /** Calls `handle` with each whole message that arrives, valid until it returns. */
  onMessage(handle: (message: Uint8Array) => void): void;
}

export function fixedMessages({ args, addon, endpoint }: Peer): FixedMessages {
  const self = senderNumber[args.role];
  const partner = senderNumber[partnerOf[args.role]];
  const look =
    args.verify === 'full'
      ? (message: Uint8Array, seq: number) => addon.checkMessage(message, args.seed, partner, seq)
      : (message: Uint8Array, seq: number) => addon.checkHeader(message, partner, seq);
  // Most messages are what was planned, and up to here writing down what was planned and comparing costs 0.2 us; a
  // finding, an object made in C++, costs 0.7 us: a third of what a stream of 64 B messages takes altogether. It covers
  // every byte, so either verification.
  const planned = args.sizeBytes <= comparedUpTo ? Buffer.alloc(args.sizeBytes) : null;
  const isPlanned = (message: Uint8Array, seq: number): boolean => {
    if (planned === null) return false;
    addon.fillMessage(planned, args.seed, partner, seq);
    return planned.equals(message);
  };
  return {
    fill: (message, seq) => addon.fillMessage(message, args.seed, self, seq),
    check(message, seq) {
      if (isPlanned(message, seq)) return;
      if (message.length !== args.sizeBytes)
        throw new Error(`Message ${seq} has ${message.length} bytes instead of ${args.sizeBytes}.`);
      const finding = look(message, seq);
      switch (finding.kind) {
        case 'intact':
          if (finding.seq === seq && finding.sender === partner) return;
          throw new Error(
            `Message ${finding.seq} arrived where ${seq} was expected: the transport lost, repeated or ` +
              'reordered a message.',
          );
        case 'damaged-header':
          throw new Error(`Message ${seq} is not what was sent: its header is damaged.`);
        case 'damaged-payload':
          throw new Error(`Message ${seq} is not what was sent: its payload differs from byte ${finding.offset} on.`);
        case 'wrong-boundary':
          throw new Error(
            `Message ${seq} has ${finding.expected} bytes according to its header, instead of ${args.sizeBytes}.`,
          );
      }
    },
    onMessage: (handle) =>
      endpoint.onMessage(args.framing === 'message' ? handle : createFixedSlicer(args.sizeBytes, handle)),
  };
}

const comparedUpTo = 8192;

/**
 * How often a receiver looks at the window words: with each message whose number is a multiple of this. A look is a
 * system call and costs 0.9 us, so for small messages it is shared by 16. A sender announces only with such a message,
 * and so is never missed.
 */
export const messagesPerLook = (sizeBytes: number): number => (sizeBytes < 16_384 ? 16 : 1);
