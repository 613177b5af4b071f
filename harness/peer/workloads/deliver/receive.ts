import { costsBetween, resourceUsageNow } from '../../cost-meter.js';
import { watchDescriptors } from '../../descriptor-watch.js';
import { failureOf } from '../../failure.js';
import { createInspector } from '../../inspector.js';
import { keptArrays } from '../../kept-arrays.js';
import type { Peer, Workload } from '../../peer.js';

/** How long nothing may arrive, once the sender was done, before this end is drained. */
const silenceMs = 200;
/** The same once the end was told: what is handed over after it is written down behind it. */
const silenceAfterEndMs = 100;

/** Takes what arrives up to the end, or, once it was told that the sender is done, until nothing more comes. */
export function receiveDelivery(peer: Peer): Workload {
  const { args, addon, endpoint, words, control } = peer;
  const log = words.log();
  const inspector = createInspector(peer, log);
  const kept = keptArrays();
  const descriptors = watchDescriptors(args.messages);
  let arrivedBytes = 0;
  let ended: 'not' | 'eof' | 'drained' = 'not';
  let finish: () => void;
  const finished = new Promise<void>((resolve) => (finish = resolve));

  const lookAtKept = (): void => {
    const changed = kept.changed();
    if (changed !== null) log.append({ kind: 'overwritten', ...changed });
  };
  const end = (how: 'eof' | 'drained', error?: Error): void => {
    if (ended !== 'not') return;
    ended = how;
    inspector.end();
    lookAtKept();
    if (error !== undefined) {
      const { errno, syscall } = failureOf(error, words.phase);
      log.append({ kind: 'error', errno: Math.abs(errno ?? 0), syscall: syscall ?? 'unknown' });
      return peer.fail(error);
    }
    log.append({ kind: how });
    if (how === 'drained') finish();
    else endAfterSilence(silenceAfterEndMs, () => arrivedBytes, finish);
  };

  endpoint.onMessage((received) => {
    // Drained means that nothing came: nothing can stand in the log behind it.
    if (ended === 'drained') return;
    arrivedBytes += received.length;
    inspector.take(received);
    kept.offer(received);
    descriptors.at(inspector.sofar().messages);
  });
  endpoint.onEnd((error) => end('eof', error));

  return {
    sofar: inspector.sofar,
    async run() {
      words.enter('window');
      const startedMs = performance.now();
      const before = resourceUsageNow(addon);
      control.waitFor('drain').then(
        () =>
          endAfterSilence(
            silenceMs,
            () => arrivedBytes,
            () => end('drained'),
          ),
        peer.fail,
      );
      await finished;
      words.enter('draining');
      const windowNs = Math.round((performance.now() - startedMs) * 1e6);
      return {
        ...inspector.sofar(),
        windowNs,
        latency: null,
        costs: costsBetween(before, resourceUsageNow(addon)),
        verified: 'full',
        leftOpen: descriptors.grown(),
      };
    },
  };
}

/** In turns of a timer, not in time: while this process is busy with what arrived, it has not been silent. */
const endAfterSilence = (silentMs: number, arrived: () => number, end: () => void): void => {
  const everyMs = 20;
  let seen = arrived();
  let turns = 0;
  const timer = setInterval(() => {
    turns = arrived() === seen ? turns + 1 : 0;
    seen = arrived();
    if (turns * everyMs < silentMs) return;
    clearInterval(timer);
    end();
  }, everyMs);
};
