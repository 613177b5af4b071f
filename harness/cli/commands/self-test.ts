import { join } from 'node:path';
import type { Command } from 'commander';
import { renderKillMatrix } from '../../../suites/conformance/fault-injection/render-kill-matrix.js';
import type { KillMatrix, Report } from '../../model/index.js';
import { makePlan } from '../../plan/plan.js';
import { assembleReport } from '../../runner/assemble-report.js';
import { compareWithReference } from '../../loop-speed/compare-with-reference.js';
import { renderSpeed } from '../../loop-speed/render-speed.js';
import { UserError } from '../../user-error.js';
import { renderFiles } from '../finish.js';
import { Interruption } from '../../session/interruption.js';
import type { Invocation } from '../invocation.js';
import { parseCount } from '../parse-options.js';
import { exitCodeOf, injectFaults } from '../../self-test/inject-faults.js';
import { makeProgress } from '../progress.js';
import { openSession, type Session } from '../../session/session.js';
import { prepareOutput, saveFile } from '../../saving/save-file.js';
import { namesWithModules, selectTransports } from '../../discovery/select.js';
import { addSharedOptions, rigOptions, seedOf, splitTransports, type SharedOptions } from '../shared-options.js';

interface SelfTestOptions extends Omit<SharedOptions, 'out'> {
  readonly out?: string;
  readonly speed?: true;
  readonly thorough?: true;
  readonly repeat?: number;
}

const THOROUGH_REPEAT = 20;
/** No figure is taken here, so patience with a loaded machine costs nothing. */
const TIMEOUT_MS = 30_000;

export function addSelfTest(program: Command, invocation: Invocation): void {
  const command = program
    .command('self-test [transport...]')
    .description(
      'test the checks themselves: inject every known fault, into exchanges and into system calls, and verify that ' +
        'exactly the expected checks fail',
    )
    .option(
      '--thorough',
      `every fault in 1000 recordings and ${THOROUGH_REPEAT} times in real processes; 10,000 recordings and 100 ` +
        'exchanges per transport without a fault; 14 min on two idle CPUs, 42 min on two busy ones',
    )
    .option(
      '--speed',
      'instead: compare the speed of the loops with a plain C++ reference, interleaved (checkout only; about 30 s)',
    )
    .option(
      '--repeat <n>',
      `runs of each fault on each transport and each specific check (default: 1; ${THOROUGH_REPEAT} with --thorough)`,
      (text) => parseCount(text, '--repeat', 1, 1000),
    )
    .addHelpText('after', '\nExample: ipcbench self-test unix-stream node-ipc-json --repeat 5');
  addSharedOptions(command, {
    out: { default: undefined, holds: 'report.json, report.html and report.md go, if anywhere' },
    timeoutMs: TIMEOUT_MS,
  }).action(async (named: string[], options: SelfTestOptions) => {
    const { names, modules } = splitTransports(named, options);
    const session = await openSession(rigOptions(options, modules));
    const progress = makeProgress(invocation.stderr);
    try {
      if (options.speed === true) return await testSpeed(session, progress, invocation);
      const seed = seedOf(options);
      const startedAt = new Date();
      const thoroughness = options.thorough === true ? 'thorough' : 'quick';
      const repeat = options.repeat ?? (thoroughness === 'thorough' ? THOROUGH_REPEAT : 1);
      const { matrix, wrong } = await injectFaults(
        {
          seed,
          transports: selectTransports(namesWithModules(names, session.transports), session.transports),
          thoroughness,
          repeat,
        },
        session,
        progress,
      );
      progress.done();
      const report = reportOf(matrix, session, invocation, startedAt);
      invocation.stdout.write(
        options.json === true
          ? `${JSON.stringify(report)}\n`
          : `${renderKillMatrix(matrix)}${wrong.map((sentence) => `  ${sentence}\n`).join('')}`,
      );
      if (options.out !== undefined) {
        prepareOutput(options.out);
        saveFile(join(options.out, 'report.json'), `${JSON.stringify(report)}\n`);
        await renderFiles(report, options.out);
      }
      invocation.exit(exitCodeOf(matrix));
    } catch (error) {
      progress.done();
      if (!(error instanceof Interruption)) throw error;
      invocation.stderr.write(`${error.message}\n`);
      invocation.exit(error.exitCode);
    } finally {
      session.close();
    }
  });
}

async function testSpeed(
  session: Session,
  progress: ReturnType<typeof makeProgress>,
  invocation: Invocation,
): Promise<void> {
  const placed = session.place('same-cpu');
  if (placed.kind === 'impossible') throw new UserError(placed.reason, 5);
  const cpu = placed.cpus.initiator ?? 0;
  const speed = await compareWithReference(
    { context: session.context, referencePath: session.referencePath, cpu },
    (doing, leftMs) => progress.step(doing, leftMs),
  );
  progress.done();
  invocation.stdout.write(renderSpeed(speed));
  invocation.exit(speed.isMet ? 0 : 1);
}

/** The same report as of any run, with nothing measured and the kill matrix in it. */
function reportOf(matrix: KillMatrix, session: Session, invocation: Invocation, startedAt: Date): Report {
  const finishedAt = new Date();
  const report = assembleReport({
    ipcbenchVersion: session.version,
    command: invocation.argv,
    startedAt,
    finishedAt,
    status: 'complete',
    seed: matrix.seed,
    environment: session.environment,
    transports: session.transports.map((loaded) => loaded.transport),
    plan: makePlan({ selections: [], seed: matrix.seed, platform: process.platform, placementProblem: () => null }),
    results: [],
    rankings: [],
    skipped: [],
    roundsCompleted: 0,
    verdicts: [],
    warnings: session.warnings,
    totalMs: finishedAt.getTime() - startedAt.getTime(),
    measuredMs: 0,
    checkedMs: 0,
  });
  return { ...report, killMatrix: matrix };
}
