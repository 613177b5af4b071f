import type { Trial } from '../../../harness/define.js';
import type { Channel } from './channel.js';
import { startCrew } from './crew.js';

/** Records of one size, from several writers at once. */
export interface Torn {
  readonly bytes: number;
  /** Bytes of one read(2). */
  readonly readSize: number;
  readonly attempts: number;
  readonly records: number;
  readonly readBytes: number;
  /** Stretches of bytes of one writer: more of them than writers shows that they took turns. */
  readonly runs: number;
  /** Stretches that are no whole number of records. */
  readonly torn: number;
}

export const WRITERS = 4;
/** Odd, so that what is read ends in the middle of records and pages. */
export const ODD_READS = 60_001;
/** A scheduler may let one writer after the other finish. */
const ATTEMPTS = 5;

/**
 * Lets four processes write records of one size, each with a value of its own, to one end, and looks for records with others inside.
 * Again where they did not take turns; what every attempt gave is added up.
 */
export function tear(trial: Trial, size: { readonly bytes: number; readonly recordsEach: number; readonly index: number; readonly readSize?: number }, prepare: (channel: Channel) => void = () => undefined): Torn {
  const { bytes, recordsEach, index, readSize = ODD_READS } = size;
  let sum: Torn = { bytes, readSize, attempts: 0, records: 0, readBytes: 0, runs: 0, torn: 0 };
  while (sum.attempts < ATTEMPTS && !tookTurns(sum)) {
    const crew = startCrew(trial, {
      writers: [1, 2, 3, 4].map((writer) => (out) => [{ op: 'writeRuns', fd: out, writer, records: recordsEach, bytes, as: 'write' }]),
      readers: [(into) => [{ op: 'readRuns', fd: into, bytes, chunk: readSize, as: 'read' }]],
      prepare,
      index: ATTEMPTS * index + sum.attempts,
    });
    crew.finish();
    const { counts } = crew.readers[0]!.outcome('read');
    sum = {
      bytes,
      readSize,
      attempts: sum.attempts + 1,
      records: crew.writers.reduce((records, writer) => records + (writer.outcome('write').counts['records'] ?? 0), sum.records),
      readBytes: sum.readBytes + (counts['bytes'] ?? 0),
      runs: sum.runs + (counts['runs'] ?? 0),
      torn: sum.torn + (counts['torn'] ?? 0),
    };
  }
  return sum;
}

/** All that was written was read, and the writers were in each other's way: else nothing is known of tearing. */
export const contended = (seen: readonly Torn[]): boolean => seen.length > 0 && seen.every((each) => each.records > 0 && each.readBytes === each.bytes * each.records && tookTurns(each));

const tookTurns = ({ attempts, runs }: Pick<Torn, 'attempts' | 'runs'>): boolean => runs > WRITERS * attempts;
