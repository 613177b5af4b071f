import { costsBetween, resourceUsageNow, type ResourceUsage } from '../../cost-meter.js';
import { fixedMessages, messagesPerLook } from '../../fixed-messages.js';
import { binLatencies } from '../../latency-histogram.js';
import type { Peer, PeerReport, Workload } from '../../peer.js';
import { isTooFew, sampleInTime } from '../../sampling.js';

/**
 * Sends a message, waits for the answer, and so on; the whole round trip is a sample, from before `send` to after the
 * check.
 */
export function initiatePingPong(peer: Peer): Workload {
  const { args, addon, endpoint, words } = peer;
  const messages = fixedMessages(peer);
  const perLook = messagesPerLook(args.sizeBytes);
  // One message is on its way at a time, and its answer proves that it has left: the array can be filled again.
  const message = Buffer.alloc(args.sizeBytes);
  let seq = 0;
  let answered: (() => void) | null = null;

  messages.onMessage((answer) => {
    const resolve = answered;
    if (resolve === null) return peer.fail(new Error(`An unexpected message arrived after ${seq} round trips.`));
    try {
      messages.check(answer, seq);
    } catch (error) {
      return peer.fail(error);
    }
    answered = null;
    seq += 1;
    resolve();
  });
  endpoint.onEnd((error) => {
    if (answered !== null)
      peer.fail(error ?? new Error(`The responder ended the exchange before it answered message ${seq}.`));
  });

  const roundTrip = (): Promise<void> =>
    new Promise((resolve) => {
      answered = resolve;
      messages.fill(message, seq);
      // What `send` resolves to says that more could be sent. Nothing will be, before the answer is here.
      endpoint.send(message)?.catch(peer.fail);
    });
  const timedRoundTrip = async (samplesMs: number[]): Promise<void> => {
    const startMs = performance.now();
    await roundTrip();
    samplesMs.push(performance.now() - startMs);
  };

  return {
    sofar: () => ({ messages: seq, bytes: seq * args.sizeBytes }),
    async run() {
      const extraMs: number[] = [];
      let first = 0;
      let before: ResourceUsage | undefined;
      let report: Omit<PeerReport, 'latency'> | undefined;
      let openedMs = 0;
      const samplesMs = await sampleInTime({
        warmupMs: args.warmupMs,
        windowMs: args.windowMs,
        once: roundTrip,
        async openWindow() {
          while (seq % perLook !== 0) await roundTrip();
          words.openWindowAt(seq + 1);
          // One more that is not measured: before it answers, the responder takes its expenses.
          await roundTrip();
          words.enter('window');
          first = seq;
          before = resourceUsageNow(addon);
          openedMs = performance.now();
        },
        async closeWindow() {
          // The responder's window reaches up to the message that is announced as the last. What comes before that is
          // sampled too, so that both ends speak of the same messages.
          while (seq % perLook !== 0 || isTooFew(args, seq - first, openedMs)) await timedRoundTrip(extraMs);
          const windowNs = Math.round((performance.now() - openedMs) * 1e6);
          const after = resourceUsageNow(addon);
          const count = seq - first;
          report = {
            messages: count,
            bytes: count * args.sizeBytes,
            windowNs,
            costs: costsBetween(before ?? after, after),
            verified: args.verify,
          };
          words.enter('draining');
          words.endAt(seq);
          await roundTrip();
        },
      });
      if (report === undefined) throw new Error('The measured window never ended.');
      return { ...report, latency: binLatencies(inNanoseconds(samplesMs, extraMs)) };
    },
  };
}

function* inNanoseconds(...lists: readonly (readonly number[])[]): Generator<number> {
  for (const list of lists) for (const ms of list) yield ms * 1e6;
}
