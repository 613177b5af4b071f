import * as v from 'valibot';
import { amount, count, figure, instant, list, share, text } from './fields.js';
import { caseIdentity, environment, noise, verdictKind, warning } from './shared-parts.js';

/**
 * A gate's answer as it lies on disk: harness/model/gate.ts is the contract, this its guard, and a test holds the two
 * to the same type in both directions. As with a report, unknown fields are dropped, and the version rises when an old
 * reader would be misled.
 */
export const gateSchema = v.object({
  schema: v.literal('ipcbench-gate'),
  version: v.literal(1),
  kind: v.picklist(['gate', 'compare']),
  method: v.picklist(['interleaved', 'baseline', 'reports']),
  status: v.picklist(['running', 'complete', 'interrupted']),
  ipcbenchVersion: text(),
  command: list(v.string()),
  startedAt: instant(),
  finishedAt: v.nullable(instant()),
  seed: count(),
  environment: environment(),
  base: variant(),
  head: variant(),
  isSameVariant: v.boolean(),
  effort: v.picklist(['quick', 'default', 'thorough']),
  schedule: list(v.object(look())),
  cases: list(caseIdentity()),
  comparisons: list(comparison()),
  verdictChanges: list(verdictChange()),
  checksCompared: count(),
  warnings: list(warning()),
  verdict: gateVerdict(),
  summary: v.string(),
  exitCode: count(),
  failOn: v.optional(list(v.picklist(['inconclusive', 'improved']))),
  isFirstRecord: v.optional(v.boolean()),
  totalMs: amount(),
});

function variant() {
  return v.object({ settings: list(v.string()), resolved: list(v.string()) });
}

function look() {
  return { pairs: count(), alpha: share() };
}

function comparison() {
  return v.object({
    id: text(),
    caseId: text(),
    metric: v.picklist(['round-trip', 'message-time', 'cpu', 'syscalls', 'switches', 'p99']),
    unit: v.picklist(['ns', 'per message']),
    isGated: v.boolean(),
    advisoryReason: v.nullable(v.string()),
    budget: amount(),
    allowedIncrease: v.nullable(amount()),
    verdict: gateVerdict(),
    lackedBy: v.nullable(v.picklist(['base', 'head', 'both'])),
    gaps: v.optional(v.object({ pairs: count(), missing: count(), absent: bySide(), zero: bySide() })),
    reason: v.string(),
    base: v.nullable(amount()),
    head: v.nullable(amount()),
    change: v.nullable(changeInterval()),
    smallestVisible: v.nullable(amount()),
    measurements: list(v.object({ looks: list(lookResult()), pairs: list(pairRecord()) })),
  });
}

function bySide() {
  return v.object({ base: count(), head: count() });
}

function lookResult() {
  return v.object({
    ...look(),
    change: changeInterval(),
    p: share(),
    holmP: share(),
    verdict: v.picklist(['pass', 'regressed', 'improved', 'undecided']),
  });
}

/** A change is negative where head is faster. */
function changeInterval() {
  return v.object({ median: figure(), low: v.nullable(figure()), high: v.nullable(figure()), confidence: share() });
}

function pairRecord() {
  return v.object({
    atMs: amount(),
    first: v.picklist(['base', 'head']),
    base: amount(),
    head: amount(),
    difference: figure(),
    noise: noise(),
  });
}

function verdictChange() {
  return v.object({
    id: text(),
    base: v.nullable(verdictKind()),
    head: v.nullable(verdictKind()),
    isWorse: v.boolean(),
    promise: v.string(),
    evidence: v.string(),
  });
}

function gateVerdict() {
  return v.picklist(['pass', 'regressed', 'improved', 'inconclusive', 'incomparable']);
}
