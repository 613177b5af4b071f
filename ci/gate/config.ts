import * as v from 'valibot';
import type { Rule } from './rules.js';

/** What ipcbench.config.json may say; options of the command line win over it. */
export interface GateConfig {
  readonly transports?: readonly string[];
  readonly workload?: string;
  readonly size?: string;
  readonly placement?: string;
  readonly driver?: string;
  readonly effort?: 'quick' | 'default' | 'thorough';
  readonly timeBudget?: string;
  readonly failOn?: readonly ('inconclusive' | 'improved')[];
  readonly checks?: 'none' | 'delivery' | 'quick';
  readonly baseline?: string;
  /** For all comparisons; rules say otherwise for some. */
  readonly budget?: number;
  readonly rules?: readonly Rule[];
  /** Values of settings, as text, by the setting's name; in the file they stand beside the other keys. */
  readonly settings?: Readonly<Record<string, string>>;
}

const text = v.pipe(v.string(), v.minLength(1));

const share = v.pipe(
  v.union([v.number(), v.string()]),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    try {
      return parseShare(dataset.value);
    } catch (cause) {
      addIssue({ message: (cause as Error).message });
      return NEVER;
    }
  }),
);

const rule = v.strictObject({
  select: text,
  budget: v.optional(share),
  gated: v.optional(v.boolean()),
});

const sayingRule = v.pipe(
  rule,
  v.check(
    ({ budget, gated }) => budget !== undefined || gated !== undefined,
    "it has no effect: give it a 'budget', or set 'gated' to true or false",
  ),
);

const entries = {
  transports: v.optional(v.array(text)),
  workload: v.optional(text),
  size: v.optional(text),
  placement: v.optional(text),
  driver: v.optional(text),
  effort: v.optional(v.picklist(['quick', 'default', 'thorough'])),
  timeBudget: v.optional(text),
  failOn: v.optional(v.array(v.picklist(['inconclusive', 'improved']))),
  checks: v.optional(v.picklist(['none', 'delivery', 'quick'])),
  baseline: v.optional(text),
  budget: v.optional(share),
  rules: v.optional(v.array(sayingRule)),
};

/** Beside them stands one key for each setting. */
export const CONFIG_KEYS = Object.keys(entries);
export const RULE_KEYS = Object.keys(rule.entries);

/** A key nobody knows; the command line suggests the nearest one. */
export class UnknownKey extends Error {
  constructor(
    readonly key: string,
    readonly where: string,
    readonly known: readonly string[],
  ) {
    super(`${where} has no key '${key}'. Keys: ${known.join(', ')}.`);
  }
}

/**
 * Takes the text of ipcbench.config.json, whose one key is `gate`, and the names of the settings. Throws UnknownKey, or
 * an Error whose message is a sentence.
 */
export function parseConfig(json: string, settingNames: readonly string[] = []): GateConfig {
  const ofSettings = Object.fromEntries(settingNames.map((name) => [name, v.optional(text)]));
  const gate = v.strictObject({ ...ofSettings, ...entries });
  let read: unknown;
  try {
    read = JSON.parse(json);
  } catch (cause) {
    throw new Error(`is not valid JSON (${(cause as Error).message})`, { cause });
  }
  const result = v.safeParse(v.strictObject({ gate }), read);
  if (result.success) return withSettings(result.output.gate, settingNames);
  const issue = result.issues[0];
  const path = v.getDotPath(issue) ?? '';
  const key = path.split('.').at(-1) ?? '';
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const [where, known] = !path.includes('.')
      ? ['It', ['gate']]
      : path.startsWith('gate.rules.')
        ? ['A rule', RULE_KEYS]
        : ["'gate'", Object.keys(gate.entries)];
    throw new UnknownKey(key, where as string, known as readonly string[]);
  }
  if (issue.type === 'strict_object' && issue.received === 'undefined')
    throw new Error(`is missing the required key '${path}'`);
  throw new Error(`${path === '' ? 'has the wrong form' : `has a wrong value for '${path}'`}: ${problemOf(issue)}`);
}

function withSettings(gate: Readonly<Record<string, unknown>>, settingNames: readonly string[]): GateConfig {
  const of = (isSetting: boolean): [string, unknown][] =>
    Object.entries(gate).filter(([key]) => settingNames.includes(key) === isSetting);
  const settings = Object.fromEntries(of(true)) as Readonly<Record<string, string>>;
  return { ...Object.fromEntries(of(false)), ...(Object.keys(settings).length > 0 && { settings }) };
}

/** What valibot found, in the words of somebody who writes JSON. */
function problemOf(issue: v.BaseIssue<unknown>): string {
  const is = JSON.stringify(issue.input);
  switch (issue.type) {
    case 'strict_object':
      return `expected an object, got ${is}; for example { "gate": { "effort": "quick" } }`;
    case 'array':
      return `expected a list such as ["${typeof issue.input === 'string' ? issue.input : '…'}"], got ${is}`;
    case 'string':
      return `expected a text in quotes, got ${is}`;
    case 'boolean':
      return `expected true or false, got ${is}`;
    case 'union':
      return `expected a number or a text like "5%", got ${is}`;
    case 'picklist':
      return `expected one of ${String(issue.expected).replace(/[()]/g, '').split(' | ').join(', ')}, got ${is}`;
    case 'min_length':
      return 'it is empty';
    default:
      return issue.message;
  }
}

/** `5%`, `0.05` or 0.05 as a share above 0 and at most 1. Throws an Error whose message is a sentence. */
export function parseShare(given: string | number): number {
  const match = typeof given === 'number' ? null : /^\s*(\d+(?:\.\d+)?)\s*(%?)\s*$/.exec(given);
  const value = typeof given === 'number' ? given : Number(match?.[1]) / (match?.[2] === '%' ? 100 : 1);
  if (value > 1 && value < Number.POSITIVE_INFINITY)
    throw new Error(
      `a budget of ${value * 100} % would let everything pass; the maximum is 100 %` +
        `${typeof given === 'string' && given.includes('%') ? '' : ` (write ${given} per cent as '${given}%')`}`,
    );
  if (!(value > 0 && value <= 1))
    throw new Error(
      `'${given}' is not a budget. Write it like 5% or 0.05; a budget of 0 would fail every gate by noise`,
    );
  return value;
}
