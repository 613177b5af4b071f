import { readSync, writeSync } from 'node:fs';
import { historyLogWriter, type HistoryLogWriter } from '../history/history-log-writer.js';
import { LOG_BYTES_OFFSET, logOffset, PROGRESS_OFFSET, WINDOW_OFFSET } from '../history/layout.js';
import { PHASE, writeProgress } from '../history/progress.js';
import type { Role } from '../model/index.js';

export type Phase =
  'starting' | 'opening' | 'ready' | 'warm-up' | 'window' | 'draining' | 'closing' | 'finished' | 'failed';

/**
 * The words of the launch's shared mapping (native/README.md), read and written through the file system: Node cannot
 * map memory.
 */
export interface SharedWords {
  readonly phase: Phase;
  enter(phase: Phase): void;
  /** Two system calls' worth: for a phase's end or a slow timer, never for each message. */
  count(messages: number, bytes: number): void;
  /** How many messages there had been when this end failed. */
  countMessages(messages: number): void;
  /** `seq` will be the first message of the window: told before the message that opens it is sent. */
  openWindowAt(seq: number): void;
  /** `seq` will be the last message of the launch: told before it is sent. */
  endAt(seq: number): void;
  /** null until set. */
  window(): { readonly first: number | null; readonly last: number | null };
  /** 0 until the partner has come. */
  partnerPid(): number;
  /** What the partner last said that it had written or read: 20 times a second. */
  partnerBytes(): number;
  /** Whether the partner is still before the end of its window. */
  isPartnerMeasuring(): boolean;
  /** Whether the partner waits for its transport's close(): what it sent may still be on its way out. */
  isPartnerClosing(): boolean;
  log(): HistoryLogWriter;
}

export function openSharedWords(descriptor: number, role: Role): SharedWords {
  const write = (bytes: Uint8Array, position: number): void =>
    void writeSync(descriptor, bytes, 0, bytes.length, position);
  const word = Buffer.alloc(8);
  const writeWord = (value: number, position: number): void => {
    word.writeBigUInt64LE(BigInt(value));
    write(word, position);
  };
  const partnerWord = (index: number): number => {
    readSync(descriptor, word, 0, 8, PROGRESS_OFFSET[role === 'initiator' ? 'responder' : 'initiator'] + index * 8);
    return Number(word.readBigUInt64LE(0));
  };
  const window = Buffer.alloc(16);
  const progress = { phase: 'starting' as Phase, messages: 0, bytes: 0 };
  const report = (): void =>
    writeProgress(write, role, { ...progress, phase: phaseNumbers[progress.phase], pid: process.pid });
  report();
  return {
    get phase() {
      return progress.phase;
    },
    enter(phase) {
      progress.phase = phase;
      report();
    },
    count(messages, bytes) {
      Object.assign(progress, { messages, bytes });
      report();
    },
    countMessages(messages) {
      progress.messages = messages;
      report();
    },
    openWindowAt: (seq) => writeWord(seq, WINDOW_OFFSET),
    endAt: (seq) => writeWord(seq, WINDOW_OFFSET + 8),
    window() {
      readSync(descriptor, window, 0, 16, WINDOW_OFFSET);
      return { first: seqOf(window.readBigUInt64LE(0)), last: seqOf(window.readBigUInt64LE(8)) };
    },
    partnerPid: () => partnerWord(3),
    partnerBytes: () => partnerWord(2),
    isPartnerMeasuring() {
      const phase = partnerWord(0);
      // The phases of opening have numbers of their own, above all others.
      return phase !== PHASE.closing && (phase < PHASE.draining || phase > PHASE.failed);
    },
    isPartnerClosing: () => partnerWord(0) === PHASE.closing,
    log() {
      readSync(descriptor, word, 0, 8, LOG_BYTES_OFFSET);
      const logBytes = Number(word.readBigUInt64LE(0));
      return historyLogWriter(write, { offset: logOffset(role, logBytes), logBytes });
    },
  };
}

const seqOf = (word: bigint): number | null => (word === 0xffff_ffff_ffff_ffffn ? null : Number(word));

const phaseNumbers: Readonly<Record<Phase, number>> = {
  starting: PHASE.starting,
  opening: PHASE.opening,
  ready: PHASE.ready,
  'warm-up': PHASE.warmUp,
  window: PHASE.window,
  draining: PHASE.draining,
  closing: PHASE.closing,
  finished: PHASE.finished,
  failed: PHASE.failed,
};
