import type { Peer, Workload } from '../peer.js';
import { initiatePingPong } from './ping-pong/initiate.js';
import { respondPingPong } from './ping-pong/respond.js';

export function prepare(peer: Peer): Workload {
  return peer.args.role === 'initiator' ? initiatePingPong(peer) : respondPingPong(peer);
}
