import type { GatedCase } from '../../../ci/gate/run-gate.js';
import { metricsOf } from '../../../ci/gate/metrics.js';
import { termsOf, type Rule } from '../../../ci/gate/rules.js';
import type {
  Case,
  ChosenSetting,
  Driver,
  Placement,
  Plan,
  Timing,
  Transport,
  Warning,
  Workload,
} from '../../model/index.js';
import { driversOf, makePlan, type Selection } from '../../plan/plan.js';
import type { PlacementAnswer } from '../../placement/place.js';
import { UserError } from '../../user-error.js';
import type { LoadedTransport } from '../../discovery/load-transports.js';
import { refuseDriverless, selectNames, selectTransports } from '../../discovery/select.js';
import type { BothSides, PreparedVariant } from '../sides/prepare-variant.js';
import {
  changesRuntimesAlone,
  refuseIneffectiveKeys,
  sameOnBothWarnings,
  unhostedDrivers,
} from '../sides/effective-keys.js';

/** What was asked for; null is the default. */
export interface CaseOptions {
  readonly transports: readonly string[];
  readonly workloads: readonly string[] | null;
  readonly sizesBytes: readonly number[] | null;
  readonly placements: readonly Placement[] | null;
  readonly drivers: readonly Driver[] | null;
  readonly timing: Partial<Timing>;
  /** What is not named has its default. */
  readonly settings?: readonly ChosenSetting[];
}

/** The cases of both sides, and those that one side alone has. */
export interface GateCases {
  readonly common: readonly Case[];
  readonly lackedByHead: readonly Case[];
  readonly lackedByBase: readonly Case[];
  /** Cases that cannot run here on either side, and why. */
  readonly skipped: readonly { readonly caseId: string; readonly reason: string }[];
  /** What of the selection cannot show what it was meant to. */
  readonly warnings: readonly Warning[];
}

/**
 * Shorter windows than a benchmark's: the unit of replication is the pair of launches, and a gate needs many. 15 ms
 * hold some 1,500 round trips of 10 us; Node-hosted peers, whose launch costs more than that anyway, get 60.
 */
export const GATE_TIMING: Readonly<Record<Driver, Timing>> = {
  native: { warmupMs: 1, windowMs: 15 },
  addon: { warmupMs: 10, windowMs: 60 },
  js: { warmupMs: 30, windowMs: 60 },
};

/**
 * Of the loops that run inside a Node process: they are the same C++ over each transport, and a pair of such processes
 * costs most of a second.
 */
const ADDON_SAMPLE = 'socketpair-stream';

export function gateCases(
  sides: BothSides,
  workloads: readonly Workload[],
  options: CaseOptions,
  place: (placement: Placement) => PlacementAnswer,
): GateCases {
  const { base, head } = sides;
  const named = namesOf(base, head, options.transports);
  const unhosted = unhostedDrivers([base, head], options.drivers);
  const choice = driversOfCases(sides, named, options, unhosted.drivers);
  const workloadNames = selectNames(
    options.workloads ?? [],
    workloads.map((one) => one.name),
    'workload',
    "'ipcbench list workloads'",
  );
  const chosen = workloads.filter((one) => workloadNames.includes(one.name));
  const planOf = (variant: PreparedVariant): Plan =>
    makePlan({
      selections: selectionsOf(variant, chosen, options, { named, ...choice }),
      seed: 0,
      platform: process.platform,
      placementProblem: (placement) => problemOf(place(placement)),
    });
  const [ofBase, ofHead] = [planOf(base), planOf(head)];
  const [baseIds, headIds] = [new Set(ofBase.cases.map((one) => one.id)), new Set(ofHead.cases.map((one) => one.id))];
  const both = [...new Set([base, head])];
  const cases: GateCases = {
    common: ofBase.cases.filter((one) => headIds.has(one.id)),
    lackedByHead: ofBase.cases.filter((one) => !headIds.has(one.id)),
    lackedByBase: ofHead.cases.filter((one) => !baseIds.has(one.id)),
    skipped: ofBase.skipped,
    warnings: [
      ...unhosted.warnings,
      ...refuseIneffectiveKeys(both, [...ofBase.cases, ...ofHead.cases.filter((one) => !baseIds.has(one.id))]),
      ...(both.length === 1 ? [] : sameOnBothWarnings(base, head)),
    ],
  };
  if (cases.common.length + cases.lackedByHead.length + cases.lackedByBase.length + cases.skipped.length === 0) {
    throw new UserError(
      `None of ${named.join(', ')} has the driver ${choice.drivers.join(' or ')}. ('ipcbench list transports' ` +
        'shows the drivers of each)',
    );
  }
  return cases;
}

