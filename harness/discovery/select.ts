import type { DeliveryCheck, Driver, Transport } from '../model/index.js';
import { formerIdsOf } from '../outcome/check-ids.js';
import { driversOf } from '../plan/plan.js';
import type { PlannedCheckRun } from '../runner/perform-check-runs.js';
import type { LoadedProcedure } from './load-procedures.js';
import type { LoadedTransport } from './load-transports.js';
import type { Scale } from '../check-run/check-run.js';
import { UserError } from '../user-error.js';
import { unknownName } from './nearest.js';

/**
 * Names that equal a pattern or begin with it at a word's border: `unix` selects unix-stream, `loss` selects loss/tail.
 */
export function selectNames(
  patterns: readonly string[],
  known: readonly string[],
  kind: string,
  listing: string,
): string[] {
  if (patterns.length === 0) return [...known];
  const chosen = new Set<string>();
  for (const pattern of patterns) {
    const found = known.filter(
      (name) => name === pattern || name.startsWith(`${pattern}-`) || name.startsWith(`${pattern}/`),
    );
    if (found.length === 0) throw unknownName(kind, pattern, known, listing);
    for (const name of found) chosen.add(name);
  }
  return known.filter((name) => chosen.has(name));
}

export function selectTransports<T extends { readonly transport: Transport }>(
  patterns: readonly string[],
  loaded: readonly T[],
): T[] {
  const names = selectNames(
    patterns,
    loaded.map((one) => one.transport.name),
    'transport',
    "'ipcbench list transports'",
  );
  return loaded.filter((one) => names.includes(one.transport.name));
}

/**
 * The names given, and those of the modules given: to name a module selects its transport. None of either is
 * everything.
 */
export function namesWithModules(names: readonly string[], loaded: readonly LoadedTransport[]): string[] {
  return [...names, ...loaded.filter((one) => one.origin === 'user').map((one) => one.transport.name)];
}

/**
 * Throws UserError for a name none of whose transports has a driver that was asked for: dropped in silence, it would
 * look measured.
 */
export function refuseDriverless<T extends { readonly transport: Transport }>(
  patterns: readonly string[],
  loaded: readonly T[],
  drivers: readonly Driver[],
): void {
  for (const pattern of patterns) {
    const found = selectTransports([pattern], loaded);
    if (found.some((one) => driversOf(one.transport).some((driver) => drivers.includes(driver)))) continue;
    const has = [...new Set(found.flatMap((one) => driversOf(one.transport)))];
    throw new UserError(
      `None of ${[...new Set(found.map((one) => one.transport.name))].join(', ')} has the driver ` +
        `${drivers.join(' or ')}. Use --driver ${[...new Set([...drivers, ...has])].join(',')}, or leave ` +
        `'${pattern}' out.`,
    );
  }
}

/** What `check` will do: delivery checks on transports, and procedures on their subjects. */
export interface SelectedChecks {
  readonly delivery: { readonly transports: readonly LoadedTransport[]; readonly checks: readonly DeliveryCheck[] };
  readonly checkRuns: readonly PlannedCheckRun[];
}

export interface Checkable {
  readonly transports: readonly LoadedTransport[];
  readonly checks: readonly DeliveryCheck[];
  readonly procedures: readonly LoadedProcedure[];
}

/**
 * Subjects are transports and the other things that procedures are about. A check is selected by `group/name`, by a
 * beginning of it, or by `subject/group/name`, which selects the subject too. Throws for a name nobody has.
 */
