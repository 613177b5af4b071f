import { costsBetween, resourceUsageNow, type ResourceUsage } from '../../cost-meter.js';
import { fixedMessages, messagesPerLook } from '../../fixed-messages.js';
import type { Peer, PeerReport, Workload } from '../../peer.js';

/** How long nothing may arrive once the sender is done, before the rest counts as lost. */
const silenceMs = 2000;

/**
 * Keeps the time: from the arrival of the window's first message to that of the last. The first one opens the clock and
 * is not counted: its bytes came before.
 */
export function receiveStream(peer: Peer): Workload {
  const { args, addon, endpoint, words } = peer;
  const messages = fixedMessages(peer);
  const perLook = messagesPerLook(args.sizeBytes);
  let seq = 0;
  let last: number | null = null;
  let opened: { readonly first: number; readonly atMs: number; readonly usage: ResourceUsage } | null = null;
  let isDone = false;
  let finish: (report: PeerReport) => void;
  const finished = new Promise<PeerReport>((resolve) => (finish = resolve));

  const look = (): void => {
    const window = words.window();
    last = window.last;
    if (opened !== null || window.first !== seq) return;
    words.enter('window');
    const usage = resourceUsageNow(addon);
    opened = { first: seq, atMs: performance.now(), usage };
  };
  const close = (): void => {
    if (opened === null)
      return peer.fail(new Error(`Message ${seq} is the last one, but the measured window never began.`));
    const windowNs = Math.round((performance.now() - opened.atMs) * 1e6);
    const costs = costsBetween(opened.usage, resourceUsageNow(addon));
    const count = seq - opened.first;
    isDone = true;
    words.enter('draining');
    finish({ messages: count, bytes: count * args.sizeBytes, windowNs, latency: null, costs, verified: args.verify });
  };

  messages.onMessage((message) => {
    try {
      messages.check(message, seq);
    } catch (error) {
      return peer.fail(error);
    }
    if (seq % perLook === 0) look();
    if (seq === last) close();
    seq += 1;
  });
  endpoint.onEnd((error) => {
    if (!isDone)
      peer.fail(
        error ?? new Error(`The sender ended the exchange after message ${seq - 1}, before the last one had arrived.`),
      );
  });

  return {
    sofar: () => ({ messages: seq, bytes: seq * args.sizeBytes }),
    async run() {
      const watch = watchForSilence(peer, () => seq);
      const report = await finished;
      clearInterval(watch);
      return report;
    },
  };
}

/**
 * A transport that loses the last message and tells of no end would leave its receiver waiting for ever. Counted in
 * turns of a timer, not in time: while this process parses a large message, it has not been silent.
 */
const watchForSilence = (peer: Peer, arrived: () => number): NodeJS.Timeout => {
  const everyMs = 50;
  let seen = -1;
  let turns = 0;
  return setInterval(() => {
    const isDone = !peer.words.isPartnerMeasuring() && !peer.words.isPartnerClosing();
    turns = isDone && arrived() === seen ? turns + 1 : 0;
    seen = arrived();
    if (turns * everyMs < silenceMs) return;
    peer.fail(
      new Error(
        `The sender had finished, and nothing arrived for ${silenceMs} ms after message ${seen - 1}: the ` +
          'transport lost the last message.',
      ),
    );
  }, everyMs);
};
