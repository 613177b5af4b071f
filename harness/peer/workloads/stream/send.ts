import { setImmediate, setTimeout } from 'node:timers/promises';
import { costsBetween, resourceUsageNow, type ResourceUsage } from '../../cost-meter.js';
import { fixedMessages, messagesPerLook } from '../../fixed-messages.js';
import type { Peer, PeerReport, Workload } from '../../peer.js';
import { isTooFew, sampleInTime } from '../../sampling.js';

/**
 * Sends as fast as the transport's own backpressure allows. tinybench keeps the time: a sample is a block of messages.
 */
export function sendStream(peer: Peer): Workload {
  const { args, addon, endpoint, words } = peer;
  const messages = fixedMessages(peer);
  const perLook = messagesPerLook(args.sizeBytes);
  let seq = 0;
  let isDone = false;
  let yieldedMs = 0;

  endpoint.onMessage(() => peer.fail(new Error('The receiver of a stream sent something.')));
  endpoint.onEnd((error) => {
    if (!isDone) peer.fail(error ?? new Error(`The receiver ended the exchange after ${seq} messages were sent.`));
  });

  const sendOne = (): Promise<unknown> | void => {
    // A new array for each: a transport may keep what it was given until the kernel has it.
    const message = Buffer.allocUnsafe(args.sizeBytes);
    messages.fill(message, seq);
    seq += 1;
    return endpoint.send(message);
  };
  const sendBlock = async (): Promise<void> => {
    for (let left = perLook; left > 0; left -= 1) {
      const ready = sendOne();
      if (ready !== undefined) await ready;
    }
    // Where every send returns at once, nothing else would ever run: neither the writes it queued nor the end of the
    // control channel.
    if (performance.now() - yieldedMs < 1) return;
    await setImmediate();
    yieldedMs = performance.now();
  };

  return {
    sofar: () => ({ messages: seq, bytes: seq * args.sizeBytes }),
    async run() {
      let first = 0;
      let openedMs = 0;
      let before: ResourceUsage | undefined;
      let report: PeerReport | undefined;
      await sampleInTime({
        warmupMs: args.warmupMs,
        windowMs: args.windowMs,
        once: sendBlock,
        async openWindow() {
          words.enter('window');
          before = resourceUsageNow(addon);
          openedMs = performance.now();
          first = seq;
          words.openWindowAt(first);
        },
        async closeWindow() {
          while (isTooFew(args, seq - first + 1, openedMs)) await sendBlock();
          // Blocks are as long as the receiver's looks are apart, so `seq` is one it looks at.
          words.endAt(seq);
          await sendOne();
          const windowNs = Math.round((performance.now() - openedMs) * 1e6);
          const after = resourceUsageNow(addon);
          const count = seq - first;
          report = {
            messages: count,
            bytes: count * args.sizeBytes,
            windowNs,
            latency: null,
            costs: costsBetween(before ?? after, after),
            verified: args.verify,
          };
        },
      });
      if (report === undefined) throw new Error('The measured window never ended.');
      isDone = true;
      await peer.close();
      words.enter('draining');
      // The receiver still measures: writing a result and exiting would take its CPU from it.
      while (words.isPartnerMeasuring()) await setTimeout(5);
      return report;
    },
  };
}
