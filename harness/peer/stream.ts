import { setImmediate, setTimeout } from 'node:timers/promises';
import { PHASE } from '../history/progress.js';
import { costsBetween, expenseNow, type Expense } from './cost-meter.js';
import { fixedMessages, messagesPerLook } from './fixed-messages.js';
import type { Peer, PeerReport, Workload } from './peer.js';
import { sampleInTime } from './sampling.js';

/** Sends as fast as the transport's own backpressure allows. tinybench keeps the time: a sample is a block of messages. */
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

  const sendOne = (): Promise<void> | void => {
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
    // Where every send returns at once, nothing else would ever run: neither the writes it queued nor the end of the control channel.
    if (performance.now() - yieldedMs < 1) return;
    await setImmediate();
    yieldedMs = performance.now();
  };

  return {
    sofar: () => ({ messages: seq, bytes: seq * args.sizeBytes }),
    async run() {
      let first = 0;
      let openedMs = 0;
      let before: Expense | undefined;
      let report: PeerReport | undefined;
      await sampleInTime({
        warmupMs: args.warmupMs,
        windowMs: args.windowMs,
        once: sendBlock,
        async openWindow() {
          words.enter('window');
          before = expenseNow(addon);
          openedMs = performance.now();
          first = seq;
          words.openWindowAt(first);
        },
        async closeWindow() {
          // Blocks are as long as the receiver's looks are apart, so `seq` is one it looks at.
          words.endAt(seq);
          await sendOne();
          const windowNs = Math.round((performance.now() - openedMs) * 1e6);
          const after = expenseNow(addon);
          const count = seq - first;
          report = { messages: count, bytes: count * args.sizeBytes, windowNs, latency: null, costs: costsBetween(before ?? after, after), verified: args.verify };
        },
      });
      if (report === undefined) throw new Error('The window was never closed.');
      isDone = true;
      await endpoint.close();
      words.enter('draining');
      // The receiver still measures: writing a result and exiting would take its CPU from it.
      while (isMeasuring(words.partner().phase)) await setTimeout(5);
      return report;
    },
  };
}

const isMeasuring = (phase: number): boolean => phase < PHASE.draining || phase > PHASE.failed;

/** How long nothing may arrive once the sender is done, before the rest counts as lost. */
const silenceMs = 2000;

/**
 * Keeps the time: from the arrival of the window's first message to that of the last. The first one opens the clock and is not
 * counted: its bytes came before.
 */
export function receiveStream(peer: Peer): Workload {
  const { args, addon, endpoint, words } = peer;
  const messages = fixedMessages(peer);
  const perLook = messagesPerLook(args.sizeBytes);
  let seq = 0;
  let last: number | null = null;
  let opened: { readonly first: number; readonly atMs: number; readonly expense: Expense } | null = null;
  let isDone = false;
  let finish: (report: PeerReport) => void;
  const finished = new Promise<PeerReport>((resolve) => (finish = resolve));

  const look = (): void => {
    const window = words.window();
    last = window.last;
    if (opened !== null || window.first !== seq) return;
    words.enter('window');
    const expense = expenseNow(addon);
    opened = { first: seq, atMs: performance.now(), expense };
  };
  const close = (): void => {
    if (opened === null) return peer.fail(new Error(`Message ${seq} is the last one, and the window never opened.`));
    const windowNs = Math.round((performance.now() - opened.atMs) * 1e6);
    const costs = costsBetween(opened.expense, expenseNow(addon));
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
    if (!isDone) peer.fail(error ?? new Error(`The sender ended the exchange after message ${seq - 1}, and the last one had not arrived.`));
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
 * A transport that loses the last message and tells of no end would leave its receiver waiting for ever. Counted in turns of a timer,
 * not in time: while this process parses a large message, it has not been silent.
 */
const watchForSilence = (peer: Peer, arrived: () => number): NodeJS.Timeout => {
  const everyMs = 50;
  let seen = -1;
  let turns = 0;
  return setInterval(() => {
    const isDone = !isMeasuring(peer.words.partner().phase);
    turns = isDone && arrived() === seen ? turns + 1 : 0;
    seen = arrived();
    if (turns * everyMs < silenceMs) return;
    peer.fail(new Error(`The sender was done, and nothing has arrived for ${silenceMs} ms after message ${seen - 1}: the transport lost the last message.`));
  }, everyMs);
};
