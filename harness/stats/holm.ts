/**
 * Adjusted p-values, in the order given, of Holm's step-down procedure: rejecting those at most alpha keeps the chance
 * of one or more false rejections at alpha, whatever the dependence between the tests. Source: S. Holm, "A simple
 * sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979).
 */
export function holmAdjusted(pValues: readonly number[]): number[] {
  const adjusted = new Array<number>(pValues.length).fill(1);
  const ascending = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  let largestSoFar = 0;
  for (const [rank, { p, index }] of ascending.entries()) {
    // A test is rejected only if all with smaller p were, so none may come out below one before it.
    largestSoFar = Math.max(largestSoFar, Math.min(1, (pValues.length - rank) * p));
    adjusted[index] = largestSoFar;
  }
  return adjusted;
}
