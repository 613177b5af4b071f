/**
 * Circles of a graph, one for each set of nodes that reach each other: the nodes in the order in which one leads to the
 * next. Source: R. Tarjan, "Depth-first search and linear graph algorithms", SIAM Journal on Computing 1 (1972).
 */
export function circlesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const lowest = new Map<string, number>();
  const path: string[] = [];
  const circles: string[][] = [];
  const visit = (node: string): void => {
    index.set(node, index.size);
    lowest.set(node, index.get(node) as number);
    path.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      if (path.includes(next)) lowest.set(node, Math.min(lowest.get(node) as number, lowest.get(next) as number));
    }
    if (lowest.get(node) !== index.get(node)) return;
    const together = path.splice(path.indexOf(node));
    if (together.length > 1 || (graph.get(node) ?? []).includes(node)) circles.push(together);
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return circles;
}
