import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as assert from 'uvu/assert';
import type { Transport, Verdict } from '../../model/index.js';
import { checkTransport } from '../../runner/run-checks.js';
import { openSession, type Session } from '../../session/session.js';
import { moduleText, type Flaw } from './module-text.fixture.js';
import { UNPINNED } from '../../placement/place.js';

/** A transport that is wrong in one way, and what is expected to be seen of it. */
export interface WrongTransport extends Flaw {
  readonly name: string;
  /** Beside the sizes that are always tried. */
  readonly sizesBytes?: readonly number[];
  readonly messages?: number;
  /** Checks that fail, and what they say. */
  readonly seen: Readonly<Record<string, RegExp>>;
  /** What passing checks say. */
  readonly said?: Readonly<Record<string, RegExp>>;
  /** What is said to have been left behind; nothing may be where nothing is said. */
  readonly leftBehind?: RegExp;
}

export interface Bench {
  readonly session: Session;
  readonly folder: string;
}

export const openBench = async (folder: string): Promise<Bench> => ({
  folder,
  session: await openSession({ cpus: null, timeoutMs: 20_000, transportModules: [] }),
});

/**
 * Checks the transport, and holds what was seen against what is expected. Where nothing is expected to fail, nothing
 * may.
 */
export async function expectSeen(wrong: WrongTransport, { session, folder }: Bench): Promise<void> {
  const verdicts = await verdictsOn(wrong, { session, folder });
  const all = [...verdicts.values()]
    .map(({ checkId, verdict, evidence }) => `${verdict} ${checkId}: ${evidence}`)
    .join('\n');
  for (const [id, evidence] of Object.entries(wrong.seen)) {
    assert.ok(['fail', 'deviation'].includes(verdicts.get(id)?.verdict ?? 'none'), `${id} has not seen it\n${all}`);
    assert.match(verdicts.get(id)?.evidence ?? '', evidence);
  }
  for (const [id, evidence] of Object.entries(wrong.said ?? {}))
    assert.match(verdicts.get(id)?.evidence ?? '', evidence);
  if (Object.keys(wrong.seen).length === 0)
    assert.ok(
      [...verdicts.values()].every(({ verdict }) => verdict === 'pass' || verdict === 'skip'),
      all,
    );
  const left = [...verdicts.values()][0]?.teardownEvidence ?? null;
  if (wrong.leftBehind === undefined) assert.is(left, null);
  else assert.match(left ?? 'nothing', wrong.leftBehind);
}

async function verdictsOn(wrong: WrongTransport, { session, folder }: Bench): Promise<ReadonlyMap<string, Verdict>> {
  const path = join(folder, `${wrong.name}.mjs`);
  writeFileSync(path, moduleText(wrong.name, wrong));
  const module = pathToFileURL(path).href;
  const { default: transport } = (await import(module)) as { readonly default: Transport };
  const { checks } = await session.conformance();
  const settings = {
    messages: wrong.messages ?? 1000,
    sizesBytes: wrong.sizesBytes ?? [],
    seed: 5,
    stallMs: 20_000,
    cpus: UNPINNED,
  };
  const { verdicts } = await checkTransport({ transport, module, origin: 'user' }, checks, settings, session.context);
  return new Map(verdicts.map((verdict) => [verdict.checkId, verdict]));
}
