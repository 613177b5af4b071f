import type { Driver, FaultName, Framing, Role, Verify } from '../model/index.js';

/** One option of a peer's command line: how the harness writes its value, and what a peer takes. */
export interface PeerOption<Value> {
  /** What is taken, as both peers say it when they refuse a value. */
  readonly expects: string;
  readonly isRequired: boolean;
  /** `core`: ipcbench-peer alone. `node`: what a peer that Node hosts needs beside. */
  readonly takenBy: 'both' | 'core' | 'node';
  write(value: Value): string;
  /** undefined: it is refused. */
  read(text: string): Value | undefined;
}

type Use = Pick<PeerOption<unknown>, 'isRequired' | 'takenBy'>;
const REQUIRED: Use = { isRequired: true, takenBy: 'both' };
const OPTIONAL: Use = { isRequired: false, takenBy: 'both' };

const LARGEST_MESSAGE = 256 * 1024 * 1024;
const AN_HOUR_US = 3_600_000_000;
const LARGEST_INT = 2 ** 31 - 1;
/** How many messages of sizes of their own an exchange may have. */
const MOST_LARGE = 64;
/** Characters of what was given, in a sentence about it. */
const MOST_QUOTED = 60;
const SIZE = `1 to ${LARGEST_MESSAGE} bytes`;
const DURATION = 'microseconds, at most an hour';

/**
 * The command line of a peer, in the words of native/src/options.cc: both parsers refuse the same with the same
 * sentence (options.test.ts). Settings that a case has come beside these (suites/settings).
 */
export const PEER_OPTIONS = {
  role: choice<Role | 'relay'>(['initiator', 'responder', 'relay'], REQUIRED),
  parent: whole('a process id', [1, LARGEST_INT], REQUIRED),
  cpu: cpu(REQUIRED),
  workload: { ...text("a workload's name", REQUIRED), read: workloadName },
  size: whole(SIZE, [1, LARGEST_MESSAGE], REQUIRED),
  'max-size': whole(SIZE, [1, LARGEST_MESSAGE], OPTIONAL),
  verify: choice<Verify>(['header', 'full'], REQUIRED),
  seed: whole('an integer below 2^32', [0, 2 ** 32 - 1], REQUIRED),
  'warmup-us': whole(DURATION, [0, AN_HOUR_US], REQUIRED),
  'window-us': whole(DURATION, [0, AN_HOUR_US], REQUIRED),
  'least-messages': whole('a count from 1', [1, Number.MAX_SAFE_INTEGER], OPTIONAL),
  'longest-us': whole(DURATION, [0, AN_HOUR_US], OPTIONAL),
  // A transport of Node's own may need no meeting place; the core refuses an empty one.
  endpoint: { ...text('an endpoint spec', REQUIRED), read: (given: string) => given },
  framing: choice<Framing>(['stream', 'message'], REQUIRED),
  messages: whole('a count from 1', [1, Number.MAX_SAFE_INTEGER], OPTIONAL),
  large: sizes(OPTIONAL),
  beyond: whole(SIZE, [1, LARGEST_MESSAGE], OPTIONAL),
  sender: choice<Role>(['initiator', 'responder'], OPTIONAL),
  'endpoint-b': text('an endpoint spec', { isRequired: false, takenBy: 'core' }),
  fault: text<FaultName>("a fault's name", OPTIONAL),
  'fault-at': whole('a sequence number', [0, Number.MAX_SAFE_INTEGER], OPTIONAL),
  'fault-extent': whole('messages in between, or milliseconds, from 1', [1, 3_600_000], OPTIONAL),
  driver: choice<Exclude<Driver, 'native'>>(['js', 'addon'], { isRequired: true, takenBy: 'node' }),
  addon: text('the path of ipcbench.node', { isRequired: true, takenBy: 'node' }),
  'transport-module': text("the URL of a transport's module", { isRequired: false, takenBy: 'node' }),
  'partner-cpu': cpu({ isRequired: false, takenBy: 'node' }),
  // Which of the options that are not named here are settings of the case.
  settings: text('names of options with commas between them', { isRequired: false, takenBy: 'node' }),
} as const;

export type PeerOptionName = keyof typeof PEER_OPTIONS;
type ValueOf<Option> = Option extends PeerOption<infer Value> ? Value : never;
export type PeerOptionValues = { readonly [Name in PeerOptionName]?: ValueOf<(typeof PEER_OPTIONS)[Name]> | undefined };

type RequiredName =
  | 'role'
  | 'parent'
  | 'cpu'
  | 'workload'
  | 'size'
  | 'verify'
  | 'seed'
  | 'warmup-us'
  | 'window-us'
  | 'endpoint'
  | 'framing'
  | 'driver'
  | 'addon';
