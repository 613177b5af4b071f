import { setImmediate } from 'node:timers/promises';
import { costsBetween, expenseNow } from './cost-meter.js';
import { errnoOf, failureOf } from './failure.js';
import { createFramer } from './framer.js';
import { partnerOf, senderNumber, type Peer, type Workload } from './peer.js';

/** Sends the planned messages one after the other, and writes down what became of each. */
export function sendDelivery(peer: Peer): Workload {
  const { args, addon, endpoint, words, control } = peer;
  const self = senderNumber[args.role];
  const log = words.log();
  let seq = 0;
  let bytes = 0;
  // The receiver's end, seen from here, is not evidence: a send that fails is.
  endpoint.onMessage(() => undefined);
  endpoint.onEnd(() => undefined);

  return {
    sofar: () => ({ messages: seq, bytes }),
    async run() {
      words.enter('window');
      for (let yieldedMs = 0; seq < args.messages; seq += 1) {
        const size = addon.messageSize(args.seed, seq, args.sizeBytes, args.maxSizeBytes);
        const message = Buffer.allocUnsafe(size);
        addon.fillMessage(message, args.seed, self, seq);
        try {
          await endpoint.send(message);
        } catch (error) {
          log.append({ kind: 'send-unknown', sender: self, seq, acceptedBytes: 0, errno: Math.abs(errnoOf(error) ?? 0) });
          throw error;
        }
        log.sent(self, seq, size);
        bytes += size;
        // Where every send returns at once, nothing else would ever run.
        if (performance.now() - yieldedMs < 1) continue;
        await setImmediate();
        yieldedMs = performance.now();
      }
      await endpoint.close();
      words.enter('draining');
      await control.say({ type: 'sent', messages: seq });
      // The receiver may still be reading what this process holds for it.
      await control.waitFor('go');
      return null;
    },
  };
}

/** How long nothing may arrive, once the sender was done, before this end is drained. */
const silenceMs = 200;

/** Checks every byte of what arrives, and writes it down in the order it came. Judges nothing. */
export function receiveDelivery(peer: Peer): Workload {
  const { args, addon, endpoint, words, control } = peer;
  const sender = senderNumber[partnerOf[args.role]];
  const log = words.log();
  let messages = 0;
  let bytes = 0;
  let expectedSeq = 0;
  let ended: 'not' | 'eof' | 'drained' = 'not';
  let finish: () => void;
  const finished = new Promise<void>((resolve) => (finish = resolve));

  const take = (message: Uint8Array): void => {
    messages += 1;
    bytes += message.length;
    const finding = addon.checkMessage(message, args.seed, sender, expectedSeq);
    switch (finding.kind) {
      case 'intact': {
        expectedSeq = finding.seq + 1;
        const expected = addon.messageSize(args.seed, finding.seq, args.sizeBytes, args.maxSizeBytes);
        if (expected === message.length) log.received(finding.sender, finding.seq, message.length);
        else log.append({ kind: 'unplanned-length', sender: finding.sender, seq: finding.seq, expected, actual: message.length });
        return;
      }
      case 'damaged-header':
        return log.append({ kind: 'damaged-header', bytes: message.length });
      case 'damaged-payload':
        expectedSeq = finding.seq + 1;
        return log.append({ kind: 'damaged-payload', sender: finding.sender, seq: finding.seq, bytes: message.length, offset: finding.offset });
      case 'wrong-boundary':
        expectedSeq = finding.seq + 1;
        return log.append({ kind: 'wrong-boundary', sender: finding.sender, seq: finding.seq, expected: finding.expected, actual: message.length });
    }
  };
  const framer = createFramer(args.maxSizeBytes, {
    message: take,
    damagedHeader: (count) => log.append({ kind: 'damaged-header', bytes: count }),
    cutShort: ({ sender: from, seq, length }, arrived) => log.append({ kind: 'cut-short', sender: from, seq, expected: length, actual: arrived }),
  });
  const end = (how: 'eof' | 'drained', error?: Error): void => {
    if (ended !== 'not') return;
    ended = how;
    framer.end();
    if (error === undefined) {
      log.append({ kind: how });
      return finish();
    }
    const { errno, syscall } = failureOf(error, words.phase);
    log.append({ kind: 'error', errno: Math.abs(errno ?? 0), syscall: syscall ?? 'unknown' });
    peer.fail(error);
  };

  endpoint.onMessage((received) => {
    if (args.framing === 'message') take(received);
    else framer.push(received);
  });
  endpoint.onEnd((error) => end('eof', error));

  return {
    sofar: () => ({ messages, bytes }),
    async run() {
      words.enter('window');
      const startedMs = performance.now();
      const before = expenseNow(addon);
      control.waitFor('drain').then(() => endAfterSilence(() => bytes, () => end('drained')), peer.fail);
      await finished;
      words.enter('draining');
      const windowNs = Math.round((performance.now() - startedMs) * 1e6);
      return { messages, bytes, windowNs, latency: null, costs: costsBetween(before, expenseNow(addon)), verified: 'full' };
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
