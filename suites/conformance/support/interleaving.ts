import type { CheckRun } from '../../../harness/define.js';
import type { Channel } from './channel.js';
import { startPeers } from './concurrent-peers.js';

/** Records of one size, from several writers at once. */
export interface Interleaving {
  readonly bytes: number;
  /** Bytes of one read(2). */
  readonly readSize: number;
  readonly records: number;
  readonly readBytes: number;
  /** Writers that slept in a write at once before anything was read. */
  readonly together: number;
  /** Stretches of bytes of one writer that are no whole number of records. */
  readonly torn: number;
}

const WRITERS = [1, 2, 3, 4];
/** Odd, so that what is read ends in the middle of records and pages. */
export const ODD_READS = 60_001;

/**
 * Lets four processes write records of one size, each with a value of its own, to one end until they are in each
 * other's way, then reads, and looks for records with others inside.
 */
async function tear(
  checkRun: CheckRun,
  size: { readonly bytes: number; readonly recordsEach: number; readonly index: number; readonly readSize?: number },
  prepare: (channel: Channel) => void = () => undefined,
): Promise<Interleaving> {
  const { bytes, recordsEach, index, readSize = ODD_READS } = size;
  const peers = startPeers(checkRun, {
    writers: WRITERS.map((writer) => (out) => [
      { op: 'writeRuns', fd: out, writer, records: recordsEach, bytes, as: 'write' },
    ]),
    readers: [(into) => [{ op: 'readRuns', fd: into, bytes, chunk: readSize, as: 'read' }]],
    holdReaders: true,
    prepare,
    index,
  });
  const together = await peers.letRead();
  peers.finish();
  const { counts } = peers.readers[0]!.outcome('read');
  return {
    bytes,
    readSize,
    records: peers.writers.reduce((records, writer) => records + (writer.outcome('write').counts['records'] ?? 0), 0),
    readBytes: counts['bytes'] ?? 0,
    together,
    torn: counts['torn'] ?? 0,
  };
}

/** All that was written was read, and the writers were in each other's way: else nothing is known of tearing. */
export const contended = (seen: readonly Interleaving[]): boolean =>
  seen.length > 0 &&
  seen.every((each) => each.records > 0 && each.readBytes === each.bytes * each.records && each.together > 1);

/** One after the other: each has processes of its own. */
export async function tearAll(
  checkRun: CheckRun,
  sizes: readonly Omit<Parameters<typeof tear>[1], 'index'>[],
  prepare?: (channel: Channel) => void,
): Promise<readonly Interleaving[]> {
  const seen: Interleaving[] = [];
  for (const [index, size] of sizes.entries()) seen.push(await tear(checkRun, { ...size, index }, prepare));
  return seen;
}
