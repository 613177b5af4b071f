import { costsBetween, expenseNow } from './cost-meter.js';
import { failureOf } from './failure.js';
import { createInspector } from './inspector.js';
import type { Peer, Workload } from './peer.js';

/** How long nothing may arrive, once the sender was done, before this end is drained. */
const silenceMs = 200;

/** Takes what arrives up to the end, or, once it was told that the sender is done, until nothing more comes. */
export function receiveDelivery(peer: Peer): Workload {
  const { addon, endpoint, words, control } = peer;
  const log = words.log();
  const inspector = createInspector(peer, log);
  let arrivedBytes = 0;
  let ended: 'not' | 'eof' | 'drained' = 'not';
  let finish: () => void;
  const finished = new Promise<void>((resolve) => (finish = resolve));

  const end = (how: 'eof' | 'drained', error?: Error): void => {
    if (ended !== 'not') return;
    ended = how;
    inspector.end();
    if (error === undefined) {
      log.append({ kind: how });
      return finish();
    }
    const { errno, syscall } = failureOf(error, words.phase);
    log.append({ kind: 'error', errno: Math.abs(errno ?? 0), syscall: syscall ?? 'unknown' });
    peer.fail(error);
  };

  endpoint.onMessage((received) => {
    // Nothing can stand in the log behind its end.
    if (ended !== 'not') return;
    arrivedBytes += received.length;
    inspector.take(received);
  });
  endpoint.onEnd((error) => end('eof', error));

  return {
    sofar: inspector.sofar,
    async run() {
      words.enter('window');
      const startedMs = performance.now();
      const before = expenseNow(addon);
      control.waitFor('drain').then(() => endAfterSilence(() => arrivedBytes, () => end('drained')), peer.fail);
      await finished;
      words.enter('draining');
      const windowNs = Math.round((performance.now() - startedMs) * 1e6);
      return { ...inspector.sofar(), windowNs, latency: null, costs: costsBetween(before, expenseNow(addon)), verified: 'full' };
    },
  };
}

/** In turns of a timer, not in time: while this process is busy with what arrived, it has not been silent. */
const endAfterSilence = (arrived: () => number, end: () => void): void => {
  const everyMs = 20;
  let seen = arrived();
  let turns = 0;
  const timer = setInterval(() => {
    turns = arrived() === seen ? turns + 1 : 0;
    seen = arrived();
    if (turns * everyMs < silenceMs) return;
    clearInterval(timer);
    end();
  }, everyMs);
};
