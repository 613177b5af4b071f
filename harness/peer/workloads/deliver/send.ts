import { watchDescriptors } from '../../descriptor-watch.js';
import { errnoOf } from '../../failure.js';
import { watchOwnQueue } from '../../own-queue.js';
import { senderNumber, type Peer, type Workload } from '../../peer.js';
import { plannedSizes } from '../../planned-size.js';

/** Sends the planned messages one after the other, and writes down what became of each. */
export function sendDelivery(peer: Peer): Workload {
  const { args, addon, endpoint, words, control } = peer;
  const self = senderNumber[args.role];
  const log = words.log();
  const sizeOf = plannedSizes(args, addon);
  let seq = 0;
  let bytes = 0;
  // The receiver's end, seen from here, is not evidence: a send that fails is.
  endpoint.onMessage(() => undefined);
  endpoint.onEnd(() => undefined);

  /** Sends message `seq`. What became of it when that fails, nobody can know. */
  const sendNext = async (): Promise<void> => {
    const message = Buffer.allocUnsafe(sizeOf(seq));
    addon.fillMessage(message, args.seed, self, seq);
    try {
      await endpoint.send(message);
    } catch (error) {
      log.append({ kind: 'send-unknown', sender: self, seq, acceptedBytes: 0, errno: Math.abs(errnoOf(error) ?? 0) });
      throw error;
    }
    log.sent(self, seq, message.length);
    bytes += message.length;
    seq += 1;
  };

  return {
    sofar: () => ({ messages: seq, bytes }),
    async run() {
      words.enter('window');
      const descriptors = watchDescriptors(args.messages);
      const queue = watchOwnQueue(words, (held) => log.append({ kind: 'held', bytes: held }));
      while (seq < args.messages) {
        try {
          await sendNext();
        } catch (error) {
          log.append({ kind: 'error', errno: Math.abs(errnoOf(error) ?? 0), syscall: 'write' });
          throw error;
        }
        await queue.giveWay(bytes);
      }
      // Larger than the transport says it takes: a refusal is an answer, and what it accepts it has to deliver.
      if (args.beyondBytes !== null) await sendNext().catch(() => undefined);
      await peer.close();
      words.enter('draining');
      await control.send({ type: 'sent', messages: seq, leftOpen: descriptors.grown() });
      // The receiver may still be reading what this process holds for it.
      await control.waitFor('go');
      return null;
    },
  };
}
