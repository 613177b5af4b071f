import type { Judgement } from '../../../harness/define.js';

export type Value = string | number | boolean | null | readonly Value[];

/** What was seen, and what had to be: under the words that the evidence uses for it. */
export type Expectations = Readonly<Record<string, readonly [seen: Value | undefined, wanted: Value]>>;

/**
 * Holds what was seen against what had to be seen. `given` is what must have happened for the rest to prove anything:
 * where it did not, and where nothing was seen, the answer is `broken`. With 'info' nothing is demanded: the evidence
 * says what is usual instead.
 */
export function judgeExpected(
  expectations: Expectations,
  otherwise: 'fail' | 'deviation' | 'info',
  given: Expectations = {},
): Judgement {
  const missed = Object.entries(given).filter(differs);
  if (missed.length > 0)
    return { verdict: 'broken', evidence: `This run is inconclusive: ${missed.map(inWords('expected')).join('; ')}.` };
  const all = Object.entries(expectations);
  const unseen = all.filter(([, [seen]]) => seen === undefined).map(([name]) => name);
  if (unseen.length > 0)
    return { verdict: 'broken', evidence: `This run is inconclusive. Not observed: ${unseen.join('; ')}.` };
  const holds = !all.some(differs);
  return {
    verdict: otherwise === 'info' ? 'info' : holds ? 'pass' : otherwise,
    evidence: `${all.map(inWords(otherwise === 'info' ? 'usual' : 'expected')).join('; ')}.`,
  };
}

type Expectation = readonly [name: string, values: Expectations[string]];

const differs = ([, [seen, wanted]]: Expectation): boolean => JSON.stringify(seen) !== JSON.stringify(wanted);

const inWords =
  (what: 'expected' | 'usual') =>
  (expectation: Expectation): string => {
    const [name, [seen, wanted]] = expectation;
    return `${name}: ${show(seen)}${differs(expectation) ? ` (${what}: ${show(wanted)})` : ''}`;
  };

function show(value: Value | undefined): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value === undefined || value === null) return 'nothing';
  if (typeof value !== 'object') return String(value);
  return value.length === 0 ? 'nothing' : value.map(show).join(', ');
}
