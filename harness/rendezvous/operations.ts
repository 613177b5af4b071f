import type { NativeAddon } from '../../native/addon.js';
import type { RendezvousTools } from '../model/index.js';

/** What an operation is performed with. */
export interface Maker {
  readonly addon: Pick<
    NativeAddon,
    'socketpair' | 'pipe' | 'mkfifo' | 'listenUnix' | 'boundDatagramPair' | 'listenTcp'
  >;
  /** A path inside the launch's private directory. */
  path(name: string): string;
}

/** Values that stand for what an operation will make, while `arrange` is recorded; no real value equals one. */
export interface StandIns {
  path(): string;
  descriptor(): number;
  /** A number that is not a descriptor, such as a port. */
  number(): number;
}

export interface Operation<Args extends readonly unknown[] = readonly never[], Made = unknown> {
  perform(maker: Maker, ...args: Args): Made;
  /** A value of the shape of what `perform` makes. */
  standIn(stand: StandIns): Made;
}

export type OperationName = keyof RendezvousTools;

const pairOf = (stand: StandIns): [number, number] => [stand.descriptor(), stand.descriptor()];

/**
 * The operations by which a transport's `arrange` makes what its peers need to meet. This is the only list of them:
 * performing, recording and replaying follow from it, for launches and tests alike. `RendezvousTools` says what each
 * does.
 */
export const OPERATIONS: {
  readonly [Name in OperationName]: Operation<Parameters<RendezvousTools[Name]>, ReturnType<RendezvousTools[Name]>>;
} = {
  path: { perform: (maker, name) => maker.path(String(name)), standIn: (stand) => stand.path() },
  socketpair: { perform: ({ addon }, type) => addon.socketpair(type), standIn: pairOf },
  pipe: { perform: ({ addon }) => addon.pipe(), standIn: pairOf },
  mkfifo: { perform: ({ addon }, path) => addon.mkfifo(path), standIn: () => undefined },
  listenUnix: {
    perform: ({ addon }, path, type) => addon.listenUnix(path, type),
    standIn: (stand) => stand.descriptor(),
  },
  boundDatagramPair: {
    perform: ({ addon }, pathA, pathB, connected) => addon.boundDatagramPair(pathA, pathB, connected),
    standIn: pairOf,
  },
  listenTcp: {
    perform: ({ addon }) => addon.listenTcp(),
    standIn: (stand) => ({ descriptor: stand.descriptor(), port: stand.number() }),
  },
};

/** Tools whose every operation is `call`. */
export function toolsFrom(call: (name: OperationName, args: readonly unknown[]) => unknown): RendezvousTools {
  const names = Object.keys(OPERATIONS) as OperationName[];
  // The table has each name's own types; what is made of all of them has none that TypeScript could follow.
  return Object.fromEntries(
    names.map((name) => [name, (...args: unknown[]) => call(name, args)]),
  ) as unknown as RendezvousTools;
}

/** Tools that perform, and hand every descriptor they made to `keep`. */
export function realTools(maker: Maker, keep: (descriptor: number) => void): RendezvousTools {
  return toolsFrom((name, args) => {
    const operation = OPERATIONS[name] as Operation;
    const made = operation.perform(maker, ...(args as never[]));
    for (const { standIn, real } of leavesOf(operation.standIn(countingStandIns()), made)) {
      if (isDescriptor(standIn)) keep(real as number);
    }
    return made;
  });
}

const FIRST_DESCRIPTOR = 1_000_000;
const FIRST_NUMBER = 918_273_000_000;

/** Distinct ones, numbered as they are asked for. */
export function countingStandIns(): StandIns {
  const next = { path: 0, descriptor: FIRST_DESCRIPTOR, number: FIRST_NUMBER };
  return {
    path: () => `/ipcbench-path-${next.path++}-of-this-launch`,
    descriptor: () => next.descriptor++,
    number: () => next.number++,
  };
}

export const isDescriptor = (standIn: unknown): boolean =>
  typeof standIn === 'number' && standIn >= FIRST_DESCRIPTOR && standIn < FIRST_NUMBER;

export interface Leaf {
  readonly standIn: string | number;
  readonly real: unknown;
}

/** The texts and numbers of a stand-in, each with what is in its place in the real value. */
export function leavesOf(standIn: unknown, real: unknown): Leaf[] {
  if (typeof standIn === 'string' || typeof standIn === 'number') return [{ standIn, real }];
  if (typeof standIn !== 'object' || standIn === null) return [];
  return Object.entries(standIn).flatMap(([key, part]) =>
    leavesOf(part, (real as Readonly<Record<string, unknown>> | null)?.[key]),
  );
}
