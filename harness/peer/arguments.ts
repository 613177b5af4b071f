import type { Driver, Framing, Role, Verify } from '../model/index.js';

/** What the command line of a Node-hosted peer says: that of ipcbench-peer, and what only a Node peer needs. */
export interface PeerArguments {
  readonly driver: Exclude<Driver, 'native'>;
  /** Path of ipcbench.node. */
  readonly addonPath: string;
  /** File URL of the transport's descriptor; '' for driver `addon`. */
  readonly transportModule: string;
  readonly role: Role;
  readonly parent: number;
  readonly cpu: number | null;
  /** Forked topology, initiator: where the responder it forks is to run. */
  readonly partnerCpu: number | null;
  readonly workload: 'ping-pong' | 'stream' | 'deliver';
  readonly sizeBytes: number;
  readonly maxSizeBytes: number;
  /** `deliver`: sizes of single messages, and of the one beyond what was planned (native/README.md, "A message"). */
  readonly largeBytes: readonly number[];
  readonly beyondBytes: number | null;
  readonly verify: Verify;
  readonly seed: number;
  readonly warmupMs: number;
  readonly windowMs: number;
  /** The window also lasts until it holds so many messages, */
  readonly leastMessages: number;
  /** but never longer than this. */
  readonly longestMs: number;
  readonly endpoint: string;
  readonly framing: Framing;
  readonly messages: number;
  readonly sender: Role;
  readonly fault: { readonly name: string; readonly atSeq: number; readonly extent: number } | null;
}

/** Throws an Error whose message is a sentence for stderr. */
export function parseArguments(argv: readonly string[]): PeerArguments {
  const values = valuesOf(argv);
  const text = (name: string): string => {
    const value = values[name];
    if (typeof value !== 'string') throw new Error(`--${name} is missing.`);
    return value;
  };
  const choice = <T extends string>(name: string, choices: readonly T[], fallback?: T): T => {
    const value = fallback !== undefined && values[name] === undefined ? fallback : text(name);
    const found = choices.find((one) => one === value);
    if (found === undefined) throw new Error(`--${name} takes ${choices.join(' or ')}, not '${value}'.`);
    return found;
  };
  const whole = (name: string, lowest: number, fallback?: number): number => {
    if (fallback !== undefined && values[name] === undefined) return fallback;
    const value = text(name);
    if (!/^\d+$/.test(value) || Number(value) < lowest)
      throw new Error(`--${name} takes a whole number from ${lowest}, not '${value}'.`);
    return Number(value);
  };
  const cpu = (name: string): number | null => (text(name) === 'none' ? null : whole(name, 0));

  const driver = choice('driver', ['js', 'addon']);
  const workload = choice('workload', ['ping-pong', 'stream', 'deliver']);
  const framing = choice('framing', ['stream', 'message']);
  const sizeBytes = whole('size', 1);
  if (workload === 'deliver' && framing === 'stream' && sizeBytes < 32) {
    throw new Error(
      '--workload deliver over a stream needs --size 32 or more: below that a message carries no header to find it by.',
    );
  }
  return {
    driver,
    addonPath: text('addon'),
    transportModule: driver === 'js' ? text('transport-module') : '',
    role: choice('role', ['initiator', 'responder']),
    parent: whole('parent', 1),
    cpu: cpu('cpu'),
    partnerCpu: values['partner-cpu'] === undefined ? cpu('cpu') : cpu('partner-cpu'),
    workload,
    sizeBytes,
    maxSizeBytes: whole('max-size', sizeBytes, sizeBytes),
    largeBytes: values['large'] === undefined ? [] : text('large').split(',').map(Number),
    beyondBytes: values['beyond'] === undefined ? null : whole('beyond', 1),
    verify: choice('verify', ['header', 'full']),
    seed: whole('seed', 0),
    warmupMs: whole('warmup-us', 0) / 1000,
    windowMs: whole('window-us', 0) / 1000,
    leastMessages: whole('least-messages', 1, 1),
    longestMs: Math.max(whole('window-us', 0), whole('longest-us', 0, 0)) / 1000,
    endpoint: text('endpoint'),
    framing,
    messages: workload === 'deliver' ? whole('messages', 1) : 0,
    sender: choice('sender', ['initiator', 'responder'], 'initiator'),
    fault:
      values['fault'] === undefined
        ? null
        : { name: text('fault'), atSeq: whole('fault-at', 0, 0), extent: whole('fault-extent', 1, 1) },
  };
}

/** The options that the C++ core does not know. */
const ofNodeAlone = new Set(['--driver', '--addon', '--transport-module', '--partner-cpu']);

/** The same command line as ipcbench-peer takes it, for the driver `addon`. */
export function coreArguments(argv: readonly string[]): string[] {
  return argv.filter((_, at) => !ofNodeAlone.has(argv[at - (at % 2)] ?? ''));
}

/** The responder's command line, made from that of the initiator which forks it. */
export function forkedArguments(argv: readonly string[], own: PeerArguments, pid: number): string[] {
  const changed = new Map([
    ['--role', 'responder'],
    ['--parent', String(pid)],
    ['--cpu', own.partnerCpu === null ? 'none' : String(own.partnerCpu)],
  ]);
  return argv.map((word, at) => (at % 2 === 1 ? (changed.get(argv[at - 1] ?? '') ?? word) : word));
}

/** Names and values in turns. Not util.parseArgs: loading that is two milliseconds of every launch. */
function valuesOf(argv: readonly string[]): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (let at = 0; at < argv.length; at += 2) {
    const [option = '', value] = argv.slice(at, at + 2);
    if (!known.has(option)) throw new Error(`Unknown option '${option}'.`);
    if (value === undefined) throw new Error(`${option} needs a value.`);
    values[option.slice(2)] = value;
  }
  return values;
}

const known = new Set(
  [
    'driver',
    'addon',
    'transport-module',
    'role',
    'parent',
    'cpu',
    'partner-cpu',
    'workload',
    'size',
    'max-size',
    'large',
    'beyond',
    'verify',
    'seed',
    'warmup-us',
    'window-us',
    'least-messages',
    'longest-us',
    'endpoint',
    'framing',
    'messages',
    'sender',
    'fault',
    'fault-at',
    'fault-extent',
  ].map((name) => `--${name}`),
);
