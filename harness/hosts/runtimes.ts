/** A kind of program that runs JavaScript, and peers in it. */
export interface RuntimeKind {
  /** Its version, from what it answers to `--version`; null for an answer that another program gave. */
  versionIn(answer: string): string | null;
  /** What it is given before a script. */
  readonly args: readonly string[];
  /** Node loads the peer from one bundled file, which is sooner; for the others that is not tried. */
  readonly takesBundle: boolean;
}

const runtimeNames = ['node', 'bun', 'deno'] as const;
export type RuntimeName = (typeof runtimeNames)[number];

export const runtimes: Readonly<Record<RuntimeName, RuntimeKind>> = {
  node: { versionIn: (answer) => versionAfter('v', answer, 'v'), args: [], takesBundle: true },
  bun: { versionIn: (answer) => versionAfter('', answer), args: [], takesBundle: false },
  deno: {
    versionIn: (answer) => versionAfter('deno ', answer),
    args: ['run', '--allow-all', '--quiet'],
    takesBundle: false,
  },
};

/** Which of them a program is, by its answer to `--version`: `v22.11.0`, `1.2.3`, `deno 2.1.4 (stable, …)`. */
export function recogniseRuntime(answer: string): { readonly name: RuntimeName; readonly version: string } | null {
  for (const name of runtimeNames) {
    const version = runtimes[name].versionIn(answer);
    if (version !== null) return { name, version };
  }
  return null;
}

/** The runtime of this very process. */
export function ownRuntime(versions: NodeJS.ProcessVersions = process.versions): RuntimeName {
  // Bun and Deno also say which Node they stand for.
  return (['bun', 'deno'] as const).find((name) => versions[name] !== undefined) ?? 'node';
}

function versionAfter(before: string, answer: string, shown = ''): string | null {
  if (!answer.startsWith(before)) return null;
  const number = /^\d+\.\d+\.\d+[\w.-]*/.exec(answer.slice(before.length))?.[0];
  return number === undefined ? null : `${shown}${number}`;
}
