import type { Case, LaunchRecord, Noise } from '../../harness/model/index.js';
import type { GateProgress, GatePorts, PairOutcome, Side } from './run-gate.js';

export const QUIET: Noise = { cpuPressureUs: 0, stealTicks: 0, load1: 0 };

export function simulatedCase(id: string, more: Partial<Case> = {}): Case {
  return {
    id,
    transport: id.split('/')[0] ?? id,
    driver: 'native',
    workload: 'ping-pong',
    sizeBytes: 64,
    placement: 'same-cpu',
    verify: 'header',
    methodRevision: 1,
    ...more,
  };
}

/** A launch of a thousand round trips, `roundTripNs` each, whose counts are as steady as they are in truth. */
export function simulatedLaunch(roundTripNs: number, more: Partial<LaunchRecord> = {}): LaunchRecord {
  const messages = 1000;
  return {
    index: 0,
    round: 0,
    messages,
    windowNs: roundTripNs * messages,
    wallNs: roundTripNs * messages,
    p25Ns: roundTripNs,
    p50Ns: roundTripNs,
    p99Ns: null,
    maxNs: null,
    bytesPerSecond: null,
    cpuNs: roundTripNs * messages,
    syscalls: 4 * messages,
    voluntarySwitches: 2 * messages,
    involuntarySwitches: 0,
    runDelayNs: 0,
    noise: QUIET,
    ...more,
  };
}

export interface AskedPair {
  readonly caseId: string;
  readonly first: Side;
  readonly seed: number;
}

export interface SimulatedPorts extends GatePorts {
  /** Every pair that was asked for, in order. */
  readonly asked: AskedPair[];
  /** What `afterLook` was given. */
  readonly saved: GateProgress[];
}

export interface SimulatedPortsOptions {
  /** What becomes of a pair; `attempt` counts those of this case from 0. Default: a pair of equal launches. */
  outcome?(one: Case, attempt: number): PairOutcome;
  /** By how much one pair moves the clock. Default 70. */
  readonly pairMs?: number;
}

/** A world in which a pair costs no time, and the clock says what it would have. */
export function simulatedPorts({
  outcome = () => equalPair(),
  pairMs = 70,
}: SimulatedPortsOptions = {}): SimulatedPorts {
  const asked: AskedPair[] = [];
  const saved: GateProgress[] = [];
  let nowMs = 5000;
  return {
    asked,
    saved,
    nowMs: () => nowMs,
    runPair: async (one, first, seed) => {
      const attempt = asked.filter((pair) => pair.caseId === one.id).length;
      asked.push({ caseId: one.id, first, seed });
      nowMs += pairMs;
      return outcome(one, attempt);
    },
    afterLook: (progress) => void saved.push(structuredClone(progress)),
  };
}

export const equalPair = (): PairOutcome => pairOf(simulatedLaunch(8000), simulatedLaunch(8000));

/** Head takes `share` longer for everything that is a time; counts stay. */
export const worsePair = (share: number): PairOutcome =>
  pairOf(simulatedLaunch(8000), simulatedLaunch(8000 * (1 + share)));

export const pairOf = (base: LaunchRecord, head: LaunchRecord): PairOutcome => ({
  kind: 'sample',
  sample: { base, head, noise: QUIET },
});
