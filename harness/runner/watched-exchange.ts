import { filesNow, freshFiles, inWords, isShared, makeEmptyPlaces, type EmptyPlaces } from '../pair/left-files.js';
import { pathsOpenIn, watchProcesses } from '../pair/left-processes.js';
import type { PairContext } from '../pair/pair.js';
import { runExchange, type Exchange, type ExchangeRecord } from './run-exchange.js';

/**
 * Runs a checked exchange, and tells `onLeft` of all that the module left behind in it, however it ended: processes,
 * descriptors of the peers, files, shared memory and queues. Rejects as `runExchange` does.
 */
export async function runWatchedExchange(
  exchange: Exchange,
  context: PairContext,
  onLeft: OnLeft,
): Promise<ExchangeRecord> {
  // The loops of the core open nothing but what the harness handed to them.
  if (exchange.driver !== 'js') return runExchange(exchange, context);
  const before = filesNow();
  const openPaths = new Set<string>();
  try {
    const look = (pids: readonly number[]): void => pids.flatMap(pathsOpenIn).forEach((path) => openPaths.add(path));
    const record = await runMarked(exchange, context, { onLeft, look });
    for (const [role, what] of Object.entries(record.leftOpen)) {
      onLeft(`descriptors that the ${role} opened in the exchange and did not close: ${what}`);
    }
    return record;
  } finally {
    const isForeign = exchange.loaded.origin === 'user' && !context.signal.aborted;
    const suspects = isForeign ? freshFiles(before, filesNow()) : [];
    if (suspects.length > 0) for (const what of await confirmed(exchange, context, suspects, openPaths)) onLeft(what);
  }
}

type OnLeft = (what: string) => void;

interface Watching {
  readonly onLeft: OnLeft;
  /** With the peers' process ids, while they live. */
  readonly look: (pids: readonly number[]) => void;
  readonly places?: EmptyPlaces;
}

async function runMarked(
  exchange: Exchange,
  context: PairContext,
  { onLeft, look, places }: Watching,
): Promise<ExchangeRecord> {
  const processes = watchProcesses();
  const { env, wrap } = context.surroundings;
  const surroundings = { env: { ...env, ...processes.env, ...places?.env }, wrap: [...(places?.wrap ?? []), ...wrap] };
  try {
    return await runExchange(exchange, { ...context, surroundings }, (pids) => {
      processes.look(pids);
      look(pids);
    });
  } finally {
    for (const what of await processes.end()) onLeft(what);
  }
}

/**
 * Which of the files that appeared are the module's: others work in these places too. What a peer had open or mapped
 * is; for the rest the exchange runs again, in a working directory and a TMPDIR of its own, and what is shared has to
 * appear, or to be written, once more.
 */
async function confirmed(
  exchange: Exchange,
  context: PairContext,
  suspects: readonly string[],
  openPaths: ReadonlySet<string>,
): Promise<readonly string[]> {
  const certain = suspects.filter((path) => openPaths.has(path));
  const places = makeEmptyPlaces(context.directory);
  try {
    const before = filesNow();
    const watching = { onLeft: () => undefined, look: () => undefined, places };
    // Its verdict is that of the exchange before it. A module that needs a file of its working directory ends here,
    // unaccused.
    await runMarked({ ...exchange, nonce: `${exchange.nonce}w` }, context, watching).catch(() => undefined);
    context.signal.throwIfAborted();
    const after = filesNow();
    const isAgain = ([path, stamp]: readonly [string, string]): boolean =>
      isShared(path) && before.get(path) !== stamp && (suspects.includes(path) || !before.has(path));
    const again = [...after].filter(isAgain).map(([path]) => path);
    const left = places.left();
    const shared = inWords([...new Set([...certain, ...again])].filter((path) => isShared(path) || left.length === 0));
    return [...left, ...shared];
  } finally {
    places.remove();
  }
}
