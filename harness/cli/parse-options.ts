import { parseCpuList } from '../placement/cpu-list.js';
import type { Driver, Placement } from '../model/index.js';
import { parseSize } from '../plan/size.js';
import { UserError } from '../user-error.js';
import { unknownName } from '../discovery/nearest.js';

const LARGEST_BYTES = 16 * 1024 * 1024;

/** `64,4k,64KiB`: sizes of one write, 1 B to 16 MiB. */
export function parseSizes(text: string): number[] {
  return unique(
    listOf(text).map((part) => {
      const bytes = parseSize(part);
      if (bytes === null) throw new UserError(`'${part}' is not a size. Write it like 64, 64B, 4k, 4KiB or 1MiB.`);
      if (bytes < 1 || bytes > LARGEST_BYTES)
        throw new UserError(
          `A size is from 1 B to 16 MiB (the bytes of one write); '${part}' is not. Use --size 1 to --size 16MiB.`,
        );
      return bytes;
    }),
  );
}

/** Each is sent twice, and an exchange takes 64 messages with sizes of their own. */
const MOST_CHECKED_SIZES = 20;

/** Of checked messages: they carry a header, and the harness sends several of each. */
export function parseCheckedSizes(text: string): number[] {
  const sizes = parseSizes(text);
  const small = sizes.find((bytes) => bytes < 32);
  if (small !== undefined)
    throw new UserError(
      `A checked message begins with a header of 32 B; --size ${small} leaves no room for it. Use 32 or more.`,
    );
  if (sizes.length > MOST_CHECKED_SIZES)
    throw new UserError(`--size takes up to ${MOST_CHECKED_SIZES} sizes; ${sizes.length} were given.`);
  return sizes;
}

/** `20`, `20ms`, `0.5s`, `2m` as milliseconds; a number alone is in `unit`. */
export function parseDuration(text: string, unit: 'ms' | 's'): number {
  const match = /^(\d+(?:\.\d+)?)\s*(us|ms|s|m|min)?$/.exec(text.trim());
  const factor = { us: 0.001, ms: 1, s: 1000, m: 60_000, min: 60_000 }[match?.[2] ?? unit];
  const ms = Number(match?.[1]) * (factor ?? Number.NaN);
  if (!Number.isFinite(ms)) throw new UserError(`'${text}' is not a duration. Write it like 20ms, 1.5s or 2m.`);
  return ms;
}

export function parsePositiveDuration(text: string, unit: 'ms' | 's'): number {
  const ms = parseDuration(text, unit);
  if (ms <= 0)
    throw new UserError(`A duration of '${text}' leaves no time to measure. Use more than zero, like 20ms or 60s.`);
  return ms;
}

/** `3%` or `3` as 0.03. */
export function parsePercent(text: string): number {
  const percent = /^\d+(?:\.\d+)?\s*%?$/.test(text.trim()) ? Number.parseFloat(text) : Number.NaN;
  if (!(percent > 0 && percent <= 100)) throw new UserError(`'${text}' is not a precision. Write it like 3% or 0.5%.`);
  return percent / 100;
}

export function parseCount(text: string, what: string, least: number, most: number): number {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw new UserError(`${what} is a whole number from ${least} to ${most}; '${text}' is not.`);
  return value;
}

export const parseSeed = (text: string): number => parseCount(text, '--seed', 0, 2 ** 32 - 1);

export function parseCpus(text: string): number[] {
  try {
    return parseCpuList(text);
  } catch (cause) {
    throw new UserError((cause as Error).message, 2, { cause });
  }
}

const DRIVERS: readonly Driver[] = ['native', 'addon', 'js'];
const PLACEMENTS: readonly Placement[] = ['same-cpu', 'cross-cpu', 'free'];

export const parseDrivers = (text: string): Driver[] =>
  namesFrom(text, DRIVERS, 'driver', '--driver takes native, addon, js');
export const parsePlacements = (text: string): Placement[] =>
  namesFrom(text, PLACEMENTS, 'placement', '--placement takes same-cpu, cross-cpu, free');

export function namesFrom<Name extends string>(
  text: string,
  known: readonly Name[],
  kind: string,
  listing: string,
): Name[] {
  return unique(
    listOf(text).map((part) => {
      const found = known.find((name) => name === part);
      if (found === undefined) throw unknownName(kind, part, known, listing);
      return found;
    }),
  );
}

/** Splits at commas. An empty list is a mistake, not everything. */
export function listOf(text: string): string[] {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0)
    throw new UserError('An option has an empty list. Give it at least one value, or leave it out.');
  return parts;
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
