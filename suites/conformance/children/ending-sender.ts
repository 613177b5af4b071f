// Sends messages to its parent and ends the channel, or itself, in one of four ways.
export interface Ending {
  readonly messages: number;
  /** Characters of each message. */
  readonly characters: number;
  /** When: at once after the last send(), or in its callback. */
  readonly when: 'at once' | 'in the callback';
  readonly how: 'exit' | 'disconnect';
}

const { messages, characters, when, how } = JSON.parse(process.argv[2] ?? '') as Ending;
const text = 'x'.repeat(characters);
const end = (): void => (how === 'exit' ? process.exit(0) : process.disconnect());
for (let sent = 1; sent <= messages; sent += 1) {
  process.send?.(text, undefined, undefined, when === 'in the callback' && sent === messages ? end : undefined);
}
if (when === 'at once') end();
