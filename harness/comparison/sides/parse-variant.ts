import { parseCommandString } from 'execa';
import { UserError } from '../../user-error.js';
import { unknownName } from '../../discovery/nearest.js';
import { meantVariable } from './known-variables.js';

/** What a side is called on the command line: base and head of a gate, a and b of a comparison. */
export type SideName = 'base' | 'head' | 'a' | 'b';

/** What one side of a comparison was told to be; plain data, nothing looked at yet. */
export interface VariantSpec {
  readonly side: SideName;
  /** As given, in the order given. */
  readonly settings: readonly string[];
  /** Modules of transports; relative ones begin at the checked-out tree where there is one. */
  readonly transports: readonly string[];
  /** Program that runs Node-hosted peers; null is the one that runs ipcbench. */
  readonly runtime: string | null;
  readonly env: Readonly<Record<string, string>>;
  readonly wrap: readonly string[];
  readonly git: { readonly ref: string; readonly build: string | null } | null;
  /** A recorded report instead of a measurement. */
  readonly report: string | null;
}

/** Every key, and what it is for: help, errors and the README are drawn from here. */
export const VARIANT_KEYS: Readonly<Record<string, string>> = {
  transport: 'a module that exports a transport, such as ./dist/mine.js; repeats',
  runtime: 'the node that runs Node-hosted peers; bun or deno where they can host one',
  'env.NAME': 'an environment variable of each peer',
  wrap: 'a command put before each peer, such as "taskset -c 2" or "nice -n 5"; it must pass descriptors on',
  git:
    'a ref of the repository here, checked out into a scratch worktree; {tree} in other values is the path of ' +
    'its root',
  build: 'a shell command run in that worktree, in the folder ipcbench is called from; what it leaves running is ended',
  report: 'a report.json recorded before, instead of a measurement',
};

const NAMES = Object.keys(VARIANT_KEYS);

/**
 * Throws UserError for what is no `key=value`, an unknown key, a key given twice that takes one value, and keys that
 * contradict each other.
 */
export function parseVariant(side: SideName, settings: readonly string[]): VariantSpec {
  const given = new Map<string, string[]>();
  for (const setting of settings) {
    const at = setting.indexOf('=');
    const [key, value] = [setting.slice(0, at), setting.slice(at + 1)];
    if (at < 1) throw new UserError(`--${side} takes key=value, not '${setting}'. Keys: ${NAMES.join(', ')}.`);
    if (!isKey(key)) throw unknownName(`key of --${side}`, key, NAMES, `--${side} takes ${NAMES.join(', ')}`);
    const meant = key.startsWith('env.') ? meantVariable(key.slice('env.'.length)) : null;
    if (meant !== null)
      throw new UserError(
        `--${side} ${key}= looks like a typo of env.${meant}=: no known program reads it. Correct it; if ` +
          `the name is intended, set it with wrap="env ${key.slice('env.'.length)}=…".`,
      );
    if (value === '' && !key.startsWith('env.'))
      throw new UserError(`--${side} ${key}= has no value. Give it one, or leave it out.`);
    const before = given.get(key) ?? [];
    if (before.length > 0 && key !== 'transport')
      throw new UserError(`--${side} was given ${key}= twice, but it takes one value. Leave one out.`);
    given.set(key, [...before, value]);
  }
  const one = (key: string): string | null => given.get(key)?.[0] ?? null;
  const ref = one('git');
  const report = one('report');
  if (one('build') !== null && ref === null)
    throw new UserError(
      `--${side} build= needs git=, whose tree it builds. Add git=, or build before you start ipcbench.`,
    );
  if (report !== null && settings.length > 1)
    throw new UserError(
      `--${side} report= is a recorded measurement, which no other key can change. Leave out ` +
        `${settings.filter((setting) => !setting.startsWith('report=')).join(' and ')}.`,
    );
  if (
    ref !== null &&
    !settings.some(
      (setting) => setting.startsWith('transport=') || (setting.includes('{tree}') && !setting.startsWith('build=')),
    )
  ) {
    throw new UserError(
      `--${side} git=${ref} has no effect by itself. Name what is used from it: ` +
        'transport=path/in/the/tree.js, or {tree} in wrap=, runtime= or env.NAME=.',
    );
  }
  return {
    side,
    settings,
    transports: given.get('transport') ?? [],
    runtime: one('runtime'),
    env: Object.fromEntries(
      [...given].flatMap(([key, values]) =>
        key.startsWith('env.') ? [[key.slice('env.'.length), values[0] ?? '']] : [],
      ),
    ),
    // Words at blanks; a backslash keeps a blank. No shell is in between: `wrap=sh -c …` says so where one is wanted.
    wrap: parseCommandString(one('wrap') ?? ''),
    git: ref === null ? null : { ref, build: one('build') },
    report,
  };
}

function isKey(key: string): boolean {
  return NAMES.includes(key) || /^env\.[A-Za-z_][A-Za-z0-9_]*$/.test(key);
}
