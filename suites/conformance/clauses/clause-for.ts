import type { DeliveryCheck, Guarantees, Source } from '../../../harness/model/index.js';
import type { Clauses, Promised } from './clauses.js';
import { nodeIpc, nodeStream } from './node.js';
import { pipe, posixQueue } from './pipes.js';
import { datagramSocket, seqpacketSocket, streamSocket, tcpSocket } from './sockets.js';

/**
 * The clause that promises this to a transport: of the system, by what the transport is made of, else of its own
 * descriptor.
 */
export function clauseFor(promised: Promised): DeliveryCheck['source'] {
  return ({ name, guarantees }) => {
    const family = FAMILIES.find(([names]) => names.test(name));
    return family === undefined ? ownWord(promised, name, guarantees) : family[1][promised];
  };
}

const FAMILIES: readonly (readonly [RegExp, Clauses])[] = [
  [/^(socketpair|unix)-stream$/, streamSocket],
  [/^(socketpair|unix)-dgram$/, datagramSocket],
  [/^(socketpair|unix)-seqpacket$/, seqpacketSocket],
  [/^(pipe|fifo)$/, pipe],
  [/^tcp-loopback$/, tcpSocket],
  [/^posix-mq$/, posixQueue],
  [/^node-ipc-/, nodeIpc],
  [/^node-(net|stdio)$/, nodeStream],
];

/** A plugin is held to what it says of itself; so is a transport whose system's text could not be had. */
function ownWord(promised: Promised, name: string, guarantees: Guarantees): Source {
  const words: Readonly<Record<Promised, string>> = {
    order: `ordered: ${guarantees.ordered}`,
    'no-loss': `reliable: ${guarantees.reliable}`,
    once: `reliable: ${guarantees.reliable}`,
    integrity: `reliable: ${guarantees.reliable}`,
    boundaries: `framing: '${guarantees.framing}'`,
    end: `eof: ${guarantees.eof}`,
  };
  return {
    document: `The descriptor of '${name}', guarantees (not verified against another text)`,
    quote: words[promised],
  };
}
