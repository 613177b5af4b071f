import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** One product, or one part of a product, of binding.gyp: what a compiler has to be told. */
export interface GypTarget {
  readonly name: string;
  readonly type: 'static_library' | 'executable' | 'loadable_module';
  readonly dependencies: readonly string[];
  readonly sources: readonly string[];
  readonly compileFlags: readonly string[];
  readonly linkFlags: readonly string[];
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type Dictionary = { readonly [key: string]: Json };

/**
 * Reads the part of the gyp language that our binding.gyp uses: target_defaults, targets, lists with a `name!` that
 * takes away, conditions, `<!(command)` and `<!@(command)`. The file is strict JSON, so node-gyp and this read the same text.
 */
export function readGyp(path: string, variables: Readonly<Record<string, string>>): GypTarget[] {
  const folder = dirname(path);
  const file = resolveConditions(asDictionary(JSON.parse(readFileSync(path, 'utf8')) as Json), variables);
  const defaults = asDictionary(file['target_defaults'] ?? {});
  return asList(file['targets'] ?? []).map((target) =>
    toTarget(merge(defaults, resolveConditions(asDictionary(target), variables)), folder),
  );
}

function toTarget(target: Dictionary, folder: string): GypTarget {
  const list = (name: string): string[] => {
    const removed = new Set(asList(target[`${name}!`] ?? []));
    return asList(target[name] ?? [])
      .filter((entry) => !removed.has(entry))
      .flatMap((entry) => expandEntry(String(entry), folder));
  };
  return {
    name: String(target['target_name']),
    type: target['type'] as GypTarget['type'],
    dependencies: list('dependencies'),
    sources: list('sources'),
    compileFlags: [
      ...list('cflags'),
      ...list('cflags_cc'),
      ...list('defines').map((define) => `-D${define}`),
      ...list('include_dirs').map(
        (directory) => `-I${directory.startsWith('/') ? directory : join(folder, directory)}`,
      ),
    ],
    linkFlags: list('ldflags'),
  };
}

function resolveConditions(dictionary: Dictionary, variables: Readonly<Record<string, string>>): Dictionary {
  let resolved = dictionary;
  for (const condition of asList(dictionary['conditions'] ?? [])) {
    const [expression, whenTrue, whenFalse] = asList(condition);
    const chosen = holds(String(expression), variables) ? whenTrue : whenFalse;
    if (chosen !== undefined) resolved = merge(resolved, asDictionary(chosen));
  }
  return resolved;
}

/** `name=='value'`, `name!='value'` and numbers, joined by `and`. */
function holds(expression: string, variables: Readonly<Record<string, string>>): boolean {
  return expression.split(' and ').every((clause) => {
    const match = /^\s*(\w+)\s*(==|!=)\s*'?([^']*?)'?\s*$/.exec(clause);
    if (match === null)
      throw new Error(`binding.gyp has the condition "${expression}", whose clause "${clause}" is not supported.`);
    const [, name, operator, value] = match;
    return (variables[name!] === value) === (operator === '==');
  });
}

/** Lists are appended to, everything else is replaced. */
function merge(base: Dictionary, extra: Dictionary): Dictionary {
  const merged: Record<string, Json> = { ...base };
  for (const [key, value] of Object.entries(extra)) {
    const before = merged[key];
    merged[key] = Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value;
  }
  return merged;
}

/** One entry of a list is one, or with `<!@(command)` as many as the command prints words. */
function expandEntry(text: string, folder: string): string[] {
  if (!text.startsWith('<!@(')) return [expand(text, folder)];
  return expand(`<!(${text.slice('<!@('.length)}`, folder)
    .split(/\s+/)
    .filter((word) => word !== '');
}

/** Replaces each `<!(command)` by what the command prints, run in the file's folder with this Node first in PATH. */
function expand(text: string, folder: string): string {
  const start = text.indexOf('<!(');
  if (start < 0) return text;
  let depth = 0;
  let end = start + 2;
  do {
    if (text[end] === '(') depth += 1;
    if (text[end] === ')') depth -= 1;
    end += 1;
  } while (depth > 0 && end < text.length);
  const PATH = dirname(process.execPath) + delimiter + (process.env['PATH'] ?? '');
  const printed = execFileSync('/bin/sh', ['-c', text.slice(start + 3, end - 1)], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH },
  });
  return text.slice(0, start) + printed.trim() + expand(text.slice(end), folder);
}

function asDictionary(value: Json): Dictionary {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('binding.gyp has a value of another type where a dictionary is expected.');
  return value as Dictionary;
}

function asList(value: Json): readonly Json[] {
  if (!Array.isArray(value)) throw new Error('binding.gyp has a value of another type where a list is expected.');
  return value;
}
