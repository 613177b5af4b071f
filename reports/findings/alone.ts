import { headlineEstimate, type Standings } from './ranking.js';

/**
 * Why the one transport that has a figure stands alone: nothing else was measured, or what was measured came to
 * nothing.
 */
export function aloneInWords({ group, sizeBytes, leader }: Standings): string {
  const others = group.rows.filter((row) => row.reference === null && row.transport !== leader?.transport);
  const figureless = others.filter((row) => {
    const result = row.results.get(sizeBytes);
    return result !== undefined && headlineEstimate(result) === null;
  });
  return aloneSentence(figureless.map((row) => row.transport));
}

/** `figureless`: the transports of the same column of which no launch came to a figure. */
export function aloneSentence(figureless: readonly string[]): string {
  if (figureless.length === 0) return 'No other transport was measured here to compare it with.';
  const listed =
    figureless.length === 1 ? figureless[0] : `${figureless.slice(0, -1).join(', ')} and ${figureless.at(-1) ?? ''}`;
  return `Nothing is left to compare it with: no launch of ${listed ?? ''} came to a figure.`;
}
