import { PROGRESS_OFFSET, type PeerName } from './layout.js';
import type { WriteAt } from './history-log-writer.js';

/** Phases of a launch, by the number a peer writes. */
export const PHASE = {
  starting: 0,
  opening: 1,
  ready: 2,
  warmUp: 3,
  window: 4,
  draining: 5,
  finished: 6,
  failed: 7,
  openingFifoForReading: 10,
  openingFifoForWriting: 11,
  accepting: 12,
  connecting: 13,
  closing: 14,
} as const;

/** Where a peer was when it last wrote its words. They survive its death. */
export interface Progress {
  readonly phase: number;
  /** Last written or read. */
  readonly messages: number;
  readonly bytes: number;
  /** null: the peer never wrote its own. */
  readonly pid: number | null;
}

/** The progress words of every peer; null for a mapping too short to hold them. */
export function decodeProgress(mapping: Uint8Array): Readonly<Record<PeerName, Progress>> | null {
  if (mapping.length < PROGRESS_OFFSET.relay + 64) return null;
  const view = new DataView(mapping.buffer, mapping.byteOffset, mapping.length);
  const of = (name: PeerName): Progress => {
    const word = (index: number): number => Number(view.getBigUint64(PROGRESS_OFFSET[name] + index * 8, true));
    return { phase: word(0), messages: word(1), bytes: word(2), pid: word(3) || null };
  };
  return { initiator: of('initiator'), responder: of('responder'), relay: of('relay') };
}

/** The phase as words that continue "state: ". */
export function phaseWords(phase: number): string {
  return WORDS.get(phase) ?? `in phase ${phase}, which is unknown to this version`;
}

/** The same of the name that stands in an error line. */
export function namedPhaseWords(name: string): string {
  const phase = NAMES.get(name);
  return phase === undefined ? name : phaseWords(phase);
}

/** Where a peer was, as words that continue "It was ": "in the window, after 4711 messages (96512 bytes)". */
export function describeProgress(progress: Progress): string {
  if (progress.pid === null && progress.phase === PHASE.starting) return 'not yet running';
  const amount =
    progress.messages === 0
      ? 'before its first message'
      : `after ${progress.messages} messages (${progress.bytes} bytes)`;
  return `${phaseWords(progress.phase)}, ${amount}`;
}

/** Writes one peer's progress words, for a peer hosted by Node. */
export function writeProgress(write: WriteAt, name: PeerName, progress: Progress): void {
  const words = new Uint8Array(32);
  const view = new DataView(words.buffer);
  [progress.phase, progress.messages, progress.bytes, progress.pid ?? 0].forEach((value, index) =>
    view.setBigUint64(index * 8, BigInt(value), true),
  );
  write(words, PROGRESS_OFFSET[name]);
}

const WORDS: ReadonlyMap<number, string> = new Map([
  [PHASE.starting, 'starting'],
  [PHASE.opening, 'opening its end'],
  [PHASE.ready, 'ready, waiting for the other peer'],
  [PHASE.warmUp, 'warming up'],
  [PHASE.window, 'exchanging messages'],
  [PHASE.draining, 'draining what is left'],
  [PHASE.finished, 'finished'],
  [PHASE.failed, 'failed'],
  [PHASE.openingFifoForReading, 'opening FIFO for reading'],
  [PHASE.openingFifoForWriting, 'opening FIFO for writing'],
  [PHASE.accepting, 'accepting a connection'],
  [PHASE.connecting, 'connecting'],
  [PHASE.closing, "waiting for the transport's close() to resolve"],
]);

/** An error line names a phase; what has no words of its own is a name that reads as words already. */
const NAMES: ReadonlyMap<string, number> = new Map([
  ['starting', PHASE.starting],
  ['opening', PHASE.opening],
  ['ready', PHASE.ready],
  ['warm-up', PHASE.warmUp],
  ['window', PHASE.window],
  ['draining', PHASE.draining],
  ['finished', PHASE.finished],
  ['accepting', PHASE.accepting],
  ['closing', PHASE.closing],
]);
