import { Command, CommanderError } from 'commander';
import { printableLines } from '../../reports/printable.js';
import { packageVersion } from '../package-root.js';
import { loadSettings } from '../discovery/load-settings.js';
import { loadWorkloads } from '../discovery/load-workloads.js';
import { UserError, type ExitCode } from '../user-error.js';
import { addAll } from './commands/all.js';
import { addBench } from './commands/bench.js';
import { addBuild } from './commands/build.js';
import { addCheck } from './commands/check.js';
import { addCompare } from './commands/compare.js';
import { addGate } from './commands/gate.js';
import { addList } from './commands/list.js';
import { addReport } from './commands/report.js';
import { addSelfTest } from './commands/self-test.js';
import { worstExitCode } from './exit-code.js';
import { Interruption, interruptionSignal } from '../session/interruption.js';
import type { Invocation } from './invocation.js';
import { watchOutput } from './output-streams.js';
import { systemReason } from '../saving/system-reason.js';
import { rescueUnsaved } from '../saving/unsaved.js';

/** Runs one command line and resolves with the exit status. Never throws for what a user can mend. */
export async function main(argv: readonly string[]): Promise<number> {
  let status = 0;
  const [workloads, settings] = await Promise.all([loadWorkloads(), loadSettings()]);
  const invocation: Invocation = {
    workloads,
    settings,
    argv: ['ipcbench', ...argv],
    stdout: process.stdout,
    stderr: process.stderr,
    exit: (code) => {
      status = code;
    },
  };
  const output = watchOutput(process.stdout, process.stderr);
  try {
    await makeProgram(invocation).parseAsync([...argv], { from: 'user' });
  } catch (error) {
    status = explain(error);
  }
  status = interruptedAfterwards(status);
  // Whatever way it ended: what was measured and could not be saved, or was not printed, is told, and is not success.
  const lost = await output.lost();
  const problems = [...rescueUnsaved(), ...(lost === null ? [] : [lost])];
  for (const problem of problems) complain(problem);
  return problems.length === 0 ? status : worseOf(status, 5);
}

/** A signal's number stays: it says how the command ended. */
function worseOf(status: number, other: ExitCode): number {
  return status > 128 ? status : worstExitCode([status as ExitCode, other]);
}

function complain(message: string): void {
  process.stderr.write(`${printableLines(message)}\n`);
}

/**
 * A signal that came when the run was over, while charts were drawn, say: what asked for an end is told that it was
 * heard.
 */
function interruptedAfterwards(status: number): number {
  const { reason } = interruptionSignal();
  if (!(reason instanceof Interruption) || status === reason.exitCode) return status;
  process.stderr.write(
    `${reason.message} It came after the last measurement: all results are saved, but some files may ` +
      'not have been drawn.\n',
  );
  return reason.exitCode;
}

function makeProgram(invocation: Invocation): Command {
  const program = new Command('ipcbench')
    .description('Measure the latency and throughput of local IPC transports, and check what each of them guarantees.')
    .version(packageVersion())
    .showHelpAfterError("('ipcbench --help' lists the commands)")
    .configureHelp({ sortOptions: false, showGlobalOptions: false })
    .addHelpText(
      'after',
      [
        '',
        'Start with:  npx ipcbench all',
        'Exit status: 0 success · 1 a check or a gate failed · 2 wrong usage, or nothing matched · 3 nothing ' +
          'comparable',
        '             4 inconclusive (--fail-on) · 5 a launch failed or a check is undecided · 6 improved (--fail-on)',
        '             129, 130, 131, 143 after SIGHUP, SIGINT, SIGQUIT, SIGTERM',
      ].join('\n'),
    );
  // Before the subcommands are added: they inherit it.
  program.exitOverride().configureOutput({ writeErr: (text) => process.stderr.write(printableLines(text)) });
  program.hook('preAction', refuseLostDirectory);
  for (const add of [addAll, addBench, addCheck, addCompare, addGate, addReport, addList, addSelfTest, addBuild])
    add(program, invocation);
  return program;
}

/** Every relative path, and every process that is started, begins in the working directory. */
function refuseLostDirectory(): void {
  try {
    process.cwd();
  } catch (cause) {
    const isGone = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const what = isGone
      ? 'no longer exists'
      : `cannot be read (${systemReason(cause) ?? String(cause)}): its path may be longer than the 4096 ` +
        'bytes that Linux allows';
    throw new UserError(`The working directory ${what}. Change to another one (cd) and run it again.`, 2, { cause });
  }
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has printed its sentence already. Help and version end with 0; a missing command with its help and 1.
    return error.exitCode === 0 ? 0 : 2;
  }
  if (error instanceof UserError) {
    complain(error.message);
    return error.exitCode;
  }
  if (error instanceof Interruption) {
    // One that came while a run has something to show is an outcome of that run, and does not come here.
    complain(`${error.message} Nothing was measured.`);
    return error.exitCode;
  }
  // No user's mistake: the stack is what whoever mends it needs.
  complain(
    'Internal error. This is a bug in ipcbench; please report it:\n' +
      `${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  return 5;
}
