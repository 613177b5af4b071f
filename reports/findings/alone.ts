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
  const names = figureless.map((row) => row.transport);
  if (names.length === 0) return 'No other transport was measured here to compare it with.';
  const listed = names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
  return `Nothing is left to compare it with: no launch of ${listed} came to a figure.`;
}
