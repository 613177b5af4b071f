import {
  baselinePath,
  isComparable,
  latestOf,
  machinesIn,
  readBaseline,
  type Baseline,
} from '../../../ci/baseline/baseline-file.js';
import type { RecordedComparison } from '../../../ci/baseline/baseline-record.js';
import type { Case } from '../../model/index.js';
import { UserError } from '../../user-error.js';

/** Which baseline head is held to. */
export interface OpenedBaseline {
  /** This machine, by its fingerprint. */
  readonly machine: string;
  /** null: nothing is on record yet, and this run is to be the first. */
  readonly baseline: Baseline | null;
  /** It is another machine's. */
  readonly isForeign: boolean;
}

export interface BaselineChoice {
  readonly directory: string;
  /** Append what was measured, unless it failed. */
  readonly isUpdate: boolean;
  /** Hold it against the newest record of another machine, and close nothing. */
  readonly isOtherMachineAllowed: boolean;
}

/** Throws UserError (3) where nothing is on record and nothing is to be recorded. */
export function openBaseline(
  { directory, isUpdate, isOtherMachineAllowed }: BaselineChoice,
  machine: string,
): OpenedBaseline {
  const inWords = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      throw new UserError((cause as Error).message, 2, { cause });
    }
  };
  const read = (of: string): Baseline | null => inWords(() => readBaseline(directory, of));
  const own = read(machine);
  if (own !== null) return { machine, baseline: own, isForeign: false };
  const others = inWords(() => machinesIn(directory));
  if (isOtherMachineAllowed) {
    const newest = others
      .flatMap((other) => read(other) ?? [])
      .sort((a, b) => (b.records.at(-1)?.recordedAt ?? '').localeCompare(a.records.at(-1)?.recordedAt ?? ''))[0];
    if (newest !== undefined) return { machine, baseline: newest, isForeign: true };
  }
  if (isUpdate) return { machine, baseline: null, isForeign: false };
  const elsewhere =
    others.length === 0
      ? ''
      : ` There ${others.length === 1 ? 'is one' : `are ${others.length}`} of other machines; ` +
        '--other-machine compares with the newest of them without affecting the exit status.';
  throw new UserError(
    `There is no baseline of this machine in ${directory} (expected ` +
      `${baselinePath(directory, machine)}). Record one with --update from code that is known to be ` +
      `good.${elsewhere}`,
    3,
  );
}

/** What is on record of these cases, measured by the same method beside the same control. */
export function comparableOf(
  baseline: Baseline | null,
  cases: readonly Case[],
  controls: ReadonlyMap<string, Case>,
): Map<string, RecordedComparison> {
  if (baseline === null) return new Map();
  return new Map(
    [...latestOf(baseline)].filter(([id, was]) => {
      const one = cases.find((candidate) => id.startsWith(`${candidate.id}#`));
      const control = one === undefined ? undefined : controls.get(one.id);
      return (
        one !== undefined &&
        control !== undefined &&
        isComparable(was, {
          methodRevision: one.methodRevision,
          control: { caseId: control.id, methodRevision: control.methodRevision },
        })
      );
    }),
  );
}
