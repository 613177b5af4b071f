import * as v from 'valibot';
import { amount, count, list, text } from './fields.js';

/** What report.json and gate.json spell alike. */
export function environment() {
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
    runtime: v.object({
      name: v.string(),
      version: v.string(),
      v8: v.nullable(v.string()),
      libuv: v.nullable(v.string()),
    }),
    native: v.nullable(v.object({ version: v.string(), compiler: v.string(), sha256: v.string() })),
    limits: v.record(v.string(), v.string()),
    fingerprint: v.string(),
  });
}

export function caseIdentity() {
  return v.object({
    id: text(),
    transport: text(),
    driver: driver(),
    workload: text(),
    sizeBytes: count(),
    placement: v.picklist(['same-cpu', 'cross-cpu', 'free']),
    verify: v.picklist(['header', 'full']),
    settings: settings(),
    methodRevision: count(),
  });
}

/** Those that are not the default, by name. Reports from before there were others than `verify` have none. */
export function settings() {
  return v.optional(v.record(v.string(), v.string()));
}

export function noise() {
  return v.object({
    cpuPressureUs: v.nullable(amount()),
    stealTicks: v.nullable(amount()),
    load1: v.nullable(amount()),
  });
}

export function warning() {
  return v.object({ code: text(), message: v.string(), hint: v.nullable(v.string()) });
}

export function verdictKind() {
  return v.picklist(['pass', 'fail', 'deviation', 'info', 'skip', 'broken']);
}

export function driver() {
  return v.picklist(['native', 'addon', 'js']);
}
