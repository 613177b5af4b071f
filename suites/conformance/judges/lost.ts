import { arrivalOf, type Exchange } from './exchange.js';
import { countOf, subtractRuns, type Run } from './runs.js';

/**
 * Owed messages of which nothing arrived. Those that may lie in damaged bytes are `hidden`: their damage is judged, not
 * their loss.
 */
export interface Lost {
  readonly lost: readonly Run[];
  readonly hidden: number;
}

/**
 * Bytes in which no header was found stood where messages are missing: whatever follows the last good message before
 * them is counted as damaged there, as far as those bytes can hold it.
 */
export function findLost(exchange: Exchange): Lost {
  const { seen } = exchange.coverage;
  const room = roomAfter(exchange);
  const missing = subtractRuns(exchange.owed, seen);
  const lost: Run[] = [];
  let seenIndex = 0;
  for (const run of missing) {
    while (seenIndex < seen.length && (seen[seenIndex] as Run).end <= run.first) seenIndex += 1;
    const seenBefore = seen[seenIndex - 1]?.end ?? 0;
    const held = Math.min(room.get(seenBefore) ?? 0, run.end - run.first);
    room.set(seenBefore, (room.get(seenBefore) ?? 0) - held);
    if (run.first + held < run.end) lost.push({ first: run.first + held, end: run.end });
  }
  return { lost, hidden: countOf(missing) - countOf(lost) };
}

/** How many messages may lie in the damage found, by the end of what had arrived before it. */
function roomAfter({ receiver, history }: Exchange): Map<number, number> {
  const room = new Map<number, number>();
  const add = (end: number, messages: number): void => void room.set(end, (room.get(end) ?? 0) + messages);
  const fit = (bytes: number): number => Math.floor(bytes / Math.max(1, history.minBytes));
  let highestEnd = 0;
  for (const event of receiver.events) {
    highestEnd = Math.max(highestEnd, arrivalOf(event)?.end ?? 0);
    // Message framing hands over one message at a time; on a stream the skipped bytes may hold several.
    if (event.kind === 'damaged-header')
      add(highestEnd, history.framing === 'message' ? 1 : Math.max(1, fit(event.bytes)));
    // Merged: the messages behind the first one are inside it.
    if (event.kind === 'wrong-boundary') add(event.seq + 1, Math.max(0, fit(event.actual - event.expected)));
  }
  return room;
}
