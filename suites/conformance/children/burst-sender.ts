// Sends large messages in one turn of its event loop, each with the time at which send() was called.
export type Burst =
  | { readonly sentMs: number; readonly text: string }
  /** When the last send() had returned, on the same clock. */
  | { readonly doneMs: number };

const [messages = '0', characters = '0'] = process.argv.slice(2);
const text = 'x'.repeat(Number(characters));
// CLOCK_MONOTONIC, which all processes of a machine read alike.
const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
for (let sent = 0; sent < Number(messages); sent += 1) process.send?.({ sentMs: nowMs(), text } satisfies Burst);
process.send?.({ doneMs: nowMs() } satisfies Burst, undefined, undefined, () => process.disconnect());