/** What a command line says to a peer that Node hosts: those that are required are there. */
export type PeerOptionsRead = PeerOptionValues & {
  readonly [Name in RequiredName]: ValueOf<(typeof PEER_OPTIONS)[Name]>;
};

/** The same options without their types, by name. */
export const peerOptions: ReadonlyMap<string, PeerOption<unknown>> = new Map(
  Object.entries(PEER_OPTIONS) as [string, PeerOption<unknown>][],
);

/** Names and values in turns, in the order they are given here. undefined says nothing. */
export function writeOptions(values: PeerOptionValues): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const option = peerOptions.get(name);
    if (option === undefined) throw new Error(`A peer has no option '${name}'.`);
    return value === undefined ? [] : [`--${name}`, option.write(value)];
  });
}

/** Of an argument list, the names that are no options of every peer: those of its settings. */
export function settingNames(argv: readonly string[]): string[] {
  return argv.flatMap((word, at) => (at % 2 === 0 && !peerOptions.has(word.slice(2)) ? [word.slice(2)] : []));
}

/**
 * The values of a command line, and the texts of the settings in it. Throws an Error whose message is the sentence that
 * the core has for the same mistake.
 */
export function readOptions(argv: readonly string[]): {
  readonly values: PeerOptionsRead;
  readonly settings: Readonly<Record<string, string>>;
} {
  const texts = textsOf(argv);
  const named = new Set(texts.get('settings')?.split(',') ?? []);
  const values: Record<string, unknown> = {};
  const settings: Record<string, string> = {};
  for (const [name, given] of texts) {
    const option = peerOptions.get(name);
    if (option === undefined && named.has(name)) {
      settings[name] = given;
      continue;
    }
    if (option === undefined || option.takenBy === 'core')
      throw new Error(`Unknown option '${`--${name}`.slice(0, MOST_QUOTED)}'.`);
    const value = option.read(given);
    if (value === undefined)
      throw new Error(`--${name} takes ${option.expects}, not '${given.slice(0, MOST_QUOTED)}'.`);
    values[name] = value;
  }
  for (const [name, { isRequired, expects }] of peerOptions)
    if (isRequired && values[name] === undefined) throw new Error(`--${name} is missing: ${expects}.`);
  return { values: values as unknown as PeerOptionsRead, settings };
}

/** Not util.parseArgs: loading that is two milliseconds of every launch. */
function textsOf(argv: readonly string[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (let at = 0; at < argv.length; at += 2) {
    const [option = '', given] = argv.slice(at, at + 2);
    if (!option.startsWith('--')) throw new Error(`Unknown option '${option.slice(0, MOST_QUOTED)}'.`);
    const name = option.slice(2);
    if (given === undefined)
      throw new Error(`${option} needs a value: ${peerOptions.get(name)?.expects ?? 'a setting'}.`);
    texts.set(name, given);
  }
  return texts;
}

function choice<Value extends string>(choices: readonly Value[], use: Use): PeerOption<Value> {
  const expects = `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
  return { ...use, expects, write: (value) => value, read: (given) => choices.find((one) => one === given) };
}

function whole(expects: string, [lowest, highest]: readonly [number, number], use: Use): PeerOption<number> {
  return { ...use, expects, write: String, read: (given) => wholeNumber(given, lowest, highest) };
}

function cpu(use: Use): PeerOption<number | null> {
  return {
    ...use,
    expects: "a CPU's number or none",
    write: (value) => (value === null ? 'none' : String(value)),
    read: (given) => (given === 'none' ? null : wholeNumber(given, 0, LARGEST_INT)),
  };
}

function text<Value extends string = string>(expects: string, use: Use): PeerOption<Value> {
  return { ...use, expects, write: (value) => value, read: (given) => (given === '' ? undefined : (given as Value)) };
}

function workloadName(given: string): string | undefined {
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(given) ? given : undefined;
}

function sizes(use: Use): PeerOption<readonly number[]> {
  return {
    ...use,
    expects: `up to ${MOST_LARGE} sizes with commas between them`,
    write: (value) => value.join(','),
    read(given) {
      const all = given.split(',').flatMap((part) => wholeNumber(part, 1, LARGEST_MESSAGE) ?? []);
      return all.length === given.split(',').length && all.length <= MOST_LARGE ? all : undefined;
    },
  };
}

function wholeNumber(given: string, lowest: number, highest: number): number | undefined {
  const value = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  return value >= lowest && value <= highest ? value : undefined;
}
