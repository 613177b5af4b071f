import { setImmediate } from 'node:timers/promises';
import { errnoOf } from './failure.js';
import { senderNumber, type Peer, type Workload } from './peer.js';

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
          const errno = Math.abs(errnoOf(error) ?? 0);
          log.append({ kind: 'send-unknown', sender: self, seq, acceptedBytes: 0, errno });
          log.append({ kind: 'error', errno, syscall: 'write' });
          throw error;
        }
        log.sent(self, seq, size);
        bytes += size;
        // Where every send returns at once, nothing else would ever run.
        if (performance.now() - yieldedMs < 1) continue;
        await setImmediate();
        yieldedMs = performance.now();
      }
      await peer.close();
      words.enter('draining');
      await control.say({ type: 'sent', messages: seq });
      // The receiver may still be reading what this process holds for it.
      await control.waitFor('go');
      return null;
    },
  };
}