interface DriverChoice {
  readonly drivers: readonly Driver[];
  driversFor(transport: Transport): readonly Driver[];
  /** Nobody asked for a transport or a driver, and no side has modules of its own. */
  readonly isDefault: boolean;
}

/** Throws UserError where a transport that was named has none of the drivers that were asked for. */
function driversOfCases(
  { base, head }: BothSides,
  named: readonly string[],
  options: CaseOptions,
  unhosted: readonly Driver[],
): DriverChoice {
  const wanted = options.drivers ?? defaultDrivers(base, head).filter((driver) => !unhosted.includes(driver));
  const hasName = options.transports.length > 0;
  // A transport that was named is compared by what it has, where it has none of the usual drivers.
  const driversFor = (transport: Transport): readonly Driver[] => {
    const has = driversOf(transport).filter((driver) => !unhosted.includes(driver));
    if (options.drivers !== null || !hasName || has.some((driver) => wanted.includes(driver))) return wanted;
    return has.includes('native') ? ['native'] : has;
  };
  if (options.drivers !== null)
    refuseDriverless(options.transports, [...base.transports, ...head.transports], options.drivers);
  const chosen = [...base.transports, ...head.transports].filter((one) => named.includes(one.transport.name));
  const drivers = [...new Set(chosen.flatMap((one) => driversFor(one.transport)))];
  const isDefault =
    options.transports.length === 0 && options.drivers === null && base.own.length + head.own.length === 0;
  return { drivers, driversFor, isDefault };
}

function selectionsOf(
  variant: PreparedVariant,
  workloads: readonly Workload[],
  options: CaseOptions,
  { named, drivers, driversFor, isDefault }: DriverChoice & { readonly named: readonly string[] },
): Selection[] {
  const transports = variant.transports.filter((one) => named.includes(one.transport.name)).map((one) => one.transport);
  return workloads.flatMap((workload) =>
    drivers.map((driver): Selection => ({
      transports: transports.filter(
        (transport) =>
          driversOf(transport).includes(driver) &&
          driversFor(transport).includes(driver) &&
          (!isDefault || driver !== 'addon' || ADDON_SAMPLE === transport.name),
      ),
      drivers: [driver],
      workloads: [workload],
      sizesBytes: options.sizesBytes ?? [workload.gate.sizeBytes],
      placements: options.placements ?? ['same-cpu'],
      settings: options.settings ?? [],
      timing: timingOf(driver, options),
      launches: 1,
    })),
  );
}

export function withTerms(cases: readonly Case[], workloads: readonly Workload[], rules: readonly Rule[]): GatedCase[] {
  return cases.map((one) => {
    const workload = workloads.find(({ name }) => name === one.workload);
    const metrics = metricsOf(workload?.figure.kind ?? 'latency');
    return { case: one, metrics: metrics.map((metric) => ({ metric, terms: termsOf(one, metric, rules, workloads) })) };
  });
}

export function timingOf(driver: Driver, options: Pick<CaseOptions, 'timing'>): Timing {
  return { ...GATE_TIMING[driver], ...options.timing };
}

/** Those named; else those of the variants' own modules; else every built-in one that is no mere reference. */
function namesOf(base: PreparedVariant, head: PreparedVariant, patterns: readonly string[]): string[] {
  const known = [
    ...new Map(
      [...base.transports, ...head.transports].map((one): [string, LoadedTransport] => [one.transport.name, one]),
    ).values(),
  ];
  if (patterns.length > 0) return selectTransports(patterns, known).map((one) => one.transport.name);
  const own = [...new Set([...base.own, ...head.own].map((one) => one.transport.name))];
  if (own.length > 0) return own;
  const given = known.filter((one) => one.origin === 'user');
  return (given.length > 0 ? given : known.filter((one) => one.transport.reference === undefined)).map(
    (one) => one.transport.name,
  );
}

/**
 * A runtime, and variables that only runtimes read, change Node-hosted peers alone; a module has what drivers it has;
 * anything else is seen best by the C++ peer.
 */
function defaultDrivers(base: PreparedVariant, head: PreparedVariant): Driver[] {
  const changed = [base, head].filter(({ spec }) => spec.settings.length > 0);
  if (
    base.spec.runtime !== null ||
    head.spec.runtime !== null ||
    (changed.length > 0 && changed.every(({ spec }) => changesRuntimesAlone(spec)))
  )
    return ['js', 'addon'];
  const own = [...base.own, ...head.own, ...base.transports.filter((one) => one.origin === 'user')];
  return own.length > 0 ? [...new Set(own.flatMap((one) => driversOf(one.transport)))] : ['native'];
}

function problemOf(answer: PlacementAnswer): { readonly code: string; readonly reason: string } | null {
  return answer.kind === 'impossible' ? answer : null;
}
