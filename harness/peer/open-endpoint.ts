import type { Endpoint, EndpointContext, JsTransport } from '../model/index.js';
import type { PeerArguments } from './arguments.js';
import type { ResponderFork } from './fork-responder.js';
import { largestSize } from './planned-size.js';

/**
 * Opens the transport's endpoint here, with the fault this peer's sends are to have. A transport that forks has done so
 * when this first waits.
 */
export async function openEndpoint(
  transport: JsTransport,
  args: PeerArguments,
  responder: ResponderFork,
): Promise<Endpoint> {
  const context: EndpointContext = {
    role: args.role,
    spec: args.endpoint,
    // Of a message that the transport may refuse, it learns when it is sent one.
    maxMessageBytes: largestSize({ ...args, beyondBytes: null }),
    forkResponder: (options) => responder.fork(options),
  };
  const endpoint = await transport.open(context);
  for (const member of ['send', 'onMessage', 'onEnd', 'close'] as const) {
    if (typeof endpoint?.[member] !== 'function')
      throw new Error(
        `The endpoint that open() of ${args.transportModule} resolved to lacks the function '${member}'.`,
      );
  }
  return args.fault !== null && args.role === args.sender ? wrapWithFault(endpoint, args.fault, args.seed) : endpoint;
}

/** Transports that came in one file with this, by the URL of their own module. */
export type ShippedTransports = ReadonlyMap<string, () => Promise<unknown>>;

/** The harness has checked the whole descriptor; this process needs one member of it. */
export const importTransport = async (module: string, shipped: ShippedTransports): Promise<JsTransport> => {
  const namespace = (await (shipped.get(module)?.() ?? import(module))) as {
    readonly default?: { readonly js?: JsTransport };
  };
  const js = namespace.default?.js;
  if (typeof js?.open !== 'function')
    throw new Error(`${module} has no transport with a 'js' driver as its default export.`);
  return js;
};

type WrapEndpoint = (
  endpoint: Endpoint,
  fault: { readonly name: string; readonly atSeq: number; readonly extent: number },
  seed: number,
) => Endpoint;

/** Found by its place, like everything in suites: the harness imports nothing there by name. */
const wrapperModule = new URL('../../suites/conformance/fault-injection/wrap-endpoint.js', import.meta.url).href;

const wrapWithFault = async (
  endpoint: Endpoint,
  fault: NonNullable<PeerArguments['fault']>,
  seed: number,
): Promise<Endpoint> => {
  const { wrapEndpoint } = (await import(wrapperModule)) as { readonly wrapEndpoint: WrapEndpoint };
  return wrapEndpoint(endpoint, fault, seed);
};
