import { decodeProgress, describeProgress, PHASE, type Progress } from '../history/progress.js';
import { processState } from '../os/os.js';
import type { PeerProcess } from './peer-process.js';

/**
 * Names the peers that a deadline found unfinished, the phase each is in, and its process state: what a user needs to
 * go on.
 */
export function stuckSentence(peers: readonly PeerProcess[], mapping: Uint8Array, doing: string, ms: number): string {
  return sentence(peers, mapping, doing, `did not finish ${doing} within ${ms} ms`);
}

/** The same of peers that have come no further for that long. */
export function stalledSentence(peers: readonly PeerProcess[], mapping: Uint8Array, doing: string, ms: number): string {
  return sentence(peers, mapping, doing, `made no progress in ${doing} for ${ms} ms`);
}

/** Whether a signal has stopped one of them. */
export function isOneStopped(mapping: Uint8Array, peers: readonly PeerProcess[]): boolean {
  const progress = decodeProgress(mapping);
  return peers.some(({ name }) => stateOf(progress?.[name]?.pid ?? null)?.toUpperCase() === 'T');
}

function sentence(peers: readonly PeerProcess[], mapping: Uint8Array, doing: string, complaint: string): string {
  const progress = decodeProgress(mapping);
  const states = peers.map((peer) => ({ peer, at: progress?.[peer.name] ?? null }));
  const unfinished = states.filter(({ at }) => at === null || !isPast(at, doing));
  const named = unfinished.length === 0 ? states : unfinished;
  const each = named.map(
    ({ peer, at }) => `the ${peer.name} (state: ${at === null ? 'unknown' : describeProgress(at)}${stateInWords(at)})`,
  );
  const stderr = peers.map((peer) => peer.stderrTail()).filter((text) => text !== '');
  const said = stderr.length === 0 ? '' : ` Stderr: ${stderr.join(' ')}`;
  return `${capitalised(each.join(' and '))} ${complaint}.${said} Raise --timeout if the machine is loaded.`;
}

function isPast(at: Progress, doing: string): boolean {
  return doing === 'connecting' ? at.phase === PHASE.ready : at.phase === PHASE.finished;
}

/**
 * A stopped peer and one that waits look alike from their phase; the kernel tells them apart (proc_pid_stat(5), state).
 */
function stateInWords(at: Progress | null): string {
  if (at === null || at.pid === null) return '';
  const state = stateOf(at.pid);
  const words: Readonly<Record<string, string>> = {
    T: ', stopped by a signal',
    t: ', stopped by a debugger',
    R: ', running',
    S: ', asleep',
    D: ', asleep in the kernel',
    Z: ', dead',
  };
  return state === undefined ? ', gone' : (words[state] ?? '');
}

function stateOf(pid: number | null): string | undefined {
  return pid === null ? undefined : processState(pid);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
