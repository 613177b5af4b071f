/** Two fields that cannot both be true, named by the one that gives it away. */
export interface Contradiction {
  readonly path: string;
  /** Fits into "expected …". */
  readonly expected: string;
  readonly found: string;
}

/** Contradictions as they are come upon; only the first is told, so the rest need not be looked for. */
export type Contradictions = Generator<Contradiction, void, undefined>;

export function firstOf(found: Contradictions): Contradiction | null {
  return found.next().value ?? null;
}

/** A value below itself, or above itself: neither of two fields is right by the other. */
export function* inOrder(
  path: string,
  fields: readonly (readonly [name: string, value: number | null])[],
  slack = 0,
): Contradictions {
  let before: readonly [name: string, value: number] | null = null;
  for (const [name, value] of fields) {
    if (value === null) continue;
    if (before !== null && value < before[1] * (1 - slack))
      yield { path: `${path}.${name}`, expected: `no less than ${before[0]}, ${before[1]}`, found: String(value) };
    before = [name, value];
  }
}

/** An interval has two ends or none, the low one is not above the high one, and what it is of lies within. */
export function* interval(
  path: string,
  name: string,
  { value, low, high }: { readonly value: number; readonly low: number | null; readonly high: number | null },
  isAround = true,
): Contradictions {
  if ((low === null) !== (high === null))
    yield {
      path: `${path}.${low === null ? 'low' : 'high'}`,
      expected: 'both ends of the interval or neither',
      found: 'null',
    };
  yield* inOrder(
    path,
    isAround
      ? [
          ['low', low],
          [name, value],
          ['high', high],
        ]
      : [
          ['low', low],
          ['high', high],
        ],
  );
}

export function* eachOnce(path: string, field: string, ids: readonly (string | number)[]): Contradictions {
  const seen = new Map<string | number, number>();
  for (const [index, id] of ids.entries()) {
    const first = seen.get(id);
    if (first !== undefined)
      yield {
        path: `${path}[${index}].${field}`,
        expected: `each ${field} once, and ${path}[${first}] has it`,
        found: String(id),
      };
    seen.set(id, index);
  }
}

export function* ended({
  status,
  finishedAt,
}: {
  readonly status: string;
  readonly finishedAt: string | null;
}): Contradictions {
  if (status === 'running' && finishedAt !== null)
    yield { path: 'finishedAt', expected: 'null while status is running', found: finishedAt };
  if (status !== 'running' && finishedAt === null)
    yield { path: 'finishedAt', expected: `a time, as status is ${status}`, found: 'null' };
}
