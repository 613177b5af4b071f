import type { Case, Placement, WorkloadName } from './case.js';
import type { Driver, Transport } from './transport.js';

/** A case to be, as a setting looks at it. */
export interface SettingSubject {
  readonly transport: Transport;
  readonly driver: Driver;
  readonly workload: WorkloadName;
  readonly sizeBytes: number;
  readonly placement: Placement;
}

/**
 * One more dimension of a case. From it follow the option of `bench`, `compare` and `gate`, the key of
 * ipcbench.config.json, the part of the case's id, what both peers are told, and the sentence of the method.
 */
export interface Setting {
  /** Lower-case words joined by hyphens: `--name` on the command line, `/name=value` in an id. */
  readonly name: string;
  readonly values: readonly string[];
  /** One of the values; it stands in no id. */
  readonly default: string;
  /** One line of help: what each value means. */
  readonly help: string;
  /** Whether this case can have a value that is not the default. */
  appliesTo(subject: SettingSubject): boolean;
  /** Why a case cannot, in a sentence with the way out. */
  readonly notApplicable: string;
  /** What both peers are told, as names and values in turns; nothing where the harness alone acts on it. */
  argv(value: string): readonly string[];
  /** What the method of a figure says of it, in a sentence; null says nothing. */
  method(value: string, one: Case): string | null;
}

/** A setting, and the values that are crossed with everything else. */
export interface ChosenSetting {
  readonly setting: Setting;
  readonly values: readonly string[];
}
