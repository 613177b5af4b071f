import type { ChildProcess, Serializable } from 'node:child_process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sendWithRoom } from './send-with-room.js';

/** What is known of messages that were to be 0, 1, 2 … */
export interface NumberedTally {
  received: number;
  /** Messages that were not the next one, or not as they were sent. */
  damaged: number;
}

/** How far a sender has come. */
export interface Sending {
  /** Messages after which the next one could be sent. */
  accepted: number;
  /** It has waited for room through many turns of the event loop, in which whatever could be written was. */
  stuck: boolean;
}

const TURNS_UNTIL_STUCK = 20;

/**
 * Sends messages of sizes up to 8,000 characters, no more of them than Node has room for. Rejects when one could not be
 * sent.
 */
export async function sendNumbered(
  channel: Pick<ChildProcess, 'send'>,
  messages: number,
  sending: Sending = { accepted: 0, stuck: false },
): Promise<void> {
  for (let number = 0; number < messages; number += 1) {
    // Of the last one its having been written is awaited: whoever disconnects before loses what is still in memory.
    const room =
      number === messages - 1
        ? sendWritten(channel, numberedMessage(number))
        : sendWithRoom(channel, numberedMessage(number));
    if (room !== undefined) {
      let turns = 0;
      // Turns are counted, not time: a process that had no CPU for a while has tried nothing meanwhile.
      const timer = setInterval(() => {
        turns += 1;
        sending.stuck ||= turns === TURNS_UNTIL_STUCK;
      }, 1);
      await room.finally(() => clearInterval(timer));
    } else if (number % 64 === 0) {
      // Whoever looks on, and whatever is to be received, gets a turn.
      await nextTurn();
    }
    sending.accepted = number + 1;
  }
}

/** Counts them as they come. */
export function receiveNumbered(channel: {
  on(event: 'message', listener: (message: unknown) => void): unknown;
}): NumberedTally {
  const tally: NumberedTally = { received: 0, damaged: 0 };
  channel.on('message', (message) => {
    if (JSON.stringify(message) !== JSON.stringify(numberedMessage(tally.received))) tally.damaged += 1;
    tally.received += 1;
  });
  return tally;
}

/** Of a size that its number tells, so that what is cut or mixed shows. */
export const numberedMessage = (number: number): Serializable => ({
  number,
  text: String.fromCharCode(97 + (number % 26)).repeat((number * 7919) % 8000),
});

const sendWritten = (channel: Pick<ChildProcess, 'send'>, message: Serializable): Promise<void> =>
  new Promise((resolve, reject) => void channel.send(message, (error) => (error === null ? resolve() : reject(error))));
