import type { Case, Driver, Warning } from '../../model/index.js';
import { UserError } from '../../user-error.js';
import { isReadByRuntimesAlone } from './known-variables.js';
import type { VariantSpec } from './parse-variant.js';
import type { PreparedVariant } from './prepare-variant.js';

/** Keys that only a peer inside a runtime feels, as they were typed. */
export function runtimeKeysOf({ runtime, env }: VariantSpec): string[] {
  return [
    ...(runtime === null ? [] : ['runtime=']),
    ...Object.keys(env)
      .filter(isReadByRuntimesAlone)
      .map((name) => `env.${name}=`),
  ];
}

/** Nothing else of this side reaches a C++ peer. */
export function changesRuntimesAlone(spec: VariantSpec): boolean {
  const { env, wrap, transports } = spec;
  return (
    runtimeKeysOf(spec).length > 0 &&
    wrap.length === 0 &&
    transports.length === 0 &&
    Object.keys(env).every(isReadByRuntimesAlone)
  );
}

const isHosted = ({ driver }: Case): boolean => driver !== 'native';

/**
 * Throws UserError for a key that nothing selected can feel: it would measure the same thing twice, and pass. What some
 * of the selection cannot feel is a warning. `cases` are those of both sides, also what one of them lacks.
 */
export function refuseIneffectiveKeys(sides: readonly PreparedVariant[], cases: readonly Case[]): Warning[] {
  if (cases.length === 0) return [];
  for (const { spec, own } of sides) {
    const unselected = own.find((one) => !cases.some(({ transport }) => transport === one.transport.name));
    if (unselected !== undefined)
      throw new UserError(
        `--${spec.side} transport= gives '${unselected.transport.name}', which is not selected ` +
          `(selected: ${[...new Set(cases.map((one) => one.transport))].join(', ')}). Select it too, or ` +
          'leave the key out.',
      );
    const [key] = runtimeKeysOf(spec);
    if (key !== undefined && !cases.some(isHosted))
      throw new UserError(
        `--${spec.side} ${key} affects only peers hosted by Node, but every selected case runs in the ` +
          'C++ peer, so both sides would be the same. Add --driver js,addon, or leave the key out.',
      );
  }
  const changed = sides.filter(({ spec }) => spec.settings.length > 0);
  const untouched = cases.filter((one) => !isHosted(one)).length;
  if (untouched === 0 || changed.length === 0 || !changed.every(({ spec }) => changesRuntimesAlone(spec))) return [];
  return [
    {
      code: 'key-not-felt',
      message:
        `${untouched} of ${cases.length} cases run in the C++ peer, which is not affected by ` +
        `${[...new Set(changed.flatMap(({ spec }) => runtimeKeysOf(spec)))].join(' and ')}, so both ` +
        'sides are the same.',
      hint: 'Use --driver js,addon.',
    },
  ];
}

/** Two sides that differ in what was typed, and in nothing that is known of what it came to. */
export function sameOnBothWarnings(base: PreparedVariant, head: PreparedVariant): Warning[] {
  const [ofBase, ofHead] = [base.spec.settings, head.spec.settings];
  const isAskedFor = JSON.stringify([...ofBase].sort()) === JSON.stringify([...ofHead].sort());
  if (isAskedFor || JSON.stringify(base.differences) !== JSON.stringify(head.differences)) return [];
  const typed = (settings: readonly string[]): string =>
    settings.length === 0 ? 'this installation' : settings.join(' ');
  return [
    {
      code: 'same-on-both',
      message:
        `Both sides appear to be the same (${typed(ofBase)}; ${typed(ofHead)}): they load files with the ` +
        'same contents. Any difference found is a false positive.',
      hint: 'Check that each side names what you intended, and that it was built.',
    },
  ];
}

/** Drivers that a side's runtime cannot host: refused where asked for, else left out and said. */
export function unhostedDrivers(
  sides: readonly PreparedVariant[],
  asked: readonly Driver[] | null,
): { readonly drivers: readonly Driver[]; readonly warnings: readonly Warning[] } {
  const found = sides.flatMap(({ spec, unhosted }) =>
    [...unhosted].map(([driver, reason]) => ({
      driver,
      message: `The runtime of --${spec.side} cannot host the driver ${driver} (${reason}).`,
    })),
  );
  const refused = found.find(({ driver }) => asked?.includes(driver));
  if (refused !== undefined) throw new UserError(`${refused.message} Remove ${refused.driver} from --driver.`);
  return {
    drivers: found.map(({ driver }) => driver),
    warnings:
      asked === null
        ? found.map(({ driver, message }) => ({
            code: 'driver-not-hosted',
            message: `${message} The driver ${driver} is not compared.`,
            hint: null,
          }))
        : [],
  };
}
