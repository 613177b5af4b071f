import { createRequire } from 'node:module';
import { isMainThread, workerData } from 'node:worker_threads';
import { errnoOf, type Syscalls } from '../../../../harness/define.js';

/** What the thread is to do. */
export interface RelayOrders {
  readonly addonPath: string;
  readonly from: number;
  readonly to: number;
  /** It ends after so many. */
  readonly messages: number;
  readonly maxBytes: number;
  /** One more for each window that left in another order. */
  readonly injections: Int32Array;
}

/** How many messages are looked at together, at most. */
export const WINDOW = 16;
const PATIENCE_MS = 200;

/** Senders in another order, each sender's messages in theirs. */
export function acrossSenders(messages: readonly Buffer[]): Buffer[] {
  // Stable, ECMA-262, 23.1.3.30.
  return [...messages].sort((one, other) => senderOf(other) - senderOf(one));
}

/** Of `sendStamped` the fifth byte, behind its mark, says whose a message is; of others the first does. */
const senderOf = (message: Buffer): number =>
  (message.toString('latin1', 0, 4) === 'stmp' ? message[4] : message[0]) ?? 0;

// In a thread of its own it is the relay.
if (!isMainThread) relay(workerData as RelayOrders);

function relay({ addonPath, from, to, messages, maxBytes, injections }: RelayOrders): void {
  const { sys } = createRequire(import.meta.url)(addonPath) as { readonly sys: Syscalls };
  const { POLLIN, MSG_DONTWAIT } = sys.constants;
  for (let moved = 0; moved < messages;) {
    // In turns: a thread that waits in a system call cannot be ended.
    if (sys.poll([{ fd: from, events: POLLIN }], PATIENCE_MS)[0] === 0) continue;
    const window: Buffer[] = [];
    while (window.length < WINDOW && errnoOf(() => window.push(sys.recv(from, maxBytes, MSG_DONTWAIT))) === null);
    const out = acrossSenders(window);
    if (out.some((message, at) => message !== window[at])) Atomics.add(injections, 0, 1);
    for (const message of out) sys.send(to, message);
    moved += out.length;
  }
}
