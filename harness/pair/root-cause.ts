import { PeerError } from '../control/control-channel.js';
import { decodeLog } from '../history/decode-log.js';
import { decodeProgress, describeProgress, namedPhaseWords, type Progress } from '../history/progress.js';
import { PeerGone, type PeerProcess } from './peer-process.js';

/** Long enough for the partner of a dead peer to notice and say so; it only ever delays a failure. */
const GRACE_MS = 200;

/** What ended a launch: the earliest failure of its peers, as a sentence with the peer, what it was doing and where. */
export class LaunchBroken extends Error {
  override readonly name = 'LaunchBroken';

  constructor(
    message: string,
    readonly code: string | null,
    options: ErrorOptions,
  ) {
    super(message, options);
  }
}

type Watched = Pick<PeerProcess, 'name' | 'control'> & Partial<Pick<PeerProcess, 'stderrTail'>>;

/**
 * When one end fails, the other soon does too, and which of the two is heard first is chance. Waits for both, then
 * picks the failure that explains the other. `readMapping` gives the progress words that survive a dead peer.
 */
export async function rootCause(
  peers: readonly PeerProcess[],
  thrown: Error,
  readMapping: () => Uint8Array | null,
): Promise<Error> {
  if (!isOfPeer(thrown)) return thrown;
  let timer: NodeJS.Timeout | undefined;
  const grace = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, GRACE_MS);
  });
  await Promise.race([grace, Promise.all(peers.map((peer) => Promise.all([peer.exited, peer.control.ended])))]);
  clearTimeout(timer);
  return earliestFailure(peers, readMapping()) ?? thrown;
}

/** The one of these peers' failures that explains the others; null when none of them has failed by itself. */
export function earliestFailure(peers: readonly Watched[], mapping: Uint8Array | null): LaunchBroken | null {
  const failures = peers.flatMap((peer) => {
    const error = peer.control.failure();
    return error !== null && isOfPeer(error) ? [{ peer, error, atMs: peer.control.failedAtMs() }] : [];
  });
  const rank = ({ error }: (typeof failures)[number]): number => Number(isNewsOfTheOther(error));
  const [first] = failures.toSorted((a, b) => rank(a) - rank(b) || a.atMs - b.atMs);
  if (first === undefined) return null;
  const { peer, error } = first;
  const code = error instanceof PeerError ? error.line.code : null;
  const message = error instanceof PeerError ? told(peer, error) : gone(peer, error, mapping);
  return new LaunchBroken(message, code, { cause: error });
}

const NEWS_CODES = new Set(['EPIPE', 'ECONNRESET', 'ECONNREFUSED', 'EOF', 'ENOENT']);
/** What the loops of both cores say when the other end is no longer there. */
const NEWS_WORDS = /^The \w+ (ended the exchange|was done, and nothing has arrived|closed the channel)/;

function isNewsOfTheOther(error: PeerError | PeerGone): boolean {
  if (error instanceof PeerGone) return false;
  return (error.line.code !== null && NEWS_CODES.has(error.line.code)) || NEWS_WORDS.test(error.line.message);
}

function told(peer: Watched, { line }: PeerError): string {
  const doing = line.phase === null ? '' : ` while ${namedPhaseWords(line.phase)}`;
  const messages = line.messages ?? 0;
  const amount = messages === 0 ? '' : `, at message ${messages}`;
  const place = line.at === undefined || line.at === null ? '' : ` (${line.at})`;
  // A process that ends itself has said why, if at all, on stderr.
  const stderr = line.message.startsWith('its process ended') ? (peer.stderrTail?.() ?? '') : '';
  const wrote = stderr === '' ? '' : `; it wrote: ${stderr}`;
  return `The ${peer.name} failed${doing}${amount}: ${line.message.replace(/\.$/, '')}${place}${wrote}.`;
}

function gone(peer: Watched, error: PeerGone, mapping: Uint8Array | null): string {
  const progress = mapping === null ? null : lastSeen(peer, mapping);
  return progress === null ? error.message : `${error.message} Its last known state: ${describeProgress(progress)}.`;
}

/** Node-hosted peers tell their progress twenty times a second; the log of a checked exchange has every message. */
function lastSeen({ name }: Watched, mapping: Uint8Array): Progress | null {
  const progress = decodeProgress(mapping)?.[name] ?? null;
  if (progress === null || name === 'relay') return progress;
  const logged = { messages: 0, bytes: 0 };
  for (const event of decodeLog(mapping, name).events) {
    if (event.kind !== 'sent' && event.kind !== 'received') continue;
    logged.messages += event.count;
    logged.bytes += event.bytes;
  }
  return logged.messages > progress.messages ? { ...progress, ...logged } : progress;
}

function isOfPeer(error: Error): error is PeerError | PeerGone {
  return error instanceof PeerError || error instanceof PeerGone;
}
