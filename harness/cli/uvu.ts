import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import { faultTable } from '../../suites/conformance/faults/fault-table.js';
import { killMatrix } from '../../suites/conformance/faults/kill-matrix.js';
import type { Verdict } from '../model/index.js';
import { checkTransport } from '../runner/run-checks.js';
import { runFaults } from '../runner/run-faults.js';
import { loadChecks } from '../suites/load-checks.js';
import { openRig, type Rig } from './rig.js';
import type { LoadedTransport } from '../suites/load-transports.js';

export interface ConformanceOptions {
  /** Messages of each exchange; 2,000 unless told. */
  readonly messages?: number;
  /** Repeats a run: the payloads, their sizes and where faults are planted. */
  readonly seed?: number;
  /** Longest time without a message, ms; 30,000 unless told. */
  readonly stallMs?: number;
}

/**
 * Declares and runs a uvu suite that holds a transport of your own to what its `guarantees` promise: order, loss, duplication,
 * every byte, boundaries, end of file; then plants every fault into it, to show that these tests can fail.
 * `module` is the file URL (or path) of a module that default-exports a transport, as `--transport` takes it.
 *
 *     import { conformance } from 'ipcbench/uvu';
 *     await conformance(new URL('./my-transport.js', import.meta.url));
 */
export async function conformance(module: URL | string, options: ConformanceOptions = {}): Promise<void> {
  const path = typeof module === 'string' ? module : fileURLToPath(module);
  const { messages = 2000, seed = 1, stallMs = 30_000 } = options;
  const checks = await loadChecks();
  const test = suite(`conformance of ${path}`);
  let rig: Rig | null = null;
  let loaded: LoadedTransport | undefined;
  let verdicts: ReadonlyMap<string, Verdict> = new Map();

  test.before(async () => {
    rig = await openRig({ cpus: null, timeoutMs: 10_000, transportModules: [path] });
    loaded = rig.transports.find((one) => one.origin === 'user');
    if (loaded === undefined) throw new Error(`${path} gave no transport.`);
    const free = { initiator: null, responder: null, relation: 'unpinned' } as const;
    const checked = await checkTransport(loaded, checks, { messages, seed, stallMs, cpus: free }, rig.context);
    verdicts = new Map(checked.verdicts.map((verdict) => [verdict.checkId, verdict]));
  });
  test.after(() => rig?.close());

  for (const { id, promise } of checks) {
    test(`${id}: ${promise}`, () => {
      const verdict = verdicts.get(id);
      if (verdict === undefined) throw new Error('It was not checked.');
      // What the transport does not promise is nothing to hold it to.
      if (verdict.verdict !== 'pass' && verdict.verdict !== 'skip') throw new Error(`${verdict.verdict}: ${verdict.evidence}`);
      if (verdict.teardown === 'unclean') throw new Error(verdict.teardownEvidence ?? 'Something was left behind.');
    });
  }
  test('every fault that is planted is caught, and none is seen where there is none', async () => {
    if (rig === null || loaded === undefined) throw new Error('The transport was not loaded.');
    const observed = await runFaults(loaded, faultTable, checks, { seed, messages: 400, repeat: 1, transparentRepeat: 1, reach: 'short' }, rig.context, () => undefined);
    const wrong = killMatrix(observed).filter(({ cell }) => cell === 'missed' || cell === 'false alarm');
    if (wrong.length > 0) throw new Error(wrong.map(({ cell, fault, checkId }) => `${cell}: ${fault} by ${checkId}`).join('; '));
  });
  test.run();
}
