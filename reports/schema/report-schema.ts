import * as v from 'valibot';

/**
 * A report as it lies on disk. harness/model/report.ts is the contract and this is its guard at the border: a test holds
 * the two to the same type, in both directions.
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
  skipped: list(v.object({ caseId: text(), code: v.string(), reason: v.string() })),
  verdicts: list(verdict()),
  warnings: list(v.object({ code: text(), message: v.string(), hint: v.nullable(v.string()) })),
  time: v.object({ totalMs: amount(), measuredMs: amount() }),
});

function environment() {
  return v.object({
    os: v.object({
      platform: v.string(),
      kernel: v.string(),
      arch: v.string(),
      distribution: v.nullable(v.string()),
      libc: v.nullable(v.string()),
    }),
    cpu: v.object({
      model: v.string(),
      online: count(),
      allowed: list(count()),
      quota: v.nullable(amount()),
      smt: v.nullable(v.boolean()),
      sockets: v.nullable(count()),
      governor: v.nullable(v.string()),
      hypervisor: v.nullable(v.string()),
      mitigations: v.record(v.string(), v.string()),
      clocksource: v.nullable(v.string()),
    }),
    memoryBytes: amount(),
    container: v.nullable(v.string()),
    runtime: v.object({ name: v.string(), version: v.string(), v8: v.nullable(v.string()), libuv: v.nullable(v.string()) }),
    native: v.nullable(v.object({ version: v.string(), compiler: v.string(), sha256: v.string() })),
    limits: v.record(v.string(), v.string()),
    fingerprint: v.string(),
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
    case: v.object({
      id: text(),
      transport: text(),
      driver: driver(),
      workload: text(),
      sizeBytes: count(),
      placement: v.picklist(['same-cpu', 'cross-cpu', 'free']),
      verify: v.picklist(['header', 'full']),
      methodRevision: count(),
    }),
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
      v.object({ caseId: text(), launchIndex: count(), round: count(), message: v.string(), code: v.nullable(v.string()) }),
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
    noise: v.object({ cpuPressureUs: v.nullable(amount()), stealTicks: v.nullable(amount()), load1: v.nullable(amount()) }),
  });
}

function verdict() {
  return v.object({
    id: text(),
    checkId: text(),
    transport: text(),
    driver: driver(),
    verdict: v.picklist(['pass', 'fail', 'deviation', 'info', 'skip', 'broken']),
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
    confidence: v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  });
}

function driver() {
  return v.picklist(['native', 'addon', 'js']);
}

/** The model's lists are readonly, and so is what comes out of the parser. */
function list<const Item extends v.GenericSchema>(item: Item) {
  return v.pipe(v.array(item), v.readonly());
}

function text() {
  return v.pipe(v.string(), v.minLength(1));
}

/** `Date.prototype.toISOString`. */
function instant() {
  return v.pipe(v.string(), v.isoTimestamp());
}

function amount() {
  return v.pipe(v.number(), v.minValue(0));
}

/** Whole numbers; histograms count beyond 2^31, never beyond 2^53. */
function count() {
  return v.pipe(v.number(), v.integer(), v.minValue(0));
}
