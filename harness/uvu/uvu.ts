import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import { faultTable } from '../../suites/conformance/fault-injection/fault-table.js';
import { killMatrixPart } from '../../suites/conformance/fault-injection/kill-matrix-part.js';
import type { DeliveryCheck, Verdict } from '../model/index.js';
import { STALL_MS } from '../runner/check-costs.js';
import { runConformance } from '../runner/run-conformance.js';
import { runFaults } from '../runner/run-faults.js';
import { loadChecks } from '../discovery/load-checks.js';
import type { LoadedTransport } from '../discovery/load-transports.js';
import { repeatSelfTest } from '../self-test/inject-faults.js';
import { openSession, type Session } from '../session/session.js';

export interface ConformanceOptions {
  /** Messages of each exchange; 2,000 unless told. */
  readonly messages?: number;
  /** Repeats a run: the payloads, their sizes and where faults are injected. */
  readonly seed?: number;
  /** Longest time without a message, ms; 30,000 unless told. */
  readonly stallMs?: number;
}

/**
 * Loaded with this module: a suite has to name its tests in the turn in which it is declared, or uvu goes on without
 * it.
 */
const checks = await loadChecks();

/** Suites hold their processes and descriptors against what was there before, so that one of them runs at a time. */
let lastSuite: Promise<void> = Promise.resolve();

/** uvu takes a suite that throws before its first test, or that it never came to, for one that passed. */
const unfinished = new Set<string>();
let hasFailed = false;
process.on('exit', () => {
  for (const name of unfinished) {
    process.stderr.write(`${name} did not finish, so it has no result. `);
    process.stderr.write('Declare it before uvu runs the file: await conformance(…) at its top level.\n');
  }
  if (unfinished.size > 0 || hasFailed) process.exitCode ||= 1;
});

/**
 * Declares and runs a uvu suite that holds a transport of your own to what its `guarantees` promise: order, loss,
 * duplication, every byte, boundaries, end of file, through each driver it has; then injects every fault into it, to
 * show that these tests can fail.
 * `module` is the file URL (or path) of a module that default-exports a transport, as `--transport` takes it.
 *
 *     import { conformance } from 'ipcbench/uvu';
 *     await conformance(new URL('./my-transport.js', import.meta.url));
 */
export async function conformance(module: URL | string, options: ConformanceOptions = {}): Promise<void> {
  const path = module instanceof URL || module.startsWith('file:') ? fileURLToPath(module) : module;
  const { messages = 2000, seed = 1, stallMs = STALL_MS } = options;
  const name = `conformance of ${path}`;
  const test = suite(name);
  const before = lastSuite;
  let end = (): void => undefined;
  lastSuite = new Promise((resolve) => (end = resolve));
  unfinished.add(name);
  let session: Session | null = null;
  let checked: { readonly loaded: LoadedTransport; readonly verdicts: readonly Verdict[] } | null = null;

  const declare = (title: string, run: () => Promise<void> | void): void =>
    test(title, async () => {
      try {
        await run();
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    });

  // A test, not a hook: uvu does not report what a hook throws.
  declare('its module loads, and each of its drivers is checked', async () => {
    await before;
    session = await openSession({ cpus: null, timeoutMs: 10_000, transportModules: [path] }).catch((error: unknown) => {
      throw new Unproven(error instanceof Error ? error.message : String(error));
    });
    const loaded = session.transports.find((one) => one.origin === 'user');
    if (loaded === undefined) throw new Unproven(`${path} does not export a transport.`);
    const verdicts: Verdict[] = [];
    const plan = {
      transports: [loaded],
      checks,
      delivery: { messages, seed, stallMs },
      checkRuns: [],
      procedures: { seed, scale: 'quick' },
    } as const;
    await runConformance(plan, session, { take: (verdict) => void verdicts.push(verdict) });
    checked = { loaded, verdicts };
  });
  for (const check of checks) {
    declare(`${check.id}: ${check.guarantee}`, () => {
      if (checked === null) throw new Unproven(NOT_CHECKED);
      holdTo(check, checked.loaded, checked.verdicts);
    });
  }
  declare('every injected fault is detected, without false alarms', async () => {
    if (session === null || checked === null) throw new Unproven(NOT_CHECKED);
    if (checked.verdicts.some(({ verdict }) => verdict === 'fail' || verdict === 'broken'))
      throw new Unproven(NOT_PLANTED);
    const settings = { seed, messages: 400, repeat: 1, transparentRepeat: 1, reach: 'short' } as const;
    const observed = await runFaults(
      checked.loaded,
      { table: faultTable, checks, settings, before: () => undefined },
      session.context,
    );
    const injectionPlan = { seed, transports: [checked.loaded], thoroughness: 'quick', repeat: 1 } as const;
    const { part, wrong } = killMatrixPart('exchanges', observed, faultTable, (one) =>
      repeatSelfTest('exchanges', one, injectionPlan),
    );
    if (!part.isProven) throw new Unproven(wrong.join('; ') || 'No fault was injected that a check has to detect.');
  });
  test.after(() => {
    unfinished.delete(name);
    session?.close();
    end();
  });
  test.run();
}

const NOT_CHECKED = 'It was not checked; the first test of this suite shows the reason.';
const NOT_PLANTED = 'No fault was injected, because the transport fails without one (see above).';

/** Throws what keeps the transport from having kept this promise, through any of its drivers. */
function holdTo(check: DeliveryCheck, { transport }: LoadedTransport, verdicts: readonly Verdict[]): void {
  const found = verdicts.filter(({ checkId }) => checkId === check.id);
  if (found.length === 0) throw new Unproven('It was not checked.');
  const wrong = found.flatMap(({ driver, verdict, evidence, teardown, teardownEvidence }) => {
    // What the transport does not promise is nothing to hold it to. Any other skip is a promise that nobody looked at.
    const isSettled = verdict === 'pass' || (verdict === 'skip' && !check.appliesTo(transport.guarantees));
    if (!isSettled) return [`${driver}: ${verdict}: ${evidence}`];
    return teardown === 'unclean' ? [`${driver}: ${teardownEvidence ?? 'Something was left behind.'}`] : [];
  });
  if (wrong.length > 0) throw new Unproven(wrong.join(' '));
}

/** Its stack would lead into this file, where the author of a transport has nothing to look for. */
class Unproven extends Error {
  constructor(message: string) {
    super(message);
    this.stack = `Error: ${message.replaceAll('\n', ' ')}`;
  }
}
