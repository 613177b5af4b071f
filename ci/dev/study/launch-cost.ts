import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { readText } from '../../../harness/environment/read-text.js';
import type { Driver, Launch } from '../../../harness/model/index.js';
import { childrenOf } from '../../../harness/os/os.js';
import { makeCase } from '../../../harness/plan/case-id.js';
import { seededRandom, shuffled } from '../../../harness/plan/random.js';
import { runLaunch } from '../../../harness/runner/run-launch.js';
import { quantileOfBins } from '../../../harness/stats/latency-bins.js';
import { medianEstimate } from '../../../harness/stats/order-statistics.js';
import { openSession, type Session } from '../../../harness/session/session.js';

// A development tool (CONTRIBUTING.md): what a launch costs beside its warm-up and window, of this build, and of
// another one in turns with it.

const CASES: readonly (readonly [transport: string, driver: Driver])[] = [
  ['pipe', 'native'],
  ['fifo', 'native'],
  ['socketpair-stream', 'native'],
  ['unix-stream', 'native'],
  ['unix-dgram', 'native'],
  ['tcp-loopback', 'native'],
  ['pipe', 'addon'],
  ['unix-stream', 'addon'],
  ['node-net', 'js'],
  ['node-ipc-json', 'js'],
  ['node-ipc-advanced', 'js'],
];

const RIG = { cpus: null, timeoutMs: 10_000, transportModules: [] } as const;

interface Build {
  readonly name: string;
  readonly session: Session;
  readonly runLaunch: typeof runLaunch;
}

interface Options {
  readonly against?: string;
  readonly launches: number;
  readonly warmup: number;
  readonly window: number;
}

await new Command('launch-cost')
  .argument('[case...]', 'transport/driver, such as pipe/native')
  .option('--against <folder>', 'another checkout of this package, built')
  .option('--launches <n>', 'of each case by each build', Number, 50)
  .option('--warmup <ms>', 'of each launch', Number, 1)
  .option('--window <ms>', 'of each launch', Number, 5)
  .action(async (named: string[], options: Options) => {
    const builds: readonly Build[] = [
      { name: 'this build', session: await openSession(RIG), runLaunch },
      ...(options.against === undefined ? [] : [await openOther(options.against)]),
    ];
    try {
      const cases = CASES.filter(
        ([transport, driver]) => named.length === 0 || named.includes(`${transport}/${driver}`),
      );
      if (cases.length === 0)
        throw new Error(`There is no case ${named.join(', ')}: name ${CASES.map((one) => one.join('/')).join(', ')}.`);
      process.stdout.write(
        `ms beside warm-up and window; ${options.launches} launches each, in turns; ratios of neighbours, ` +
          `median and interval; p25 of round trips\n`,
      );
      for (const [transport, driver] of cases) process.stdout.write(await rowOf(transport, driver, builds, options));
      process.stdout.write(`resident: ${[process.pid, ...childrenOf(process.pid)].map(memoryOf).join(', ')}\n`);
    } finally {
      for (const { session } of builds) session.close();
    }
  })
  .parseAsync();

async function rowOf(transport: string, driver: Driver, builds: readonly Build[], options: Options): Promise<string> {
  const random = seededRandom(1);
  const costsMs = builds.map((): number[] => []);
  const roundTripsNs = builds.map((): number[] => []);
  for (let index = 0; index < options.launches; index += 1) {
    for (const at of shuffled(
      builds.map((_, position) => position),
      random,
    )) {
      const build = builds[at] as Build;
      const { costMs, roundTripNs } = await measure(build, launchOf(transport, driver, index, options));
      costsMs[at]?.push(costMs);
      roundTripsNs[at]?.push(roundTripNs);
    }
  }
  const medians = costsMs.map((each, at) => `${builds[at]?.name} ${medianEstimate(each).value.toFixed(2)}`);
  const ratios = builds.length === 1 ? [] : [`ratio ${ratioOf(costsMs)}`, `round trips ${ratioOf(roundTripsNs)}`];
  return `${`${transport}/${driver}`.padEnd(26)} ${[...medians, ...ratios].join('   ')}\n`;
}

/** Of neighbours, ours over the other's: the median, with its interval. */
function ratioOf([own = [], other = []]: readonly (readonly number[])[]): string {
  const { value, low, high } = medianEstimate(own.map((figure, index) => figure / (other[index] ?? figure)));
  return `${value.toFixed(2)} [${low?.toFixed(2) ?? '?'}, ${high?.toFixed(2) ?? '?'}]`;
}

/** The p25 of the round trips is what a change of the peers' start must leave as it was. */
async function measure(
  build: Build,
  launch: Launch,
): Promise<{ readonly costMs: number; readonly roundTripNs: number }> {
  const outcome = await build.runLaunch(launch, build.session.context);
  if (outcome.kind !== 'sample')
    throw new Error(
      `A launch of ${launch.case.id} by ${build.name} ` +
        `broke: ${outcome.kind === 'failure' ? outcome.failure.message : outcome.reason}`,
    );
  const { wallNs, initiator } = outcome.sample;
  const roundTripNs = initiator.latency === null ? Number.NaN : (quantileOfBins(initiator.latency, 0.25) ?? Number.NaN);
  return { costMs: wallNs / 1e6 - launch.timing.warmupMs - launch.timing.windowMs, roundTripNs };
}

function launchOf(transport: string, driver: Driver, index: number, { warmup, window }: Options): Launch {
  const measured = makeCase({
    transport,
    driver,
    workload: 'ping-pong',
    sizeBytes: 64,
    placement: 'same-cpu',
    methodRevision: 1,
  });
  return { index, round: 0, case: measured, timing: { warmupMs: warmup, windowMs: window }, seed: index };
}

async function openOther(folder: string): Promise<Build> {
  const from = <T>(path: string): Promise<T> =>
    import(pathToFileURL(resolve(folder, 'dist/harness', path)).href) as Promise<T>;
  const session = await from<{ openSession: typeof openSession }>('cli/rig.js');
  const runner = await from<{ runLaunch: typeof runLaunch }>('runner/run-launch.js');
  return { name: folder, session: await session.openSession(RIG), runLaunch: runner.runLaunch };
}

function memoryOf(pid: number): string {
  const kibibytes = /^VmRSS:\s*(\d+) kB$/m.exec(readText(`/proc/${pid}/status`) ?? '')?.[1];
  return `${readText(`/proc/${pid}/comm`) ?? 'gone'} ${(Number(kibibytes) / 1024).toFixed(1)} MiB`;
}
