import type { Driver, Framing, Role, Verify } from '../model/index.js';
import { PEER_OPTIONS, peerOptions, readOptions, writeOptions, type PeerOptionsRead } from './options.js';

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
  readonly workload: string;
  readonly sizeBytes: number;
  readonly maxSizeBytes: number;
  /** `deliver`: sizes of single messages, and of the one beyond what was planned (native/README.md, "A message"). */
  readonly largeBytes: readonly number[];
  readonly beyondBytes: number | null;
  readonly verify: Verify;
  /** Texts of further settings of the case, by name. */
  readonly settings: Readonly<Record<string, string>>;
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
  const { values, settings } = readOptions(argv);
  const { role, driver, workload, size: sizeBytes, cpu } = values;
  const { 'max-size': maxSizeBytes = sizeBytes, 'transport-module': transportModule = '' } = values;
  if (role === 'relay') throw new Error("--role takes initiator or responder, not 'relay'.");
  if (driver === 'js' && transportModule === '')
    throw new Error(`--transport-module is missing: ${PEER_OPTIONS['transport-module'].expects}.`);
  if (maxSizeBytes < sizeBytes) throw new Error(`--max-size ${maxSizeBytes} is below --size ${sizeBytes}.`);
  if (workload === 'deliver') refuseUndeliverable(values);
  return {
    driver,
    addonPath: values.addon,
    transportModule: driver === 'js' ? transportModule : '',
    role,
    parent: values.parent,
    cpu,
    partnerCpu: values['partner-cpu'] === undefined ? cpu : values['partner-cpu'],
    workload,
    sizeBytes,
    maxSizeBytes,
    largeBytes: values.large ?? [],
    beyondBytes: values.beyond ?? null,
    verify: values.verify,
    settings,
    seed: values.seed,
    warmupMs: values['warmup-us'] / 1000,
    windowMs: values['window-us'] / 1000,
    leastMessages: values['least-messages'] ?? 1,
    longestMs: Math.max(values['window-us'], values['longest-us'] ?? 0) / 1000,
    endpoint: values.endpoint,
    framing: values.framing,
    messages: workload === 'deliver' ? (values.messages ?? 0) : 0,
    sender: values.sender ?? 'initiator',
    fault: faultOf(values),
  };
}

function faultOf(values: PeerOptionsRead): PeerArguments['fault'] {
  const { fault: name, 'fault-at': atSeq = 0, 'fault-extent': extent = 1 } = values;
  return name === undefined ? null : { name, atSeq, extent };
}

function refuseUndeliverable({ messages, framing, size }: PeerOptionsRead): void {
  if (messages === undefined) throw new Error('--workload deliver needs --messages.');
  if (framing === 'stream' && size < 32)
    throw new Error(
      '--workload deliver over a stream needs --size 32 or more: below that a message carries no header to find it by.',
    );
}

/** The same command line as ipcbench-peer takes it, for the driver `addon`. */
export function coreArguments(argv: readonly string[]): string[] {
  return argv.filter((_, at) => {
    const name = (argv[at - (at % 2)] ?? '').slice(2);
    return peerOptions.get(name)?.takenBy !== 'node';
  });
}

/** The responder's command line, made from that of the initiator which forks it. */
export function forkedArguments(argv: readonly string[], own: PeerArguments, pid: number): string[] {
  const [, role, , parent, , cpu] = writeOptions({ role: 'responder', parent: pid, cpu: own.partnerCpu });
  const changed = new Map([
    ['--role', role],
    ['--parent', parent],
    ['--cpu', cpu],
  ]);
  return argv.map((word, at) => (at % 2 === 1 ? (changed.get(argv[at - 1] ?? '') ?? word) : word));
}
