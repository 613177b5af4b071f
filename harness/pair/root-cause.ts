import { PeerError } from '../control/control-channel.js';
import { PeerGone, type PeerProcess } from './peer-process.js';

/** Long enough for the partner of a dead peer to notice and say so; it only ever delays a failure. */
const GRACE_MS = 200;

/**
 * When one end fails, the other soon does too, and which of the two is heard first is chance. Waits for both, then picks the
 * failure that explains the other: a peer killed by a signal, or an error that is not merely the news of a partner's end.
 */
export async function rootCause(peers: readonly PeerProcess[], thrown: Error): Promise<Error> {
  if (!(thrown instanceof PeerError || thrown instanceof PeerGone)) return thrown;
  let timer: NodeJS.Timeout | undefined;
  const grace = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, GRACE_MS);
  });
  await Promise.race([grace, Promise.all(peers.map((peer) => Promise.all([peer.exited, peer.control.ended])))]);
  clearTimeout(timer);
  const failures = [thrown, ...peers.flatMap((peer) => peer.control.failure() ?? [])];
  return failures.reduce((best, next) => (explains(next) > explains(best) ? next : best));
}

const NEWS_OF_THE_OTHER_END = new Set(['EPIPE', 'ECONNRESET', 'ECONNREFUSED', 'EOF']);

function explains(failure: Error): number {
  if (failure instanceof PeerError) return failure.line.code === null || NEWS_OF_THE_OTHER_END.has(failure.line.code) ? 1 : 3;
  if (failure instanceof PeerGone) return failure.exit.signal !== null ? 3 : failure.exit.exitCode === 0 ? 0 : 2;
  return 4;
}
