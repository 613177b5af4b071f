import { faultTable } from '../../suites/conformance/fault-injection/fault-table.js';
import {
  killMatrixPart,
  type JudgedPart,
  type NotedObservation,
} from '../../suites/conformance/fault-injection/kill-matrix-part.js';
import { observeRecorded, observeUntouched } from '../../suites/conformance/fault-injection/recorded-exchanges.js';
import { observeRecordedSystem } from '../../suites/conformance/fault-injection/systems/recorded-observations.js';
import { systemFaultTable, TEARDOWN } from '../../suites/conformance/fault-injection/systems/system-fault-table.js';
import type { KillMatrix, KillMatrixPart } from '../model/index.js';
import { outcomeOfReport } from '../outcome/report-outcome.js';
import { shellCommand } from '../model/shell-command.js';
import { moduleWords } from '../runner/repeat-command.js';
import { runFaults } from '../runner/run-faults.js';
import { runSystemFaults } from '../runner/run-system-faults.js';
import type { Conformance } from '../discovery/load-conformance.js';
import type { LoadedTransport } from '../discovery/load-transports.js';
import type { Progress } from '../session/progress.js';
import type { Session } from '../session/session.js';

export interface InjectionPlan {
  readonly seed: number;
  readonly transports: readonly LoadedTransport[];
  readonly thoroughness: 'quick' | 'thorough';
  /** Runs of each fault: on each transport, and under each procedure. */
  readonly repeat: number;
}

export interface InjectionResult {
  readonly matrix: KillMatrix;
  /** What was wrong, with the command that repeats it; one sentence a cell. */
  readonly wrong: readonly string[];
}

const MESSAGES = 400;
const RECORDINGS = 1000;
const UNTOUCHED = 10_000;
/**
 * Exchanges through a relay that does nothing wrong, on each transport, and runs of each procedure on a system that
 * tells no lie.
 */
const CONTROLS = 100;

/** Plants every fault that there is and asks who noticed. Rejects with the reason of an interruption. */
export async function injectFaults(
  injectionPlan: InjectionPlan,
  session: Session,
  progress: Progress,
): Promise<InjectionResult> {
  const { seed, transports, thoroughness, repeat } = injectionPlan;
  const isThorough = thoroughness === 'thorough';
  const add = (plantedInto: KillMatrixPart['plantedInto'], observed: readonly NotedObservation[]): void =>
    void parts.push(
      killMatrixPart(plantedInto, observed, TABLES[plantedInto], (one) =>
        repeatSelfTest(plantedInto, one, injectionPlan),
      ),
    );
  const before = (doing: string): void => progress.step(doing, null);
  const parts: JudgedPart[] = [];
  const { checks, procedures } = await session.conformance();
  if (isThorough) add('recordings', await recorded({ checks, procedures }, session.context.signal, before));
  const exchanges: NotedObservation[] = [];
  for (const loaded of transports) {
    const settings = {
      seed,
      messages: MESSAGES,
      repeat,
      transparentRepeat: isThorough ? CONTROLS : repeat,
      reach: isThorough ? 'full' : 'short',
    } as const;
    exchanges.push(...(await runFaults(loaded, { table: faultTable, checks, settings, before }, session.context)));
  }
  add('exchanges', exchanges);
  add(
    'system calls',
    await runSystemFaults(
      {
        table: systemFaultTable,
        procedures,
        settings: { seed, repeat, controlRepeat: isThorough ? CONTROLS : repeat, teardownId: TEARDOWN },
        before,
      },
      session.context,
    ),
  );
  const isAll = parts.every(({ part }) => part.isProven);
  return {
    matrix: { seed, isProven: isAll, parts: parts.map(({ part }) => part) },
    wrong: parts.flatMap(({ wrong }) => wrong),
  };
}

/**
 * The command that repeats what one observation shows. What is injected into system calls has nothing to do with the
 * transports named: one is named because without any name all are taken.
 */
export function repeatSelfTest(
  plantedInto: KillMatrixPart['plantedInto'],
  one: Pick<NotedObservation, 'transport' | 'seed'>,
  { seed, transports, thoroughness, repeat }: InjectionPlan,
): string {
  if (plantedInto === 'recordings') return `recording ${one.seed}`;
  const loaded = transports.find(({ transport }) => transport.name === one.transport) ?? transports[0];
  const named = loaded === undefined ? [] : [loaded.transport.name, ...moduleWords(loaded)];
  return shellCommand([
    'ipcbench',
    'self-test',
    ...named,
    '--seed',
    String(seed),
    ...(thoroughness === 'thorough' ? ['--thorough'] : []),
    '--repeat',
    String(repeat),
  ]);
}

// What was left behind is no matter of a judge, so no recording shows it.
const TABLES = {
  recordings: [...faultTable, ...systemFaultTable.filter(({ caughtBy }) => !caughtBy.includes(TEARDOWN))],
  exchanges: faultTable,
  'system calls': systemFaultTable,
} as const;

/** Judges alone, no process: every fault in as many recordings, and as many recordings times ten without one. */
async function recorded(
  { checks, procedures: loaded }: Conformance,
  signal: AbortSignal,
  before: (doing: string) => void,
): Promise<NotedObservation[]> {
  const observed: NotedObservation[] = [];
  const procedures = loaded.map(({ check }) => check);
  for (let seed = 0; seed < RECORDINGS; seed += 1) {
    before(`injecting faults into recordings (${seed + 1} of ${RECORDINGS})`);
    for (const { fault, framing } of faultTable) observed.push(...observeRecorded(checks, fault, framing, seed));
    observed.push(...observeRecordedSystem(systemFaultTable, procedures, seed));
    // An interruption is heard of between turns alone.
    if (seed % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
  }
  for (let seed = 0; seed < UNTOUCHED; seed += 1) observed.push(...observeUntouched(checks, seed));
  return observed;
}

export function exitCodeOf(killMatrix: KillMatrix): number {
  return outcomeOfReport({ verdicts: [], results: [], killMatrix }).exitCode;
}
