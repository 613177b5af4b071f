import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import type { Ranking, Report } from '../../../harness/model/index.js';
import { parseReport } from '../../../reports/schema/parse-report.js';

// Does `ipcbench all` give the same answer each time? Runs it again and again, some of the runs beside a process that
// never rests, and counts in how many the known orders are told, and whether any two runs contradict each other.
//
//   npm run study:all -- --runs 20 --loaded 6 --out runs        half an hour
//   npm run study:all -- --runs 10 --loaded 0 --out short -- --time-budget 45s
//   npm run study:all -- --count 20 --out runs                  the table of runs that are there

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '20' },
    loaded: { type: 'string', default: '6' },
    out: { type: 'string', default: 'runs' },
    count: { type: 'string' },
  },
});

/** Each of the first must be told to be faster than each of the second. */
interface Order {
  readonly name: string;
  readonly column: { readonly workload: string; readonly sizeBytes: number; readonly placement: string };
  readonly faster: RegExp;
  readonly slower: RegExp;
}

const SOCKETS = /^(socketpair|unix)-/;
const ORDERS: readonly Order[] = [
  {
    name: '64 B round trip, same CPU: pipe and fifo before every socket',
    column: { workload: 'ping-pong', sizeBytes: 64, placement: 'same-cpu' },
    faster: /^(pipe|fifo)$/,
    slower: SOCKETS,
  },
  {
    name: '64 B round trip, two CPUs: stream transports before datagram and seqpacket',
    column: { workload: 'ping-pong', sizeBytes: 64, placement: 'cross-cpu' },
    faster: /^(pipe|fifo|.*-stream)$/,
    slower: /-(dgram|seqpacket)$/,
  },
  {
    name: '64 KiB stream, same CPU: every socket before pipe and fifo',
    column: { workload: 'stream', sizeBytes: 65_536, placement: 'same-cpu' },
    faster: SOCKETS,
    slower: /^(pipe|fifo)$/,
  },
  {
    name: '64 KiB stream, same CPU: message sockets before stream sockets',
    column: { workload: 'stream', sizeBytes: 65_536, placement: 'same-cpu' },
    faster: /-(dgram|seqpacket)$/,
    slower: /-stream$/,
  },
];

const runs = Number(values.count ?? values.runs);
mkdirSync(values.out, { recursive: true });
const reports: Report[] = [];
for (let index = 0; index < runs; index += 1) {
  const folder = join(values.out, String(index));
  if (values.count === undefined) await measure(folder, index >= runs - Number(values.loaded));
  reports.push(parseReport(readFileSync(join(folder, 'report.json'), 'utf8')));
}
for (const { name, column, faster, slower } of ORDERS) {
  const told = reports.filter((report) => isTold(rankingOf(report, column), faster, slower));
  console.log(`${name}: told in ${told.length} of ${reports.length}`);
}
const contradictions = contradictionsOf(reports);
console.log(
  `pairs that two runs told opposite ways: ${contradictions.length === 0 ? 'none' : contradictions.join('; ')}`,
);

async function measure(folder: string, isLoaded: boolean): Promise<void> {
  const load = isLoaded ? execa(process.execPath, ['-e', 'for (;;);'], { reject: false }) : null;
  const startedMs = performance.now();
  try {
    const { exitCode } = await execa('npx', ['ipcbench', 'all', '--out', folder, ...positionals], {
      reject: false,
      stdout: 'ignore',
      stderr: 'ignore',
    });
    const wall = (performance.now() - startedMs) / 1000;
    const { time, results } = parseReport(readFileSync(join(folder, 'report.json'), 'utf8'));
    const native = results.filter((result) => result.case.driver === 'native').map((result) => result.launches.length);
    console.log(
      `${folder}${isLoaded ? ' (loaded)' : ''}: exit ${exitCode}, ${wall.toFixed(1)} ` +
        `s, ${((100 * time.measuredMs) / time.totalMs).toFixed(1)} % of ${(time.totalMs / 1000).toFixed(1)} s ` +
        `measured or checked, ${Math.min(...native)} to ${Math.max(...native)} native launches a case`,
    );
  } finally {
    load?.kill('SIGKILL');
    await load;
  }
}

function rankingOf(report: Report, { workload, sizeBytes, placement }: Order['column']): Ranking | undefined {
  return report.rankings?.find(
    (ranking) =>
      ranking.driver === 'native' &&
      ranking.workload === workload &&
      ranking.sizeBytes === sizeBytes &&
      ranking.placement === placement,
  );
}

/** From the ranks: whoever is told to be faster comes earlier, whatever place either holds. */
function isTold(ranking: Ranking | undefined, faster: RegExp, slower: RegExp): boolean {
  const lastOfFaster = Math.max(
    0,
    ...(ranking?.entries ?? []).filter(({ transport }) => faster.test(transport)).map(({ rank }) => rank.to),
  );
  const firstOfSlower = Math.min(
    Number.POSITIVE_INFINITY,
    ...(ranking?.entries ?? []).filter(({ transport }) => slower.test(transport)).map(({ rank }) => rank.from),
  );
  return lastOfFaster > 0 && Number.isFinite(firstOfSlower) && lastOfFaster < firstOfSlower;
}

function contradictionsOf(all: readonly Report[]): string[] {
  const ways = new Map<string, number>();
  const found = new Set<string>();
  for (const report of all) {
    for (const { workload, driver, placement, sizeBytes, entries } of report.rankings ?? []) {
      for (const a of entries) {
        for (const b of entries) {
          if (a.rank.to >= b.rank.from) continue;
          const [first, second] = [a.transport, b.transport].sort();
          const key = `${driver}/${workload}/${sizeBytes}/${placement}: ${first} and ${second}`;
          const way = first === a.transport ? 1 : -1;
          if ((ways.get(key) ?? way) !== way) found.add(key);
          ways.set(key, way);
        }
      }
    }
  }
  return [...found];
}
