import { lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where a module may leave files beside its private directory, and how a sentence calls what lies there. */
const PLACES = [
  { what: 'files in the working directory', folder: workingDirectory, isOwn: true },
  { what: 'files in TMPDIR', folder: () => tmpdir(), isOwn: true },
  { what: 'entries of /dev/shm', folder: () => '/dev/shm', isOwn: false },
  { what: 'queues in /dev/mqueue', folder: () => '/dev/mqueue', isOwn: false },
] as const;

/** Everything in those places that belongs to this user: its path, and what changes when it is written again. */
export type Files = ReadonlyMap<string, string>;

export function filesNow(): Files {
  return new Map(PLACES.flatMap(({ folder }) => entriesOf(folder())));
}

/** What is there now and was not before. */
export function freshFiles(before: Files, after: Files): string[] {
  return [...after.keys()].filter((path) => !before.has(path));
}

/** A working directory and a TMPDIR that nobody else writes to. */
export interface EmptyPlaces {
  /** What is put before the command of a peer. */
  readonly wrap: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What lies there now, by place. */
  left(): readonly string[];
  remove(): void;
}

export function makeEmptyPlaces(directory: string): EmptyPlaces {
  const [cwd, tmp] = [join(directory, 'cwd'), join(directory, 'tmp')];
  for (const folder of [cwd, tmp]) mkdirSync(folder, { mode: 0o700 });
  const owned = [
    [PLACES[0].what, cwd],
    [PLACES[1].what, tmp],
  ] as const;
  return {
    wrap: ['sh', '-c', 'cd "$0" && exec "$@"', cwd],
    env: { TMPDIR: tmp, TMP: tmp, TEMP: tmp },
    left: () => owned.flatMap(([what, folder]) => sentence(what, readdirSync(folder))),
    remove: () => [cwd, tmp].forEach((folder) => rmSync(folder, { recursive: true, force: true })),
  };
}

/** Paths as sentences, by the place they lie in. */
export function inWords(paths: readonly string[]): string[] {
  return PLACES.flatMap(({ what, folder }) => {
    const inside = `${folder()}/`;
    return sentence(
      what,
      paths.filter((path) => path.startsWith(inside)).map((path) => path.slice(inside.length)),
    );
  });
}

/** Of places that others write to as well. */
export function isShared(path: string): boolean {
  return PLACES.some(({ folder, isOwn }) => !isOwn && path.startsWith(`${folder()}/`));
}

/** A name that nothing lies under, where the working directory was removed. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return '/dev/null';
  }
}

const MOST_NAMED = 5;

function sentence(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length - MOST_NAMED;
  return [`${what}: ${names.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
}

function entriesOf(folder: string): [string, string][] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return []; // There is no such place here.
  }
  return names.flatMap((name): [string, string][] => {
    // Private directories of runs like this one come and go.
    if (/^\.?ipcbench-/.test(name)) return [];
    const path = join(folder, name);
    try {
      const { uid, ino, mtimeMs, size } = lstatSync(path);
      return uid === process.getuid?.() ? [[path, `${ino} ${mtimeMs} ${size}`]] : [];
    } catch {
      return []; // Gone meanwhile.
    }
  });
}
