import type { Judgement, CheckRun } from '../../../harness/define.js';
import { judgeExpected } from './expectations.js';
import { thrownBy, type Serialization } from './node-ipc-channel.js';
import { describe, VALUES } from './node-ipc-values.js';

/** What became of one value: in the child, and back in the parent; or what send() threw. */
export interface Fidelity {
  readonly name: string;
  readonly threw: string | null;
  readonly there: string | null;
  readonly back: string | null;
}

/** Sends every value of VALUES, inside an object, to a Node child that describes it and sends it back. */
export async function fidelityOf(checkRun: CheckRun, serialization: Serialization): Promise<readonly Fidelity[]> {
  const child = checkRun.child(new URL('../children/node-ipc-describer.js', import.meta.url), {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization,
  });
  const returned = new Map<string, { there: string; back: string }>();
  child.on('message', (message) => {
    const { name, there, value } = message as { name: string; there: string; value: unknown };
    returned.set(name, { there, back: describe(value) });
  });
  const threw = new Map(
    Object.entries(VALUES).map(([name, make]) => [name, thrownBy(() => child.send({ name, value: make() } as object))]),
  );
  const accepted = [...threw.values()].filter((error) => error === null).length;
  await checkRun.until('every value that was accepted is back', () => returned.size >= accepted);
  return Object.keys(VALUES).map((name) => ({
    name,
    threw: threw.get(name) ?? null,
    ...(returned.get(name) ?? { there: null, back: null }),
  }));
}

/** `table` says of every value what the child has to see, or 'throws …'. */
export function judgeFidelity(values: readonly Fidelity[], table: Readonly<Record<string, string>>): Judgement {
  if (values.length < Object.keys(table).length)
    return { verdict: 'broken', evidence: `Only ${values.length} of ${Object.keys(table).length} values were sent.` };
  const expectations = values.flatMap(({ name, threw, there, back }) => {
    const wanted = table[name] ?? 'a row in the table';
    if (threw !== null) return [[name, [`throws ${threw}`, wanted]] as const];
    return [
      [`${name}`, [there, wanted]],
      [`${name}, sent back`, [back, wanted]],
    ] as const;
  });
  const { verdict, evidence } = judgeExpected(Object.fromEntries(expectations), 'fail');
  if (verdict !== 'pass') return { verdict, evidence };
  const refused = values.filter(({ threw }) => threw !== null).length;
  const changed = values
    .filter(({ name, there }) => there !== null && there !== describe(VALUES[name]?.()))
    .map(({ name, there }) => `${name} is ${there}`);
  return {
    verdict,
    evidence:
      `${values.length} values as expected: send() threw for ${refused}; arrived as something ` +
      `else: ${changed.join('; ')}.`,
  };
}

/** For proofs. */
export const fidelityByTable = (table: Readonly<Record<string, string>>): readonly Fidelity[] =>
  Object.entries(table).map(([name, wanted]) => {
    const threw = /^throws (.*)/.exec(wanted)?.[1];
    return threw === undefined
      ? { name, threw: null, there: wanted, back: wanted }
      : { name, threw, there: null, back: null };
  });
