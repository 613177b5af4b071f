import type { HistoryLogWriter } from '../history/history-log-writer.js';
import { createFramer } from './framer.js';
import { HEADER_BYTES } from './message-header.js';
import { partnerOf, senderNumber, type Peer } from './peer.js';
import { largestSize, plannedSizes } from './planned-size.js';

/** Looks at what arrives in a checked exchange, every byte of it, and writes down what it finds. Judges nothing. */
export interface Inspector {
  /** What the endpoint handed over: a message, or a chunk of a stream. */
  take(bytes: Uint8Array): void;
  /** No more will come. */
  end(): void;
  /** Messages without anything to remark, and their bytes. */
  sofar(): { readonly messages: number; readonly bytes: number };
}

/** The same rules as native/src/inspector.cc, so that a fault leaves the same history whoever drives a transport. */
export function createInspector({ args, addon }: Pick<Peer, 'args' | 'addon'>, log: HistoryLogWriter): Inspector {
  const sender = senderNumber[partnerOf[args.role]];
  let messages = 0;
  let bytes = 0;
  /** What comes after the last header seen, if nothing went wrong. */
  let expectedSeq = 0;

  const planned = plannedSizes(args, addon);
  const whole = (from: number, seq: number, length: number): void => {
    expectedSeq = seq + 1;
    if (length !== planned(seq))
      return log.append({ kind: 'unplanned-length', sender: from, seq, expected: planned(seq), actual: length });
    messages += 1;
    bytes += length;
    log.received(from, seq, length);
  };
  /** One message, as the transport delimited it. */
  const takePacket = (message: Uint8Array): void => {
    if (message.length === 0) return log.append({ kind: 'damaged-header', bytes: 0 });
    const finding = addon.checkMessage(message, args.seed, sender, expectedSeq);
    if (finding.kind === 'damaged-header') return log.append({ kind: 'damaged-header', bytes: message.length });
    const { sender: from, seq } = finding;
    // A compact header has no length: that of the plan stands for it.
    const saysLength =
      finding.kind === 'wrong-boundary'
        ? finding.expected
        : message.length < HEADER_BYTES
          ? planned(seq)
          : message.length;
    const isWhole = saysLength === message.length;
    if (isWhole && (finding.kind === 'intact' || saysLength !== planned(seq))) return whole(from, seq, message.length);
    expectedSeq = seq + 1;
    if (finding.kind === 'damaged-payload' && isWhole)
      log.append({ kind: 'damaged-payload', sender: from, seq, bytes: message.length, offset: finding.offset });
    else log.append({ kind: 'wrong-boundary', sender: from, seq, expected: saysLength, actual: message.length });
  };
  const sofar = (): ReturnType<Inspector['sofar']> => ({ messages, bytes });
  if (args.framing === 'message') return { take: takePacket, end: () => undefined, sofar };
  const framer = createFramer(largestSize(args), {
    damageOf(message) {
      const finding = addon.checkMessage(message, args.seed, sender, expectedSeq);
      return finding.kind === 'damaged-payload' ? finding.offset : -1;
    },
    message: (_, header) => whole(header.sender, header.seq, header.length),
    damagedPayload({ sender: from, seq }, taken, offset) {
      expectedSeq = seq + 1;
      log.append({ kind: 'damaged-payload', sender: from, seq, bytes: taken, offset });
    },
    impossibleLength({ sender: from, seq, length }) {
      expectedSeq = seq + 1;
      log.append({ kind: 'unplanned-length', sender: from, seq, expected: planned(seq), actual: length });
    },
    damagedHeader: (count) => log.append({ kind: 'damaged-header', bytes: count }),
    cutShort(header, arrived) {
      const { sender: from, seq, length } = header ?? { sender, seq: expectedSeq, length: planned(expectedSeq) };
      log.append({ kind: 'cut-short', sender: from, seq, expected: length, actual: arrived });
    },
  });
  return { take: framer.push, end: framer.end, sofar };
}
