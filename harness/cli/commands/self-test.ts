import type { Command } from 'commander';
import { faultTable } from '../../../suites/conformance/faults/fault-table.js';
import { isProven, killMatrix } from '../../../suites/conformance/faults/kill-matrix.js';
import { renderKillMatrix } from '../../../suites/conformance/faults/render-kill-matrix.js';
import { runFaults, type ObservedFault } from '../../runner/run-faults.js';
import { UserError } from '../../user-error.js';
import { parseCount } from '../parse-options.js';
import type { Invocation } from '../invocation.js';
import { Interruption } from '../interruption.js';
import { makeProgress } from '../progress.js';
import { selectTransports } from '../select.js';
import { openRig } from '../rig.js';
import { addSharedOptions, seedOf, rigOptions, splitTransports, type SharedOptions } from '../shared-options.js';
import { compareWithTwin } from '../../self-test/compare-with-twin.js';
import { renderSpeed } from '../../self-test/render-speed.js';

interface SelfTestOptions extends SharedOptions {
  readonly speed?: true;
  readonly repeat: number;
}

const MESSAGES = 400;

export function addSelfTest(program: Command, invocation: Invocation): void {
  const command = program
    .command('self-test [transport...]')
    .description('prove the checks: plant every fault into real exchanges here and see that each is caught, and by nothing that must not')
    .option('--speed', 'instead: compare the loops with the plainest C++ of the same work, interleaved (a checkout only; about 30 s)')
    .option('--repeat <n>', 'exchanges of each fault on each transport', (text) => parseCount(text, '--repeat', 1, 1000), 1)
    .addHelpText('after', '\nExample: ipcbench self-test unix-stream node-ipc-json --repeat 5');
  addSharedOptions(command).action(async (named: string[], options: SelfTestOptions) => {
    const { names, modules } = splitTransports(named, options);
    const rig = await openRig(rigOptions(options, modules));
    const progress = makeProgress(invocation.stderr);
    try {
      if (options.speed === true) {
        const placed = rig.place('same-cpu');
        if (placed.kind === 'impossible') throw new UserError(placed.reason, 5);
        const cpu = placed.cpus.initiator ?? 0;
        const speed = await compareWithTwin({ context: rig.context, twinPath: rig.twinPath, cpu }, (doing, leftMs) => progress.step(doing, leftMs));
        progress.done();
        invocation.stdout.write(renderSpeed(speed));
        invocation.exit(speed.isMet ? 0 : 1);
        return;
      }
      const seed = seedOf(options);
      const observed: ObservedFault[] = [];
      for (const loaded of selectTransports(names, rig.transports)) {
        observed.push(...(await runFaults(loaded, faultTable, rig.checks, { seed, messages: MESSAGES, repeat: options.repeat, reach: 'short' }, rig.context, (doing) => progress.step(doing, null))));
      }
      progress.done();
      const rows = killMatrix(observed);
      invocation.stdout.write(renderKillMatrix(rows));
      for (const row of rows.filter(({ cell }) => cell === 'missed' || cell === 'false alarm')) {
        const wrong = observed.find((one) => one.fault === row.fault && one.framing === row.framing && one.checkId === row.checkId && (one.verdict === 'fail') !== (row.cell === 'missed'));
        if (wrong !== undefined) invocation.stdout.write(`  ${wrong.transport}: ${wrong.verdict}: ${wrong.evidence} (ipcbench self-test ${wrong.transport} --seed ${seed})\n`);
      }
      invocation.exit(isProven(rows) ? 0 : 1);
    } catch (error) {
      progress.done();
      if (!(error instanceof Interruption)) throw error;
      invocation.stderr.write(`${error.message}\n`);
      invocation.exit(error.exitCode);
    } finally {
      rig.close();
    }
  });
}
