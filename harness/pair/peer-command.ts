import { hostOf, nativeHost } from '../hosts/hosts.js';
import type { EndpointSpec, Role } from '../model/index.js';
import { settingNames, writeOptions, type PeerOptionValues } from '../peer/options.js';
import type { PairContext, PairStart, Surroundings } from './context.js';
import type { PeerName } from './peer-process.js';

export interface PeerRole {
  readonly name: PeerName;
  /** One endpoint for a peer, two for a relay. */
  readonly endpoints: readonly EndpointSpec[];
  /** Descriptors that come before the endpoints'. */
  readonly extraDescriptors?: readonly number[];
}

export interface PeerCommand {
  readonly name: PeerName;
  readonly file: string;
  readonly args: readonly string[];
  /** Added to the environment it inherits. */
  readonly env: Readonly<Record<string, string>>;
  readonly extraDescriptors: readonly number[];
  readonly endpointDescriptors: readonly number[];
}

/** 3 is control, 4 the shared mapping. */
const FIRST_FREE_DESCRIPTOR = 5;

/** The program, arguments and descriptors of one peer (native/README.md, "How a peer is started"). */
export function peerCommand(context: PairContext, start: PairStart, role: PeerRole, parent: number): PeerCommand {
  const extraDescriptors = role.extraDescriptors ?? [];
  const endpointDescriptors = role.endpoints.flatMap((endpoint) => endpoint.descriptors);
  const specs = numberedSpecs(role.endpoints, FIRST_FREE_DESCRIPTOR + extraDescriptors.length);
  const { framing } = start.transport.guarantees;
  const args = [
    ...writeOptions({ role: role.name, parent, cpu: cpuOf(start, role.name), framing }),
    ...start.task,
    ...writeOptions({ endpoint: specs[0] ?? '', 'endpoint-b': specs[1], ...faultOptions(start, role.name) }),
  ];
  const shared = { name: role.name, env: {}, extraDescriptors, endpointDescriptors };
  // A relay is the harness's own tool, whatever hosts the peers.
  if (start.driver === 'native' || role.name === 'relay') return { ...shared, ...nativeHost.command(context, args) };
  const partner = role.name === 'initiator' ? 'responder' : 'initiator';
  const settings = settingNames(start.task);
  const hosted = writeOptions({
    // An initiator that forks its responder says for it where it is to run.
    'partner-cpu': cpuOf(start, partner),
    driver: start.driver,
    addon: context.addonPath,
    'transport-module': start.moduleUrl,
    settings: settings.length > 0 ? settings.join(',') : undefined,
  });
  return { ...shared, ...hostOf(start.driver).command(context, [...args, ...hosted]) };
}

/** The same command inside what a variant puts around a peer. A relay is the harness's own tool: it stays as it is. */
export function wrapped(command: PeerCommand, { env, wrap }: Surroundings): PeerCommand {
  if (command.name === 'relay') return command;
  const [file, ...before] = wrap;
  if (file === undefined) return { ...command, env };
  return { ...command, env, file, args: [...before, command.file, ...command.args] };
}

/** Specs name their descriptors as {0}, {1} …; the peer sees them under the numbers they were inherited as. */
function numberedSpecs(endpoints: readonly EndpointSpec[], firstDescriptor: number): string[] {
  let next = firstDescriptor;
  return endpoints.map((endpoint) => {
    const first = next;
    next += endpoint.descriptors.length;
    return endpoint.spec.replace(/\{(\d+)\}/g, (_, position: string) => String(first + Number(position)));
  });
}

function cpuOf(start: PairStart, name: PeerName): number | null {
  const role: Role | null = name === 'relay' ? null : name;
  return role === null ? null : start.cpus[role];
}

/** A relay carries the fault between unmodified core peers; a `js` peer wraps its own endpoint. */
function faultOptions({ fault, driver }: PairStart, name: PeerName): PeerOptionValues {
  if (fault === null || (driver !== 'js' && name !== 'relay')) return {};
  return { fault: fault.name, 'fault-at': fault.atSeq, 'fault-extent': fault.extent };
}
