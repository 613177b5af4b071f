import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import * as v from 'valibot';
import type { Report } from '../../../harness/model/index.js';

/** The launches of one column, block by block, as a run recorded them. */
export interface BlockRecording {
  /** The column: `native/ping-pong/64B/same-cpu`. */
  readonly column: string;
  /** What else ran on the machine. */
  readonly load: string;
  /** The same transport under several names: whatever is told apart in it is a false alarm. */
  readonly isNull: boolean;
  readonly machine: string;
  readonly windowMs: number;
  readonly transports: readonly string[];
  /** For each block and transport ns a round trip at its 25th percentile and its median, or twice ns a KiB. */
  readonly blocks: readonly (readonly (readonly [p25: number, p50: number])[])[];
}

const schema = v.object({
  column: v.string(),
  load: v.string(),
  isNull: v.boolean(),
  machine: v.string(),
  windowMs: v.number(),
  transports: v.array(v.string()),
  blocks: v.array(v.array(v.tuple([v.number(), v.number()]))),
});

/** JSON lines, gzipped or not; throws for a line that is none. */
export function readBlockRecordings(path: string): BlockRecording[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => v.parse(schema, JSON.parse(line)));
}

/**
 * The columns of a report as lines of a recording. Blocks in which a launch broke are left out: here it is asked what
 * is told of those that did not.
 */
export function recordingsOf(report: Report, load: string, isNull: boolean): BlockRecording[] {
  const columns = new Map<string, Report['results'][number][]>();
  for (const result of report.results) {
    const column = result.case.id.slice(result.case.transport.length + 1);
    columns.set(column, [...(columns.get(column) ?? []), result]);
  }
  return [...columns].map(([column, results]): BlockRecording => {
    const byRound = results.map((result) => new Map(result.launches.map((launch) => [launch.round, launch])));
    const rounds = [...(byRound[0]?.keys() ?? [])].filter((round) => byRound.every((launches) => launches.has(round)));
    const nsPerKiB = (rate: number): number => Number(((1024 * 1e9) / rate).toPrecision(4));
    const blocks = rounds.map((round) =>
      byRound.map((launches): [number, number] => {
        const launch = launches.get(round);
        if (launch?.p50Ns != null && launch.p25Ns != null) return [launch.p25Ns, launch.p50Ns];
        const ns = nsPerKiB(launch?.bytesPerSecond ?? 0);
        return [ns, ns];
      }),
    );
    return {
      column,
      load,
      isNull,
      machine:
        `${report.environment.cpu.model}, ${report.environment.cpu.online} CPUs, ` +
        `Linux ${report.environment.os.kernel}`,
      windowMs: Number(/window of ([\d.]+) ms/.exec(results[0]?.method ?? '')?.[1] ?? 0),
      transports: results.map((result) => result.case.transport),
      blocks,
    };
  });
}