export function selectChecks(subjects: readonly string[], patterns: readonly string[], all: Checkable): SelectedChecks {
  const ids = [...all.checks.map((check) => check.id), ...all.procedures.map(({ check }) => check.id)];
  const known = [
    ...new Set([
      ...all.transports.map((one) => one.transport.name),
      ...all.procedures.flatMap(({ check }) => check.subjects),
    ]),
  ].sort();
  const chosenSubjects = selectNames(subjects, known, 'transport or subject', "'ipcbench list'");
  const full = [
    ...all.transports.flatMap((one) => all.checks.map((check) => `${one.transport.name}/${check.id}`)),
    ...all.procedures.flatMap(({ check }) => check.subjects.map((subject) => `${subject}/${check.id}`)),
  ];
  // `loss` is a beginning of ids, `unix-dgram/loss` one of verdicts' ids: both lists are asked, and the nearest name of
  // either is suggested.
  const isChosen = (verdictId: string, id: string): boolean =>
    patterns.length === 0 || patterns.some((pattern) => fits(pattern, id) || fits(pattern, verdictId));
  for (const pattern of patterns) {
    if (![...ids, ...full].some((id) => fits(pattern, id)))
      throw unknownName('check', pattern, pattern.split('/').length > 2 ? full : ids, "'ipcbench list checks'");
  }
  const checkRuns = checkRunsOf(all.procedures, subjects, chosenSubjects).filter(({ check, subject }) =>
    isChosen(`${subject}/${check.id}`, check.id),
  );
  const transports = all.transports.filter(
    (one) =>
      chosenSubjects.includes(one.transport.name) &&
      all.checks.some((check) => isChosen(`${one.transport.name}/${check.id}`, check.id)),
  );
  const checks = all.checks.filter((check) =>
    transports.some((one) => isChosen(`${one.transport.name}/${check.id}`, check.id)),
  );
  refuseIdle(subjects, patterns, known, { delivery: { transports, checks }, checkRuns });
  return { delivery: { transports, checks }, checkRuns };
}

/**
 * A subject without any check that was asked for, or a check that none of the subjects has, would be dropped in
 * silence. Throws UserError.
 */
function refuseIdle(
  subjects: readonly string[],
  patterns: readonly string[],
  known: readonly string[],
  { delivery, checkRuns }: SelectedChecks,
): void {
  const chosen = [
    ...delivery.transports.flatMap(({ transport }) =>
      delivery.checks.map(({ id }) => ({ subject: transport.name, id })),
    ),
    ...checkRuns.map(({ subject, check }) => ({ subject, id: check.id })),
  ];
  for (const subject of subjects) {
    const names = selectNames([subject], known, 'transport or subject', "'ipcbench list'");
    if (!chosen.some((one) => names.includes(one.subject)))
      throw new UserError(
        `'${subject}' has none of the requested checks (${patterns.join(', ')}). Leave it out, or name ` +
          `one of its checks ('ipcbench check ${subject} --dry-run' lists them).`,
      );
  }
  for (const pattern of patterns) {
    const isChosen = chosen.some(({ subject, id }) => fits(pattern, id) || fits(pattern, `${subject}/${id}`));
    if (!isChosen)
      throw new UserError(
        `'${pattern}' does not apply to what is selected (${subjects.join(', ')}). Leave it out, or ` +
          "select what it applies to ('ipcbench list checks' shows it).",
      );
  }
}

/** Those that a run of this scale includes. */
export function checkRunsAt(scale: Scale, checkRuns: readonly PlannedCheckRun[]): PlannedCheckRun[] {
  return checkRuns.filter(
    ({ check }) => scale === 'thorough' || (scale === 'quick' ? check.quick : check.thoroughOnly !== true),
  );
}

/** A pattern is an id or a beginning of it at a word's border; of an id that was renamed, the former one too. */
export const fits = (pattern: string, id: string): boolean =>
  isBeginning(pattern, id) || formerIdsOf(id).some((former) => isBeginning(pattern, former));

const isBeginning = (pattern: string, id: string): boolean =>
  id === pattern || id.startsWith(`${pattern}/`) || id.startsWith(`${pattern}-`);

/** Every procedure on each of its subjects; `chosen` limits them where the user named some. */
export function checkRunsOf(
  procedures: readonly LoadedProcedure[],
  named: readonly string[],
  chosen: readonly string[],
): PlannedCheckRun[] {
  return procedures.flatMap(({ check, module }) =>
    check.subjects
      .filter((subject) => named.length === 0 || chosen.includes(subject) || named.includes(subject))
      .map((subject) => ({ check, module, subject })),
  );
}
