import { setImmediate } from 'node:timers/promises';
import type { SharedWords } from './shared-words.js';

/** Whether `send` asks its caller to wait before this process holds all that it was given. */
export interface OwnQueue {
  /**
   * After each message: lets the rest of the process run, but at the beginning of an exchange only once `send` has
   * asked to wait, or was given enough. Until then no write of the transport's that had to wait can go on, so what has
   * not left is held here.
   */
  giveWay(sentBytes: number): Promise<void>;
}

/** Sent in one go; a socket buffer holds less, and a stream of Node's asks to wait at a hundredth of it. */
const BURST_BYTES = 4 * 1024 * 1024;
/** Of which so much may be held. */
const HELD_BYTES = BURST_BYTES / 2;
/** A living partner that has something to read gets on within this, and says so 20 times a second. */
const LOOK_MS = 150;
const LOOKS_WITHOUT_NEWS = 3;

/** `onHeld` is told once, when this process held that many bytes, and `send` had not asked to wait. */
export function watchOwnQueue(words: Pick<SharedWords, 'partnerBytes'>, onHeld: (bytes: number) => void): OwnQueue {
  let isBurst = true;
  let hasTurned = false;
  let yieldedMs = 0;
  void setImmediate().then(() => (hasTurned = true));

  const look = (sentBytes: number): void => {
    const held = sentBytes - settled(() => words.partnerBytes());
    if (held >= HELD_BYTES) onHeld(held);
  };
  return {
    async giveWay(sentBytes) {
      if (isBurst && !hasTurned && sentBytes < BURST_BYTES) return;
      if (isBurst && !hasTurned) look(sentBytes);
      isBurst = false;
      // Where every send returns at once, nothing else would ever run.
      if (performance.now() - yieldedMs < 1) return;
      await setImmediate();
      yieldedMs = performance.now();
    },
  };
}

/**
 * The last of a number that grows, when it has stopped growing. Blocks this process: what waits in it must go on
 * waiting.
 */
function settled(read: () => number): number {
  const sleep = new Int32Array(new SharedArrayBuffer(4));
  let last = read();
  for (let looks = 0; looks < LOOKS_WITHOUT_NEWS;) {
    Atomics.wait(sleep, 0, 0, LOOK_MS);
    const now = read();
    looks = now === last ? looks + 1 : 0;
    last = now;
  }
  return last;
}
