import { costsBetween, resourceUsageNow, type ResourceUsage } from '../../cost-meter.js';
import { fixedMessages, messagesPerLook } from '../../fixed-messages.js';
import type { Peer, PeerReport, Workload } from '../../peer.js';

/** Checks each message and answers it with one of its own, until the last. */
export function respondPingPong(peer: Peer): Workload {
  const { args, addon, endpoint, words } = peer;
  const messages = fixedMessages(peer);
  const perLook = messagesPerLook(args.sizeBytes);
  const answer = Buffer.alloc(args.sizeBytes);
  let seq = 0;
  let opened: { readonly first: number; readonly atMs: number; readonly usage: ResourceUsage } | null = null;
  let report: PeerReport | null = null;
  let finish: (report: PeerReport) => void;
  const finished = new Promise<PeerReport>((resolve) => (finish = resolve));

  /** What the window words say of message `seq`, which has arrived and is not answered yet. */
  const look = (): void => {
    const { first, last } = words.window();
    if (first === seq + 1) {
      words.enter('window');
      const usage = resourceUsageNow(addon);
      opened = { first, atMs: performance.now(), usage };
    }
    if (last !== seq || opened === null) return;
    const windowNs = Math.round((performance.now() - opened.atMs) * 1e6);
    const count = seq - opened.first;
    report = {
      messages: count,
      bytes: count * args.sizeBytes,
      windowNs,
      latency: null,
      costs: costsBetween(opened.usage, resourceUsageNow(addon)),
      verified: args.verify,
    };
    words.enter('draining');
  };

  messages.onMessage((message) => {
    try {
      messages.check(message, seq);
    } catch (error) {
      return peer.fail(error);
    }
    if (seq % perLook === 0) look();
    messages.fill(answer, seq);
    seq += 1;
    const sent = endpoint.send(answer);
    if (report !== null) finish(report);
    sent?.catch(peer.fail);
  });
  endpoint.onEnd((error) => {
    if (report === null)
      peer.fail(error ?? new Error(`The initiator ended the exchange after ${seq} messages, before the last one.`));
  });

  return { sofar: () => ({ messages: seq, bytes: seq * args.sizeBytes }), run: () => finished };
}
