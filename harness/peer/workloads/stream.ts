import type { Peer, Workload } from '../peer.js';
import { receiveStream } from './stream/receive.js';
import { sendStream } from './stream/send.js';

export function prepare(peer: Peer): Workload {
  return peer.args.role === peer.args.sender ? sendStream(peer) : receiveStream(peer);
}
