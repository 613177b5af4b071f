import type { Peer, Workload } from '../peer.js';
import { receiveDelivery } from './deliver/receive.js';
import { sendDelivery } from './deliver/send.js';

/** The exchange of the checks, which measures nothing. */
export function prepare(peer: Peer): Workload {
  return peer.args.role === peer.args.sender ? sendDelivery(peer) : receiveDelivery(peer);
}
