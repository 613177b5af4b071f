import * as v from 'valibot';
import { amount, count, instant, list, share, text } from './fields.js';
import { caseIdentity, driver, environment, noise, verdictKind, warning } from './shared-parts.js';

/**
 * A report as it lies on disk. harness/model/report.ts is the contract and this is its guard at the border: a test
 * holds the two to the same type, in both directions.
 *
 * Unknown fields are let through and dropped, so that a field may be added without raising the version; the version
 * rises when a reader of the old one would be misled.
 */
export const reportSchema = v.object({
  schema: v.literal('ipcbench-report'),
  version: v.literal(1),
  status: v.picklist(['running', 'complete', 'interrupted']),
  ipcbenchVersion: text(),
  command: list(v.string()),
  startedAt: instant(),
  finishedAt: v.nullable(instant()),
  seed: count(),
  environment: environment(),
  transports: list(transportRecord()),
  rounds: v.object({ planned: count(), completed: count() }),
  results: list(caseResult()),
  rankings: v.optional(list(ranking())),
  skipped: list(v.object({ caseId: text(), code: v.string(), reason: v.string() })),
  verdicts: list(verdict()),
  warnings: list(warning()),
  killMatrix: v.optional(killMatrix()),
  time: v.object({ totalMs: amount(), measuredMs: amount() }),
});

function killMatrix() {
  const row = v.object({
    // Not a closed list: a fault that is added later is no reason to refuse the report.
    fault: text(),
    framing: v.picklist(['message', 'stream', 'system']),
    checkId: text(),
    expected: v.picklist(['fail', 'pass', 'either']),
    cell: v.picklist(['caught', 'missed', 'false alarm', 'silent', 'undecided', 'free', 'unseen']),
    runs: count(),
    failed: count(),
    broken: count(),
  });
  return v.object({
    seed: count(),
    isProven: v.boolean(),
    parts: list(
      v.object({
        plantedInto: v.picklist(['recordings', 'exchanges', 'system calls']),
        isProven: v.boolean(),
        rows: list(row),
      }),
    ),
  });
}

function transportRecord() {
  return v.object({
    name: text(),
    summary: v.string(),
    guarantees: v.object({
      framing: v.picklist(['stream', 'message']),
      ordered: v.boolean(),
      reliable: v.boolean(),
      eof: v.boolean(),
      duplex: v.boolean(),
      atomicWriteBytes: v.nullable(count()),
      maxMessageBytes: v.nullable(count()),
      backpressure: v.picklist(['blocks', 'refuses', 'advises']),
    }),
    reference: v.nullable(v.string()),
  });
}

function caseResult() {
  return v.object({
    case: caseIdentity(),
    figure: v.picklist(['latency', 'throughput']),
    cpus: v.object({
      initiator: v.nullable(count()),
      responder: v.nullable(count()),
      relation: v.picklist(['same-cpu', 'smt', 'same-socket', 'cross-socket', 'unpinned']),
    }),
    latency: v.nullable(latencySummary()),
    throughput: v.nullable(v.object({ messagesPerSecond: estimate(), bytesPerSecond: estimate() })),
    costs: v.object({
      cpuNsPerMessage: v.nullable(amount()),
      syscallsPerMessage: v.nullable(amount()),
      voluntarySwitchesPerMessage: v.nullable(amount()),
      involuntarySwitchesPerMessage: v.nullable(amount()),
      runDelayNsPerMessage: v.nullable(amount()),
      maxRssBytes: v.object({ initiator: v.nullable(amount()), responder: v.nullable(amount()) }),
    }),
    launches: list(launchRecord()),
    failures: list(
      v.object({
        caseId: text(),
        launchIndex: count(),
        round: count(),
        message: v.string(),
        code: v.nullable(v.string()),
      }),
    ),
    method: v.string(),
  });
}

function latencySummary() {
  return v.object({
    count: count(),
    minNs: amount(),
    p50Ns: v.nullable(amount()),
    p90Ns: v.nullable(amount()),
    p99Ns: v.nullable(amount()),
    p999Ns: v.nullable(amount()),
    maxNs: amount(),
    overflow: count(),
    medianOfP50Ns: estimate(),
    histogram: v.string(),
  });
}

function launchRecord() {
  return v.object({
    index: count(),
    round: count(),
    messages: count(),
    windowNs: amount(),
    wallNs: amount(),
    p25Ns: v.nullable(amount()),
    p50Ns: v.nullable(amount()),
    p99Ns: v.nullable(amount()),
    maxNs: v.nullable(amount()),
    bytesPerSecond: v.nullable(amount()),
    cpuNs: v.nullable(amount()),
    syscalls: v.nullable(amount()),
    voluntarySwitches: v.nullable(amount()),
    involuntarySwitches: v.nullable(amount()),
    runDelayNs: v.nullable(amount()),
    noise: noise(),
  });
}

function ranking() {
  const { workload, driver: movedBy, placement, sizeBytes, verify, settings, methodRevision } = caseIdentity().entries;
  const entry = v.object({
    transport: text(),
    ratio: amount(),
    low: v.nullable(amount()),
    high: v.nullable(amount()),
    standing: v.picklist(['leader', 'tied', 'behind', 'undecided']),
    rank: v.object({ from: count(), to: count() }),
    detectable: v.nullable(amount()),
  });
  return v.object({
    workload,
    driver: movedBy,
    placement,
    sizeBytes,
    verify,
    settings,
    methodRevision,
    statistic: v.picklist(['p25', 'rate']),
    blocks: count(),
    confidence: share(),
    entries: list(entry),
  });
}

function verdict() {
  return v.object({
    id: text(),
    checkId: text(),
    transport: text(),
    driver: driver(),
    verdict: verdictKind(),
    level: v.picklist(['MUST', 'SHOULD', 'INFO']),
    promise: v.string(),
    source: v.object({ document: v.string(), quote: v.string() }),
    evidence: v.string(),
    teardown: v.picklist(['clean', 'unclean']),
    teardownEvidence: v.nullable(v.string()),
    expected: v.nullable(v.string()),
    procedure: v.nullable(v.string()),
    known: v.nullable(v.object({ link: v.string(), note: v.string() })),
    changed: v.nullable(v.string()),
    history: v.nullable(v.string()),
    command: v.string(),
  });
}

function estimate() {
  return v.object({
    value: amount(),
    low: v.nullable(amount()),
    high: v.nullable(amount()),
    confidence: v.nullable(share()),
  });
}
