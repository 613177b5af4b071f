/** One recipe of CONTRIBUTING.md, as it stands there. */
export interface Recipe {
  readonly title: string;
  readonly added: readonly { readonly path: string; readonly content: string }[];
  readonly edits: readonly { readonly path: string; readonly before: string; readonly after: string }[];
  /** Command lines that begin with `ipcbench`. */
  readonly commands: readonly string[];
  /** Whether it touches the C++ core, whose build takes a minute. */
  readonly isNative: boolean;
}

/**
 * The recipes of a Markdown text: sections called `Recipe: …`. In one, "Add `path`:" stands before the block that is the
 * file, "Edit `path`:" before blocks of lines that go (-) and lines that come (+), "Run:" before commands. Throws for a
 * block that none of them introduces, because it would be followed by nobody.
 */
export function readRecipes(markdown: string): readonly Recipe[] {
  return markdown
    .split(/^(?=##+ )/m)
    .filter((section) => section.startsWith('### Recipe: '))
    .map(readRecipe);
}

function readRecipe(section: string): Recipe {
  const title = /^### Recipe: (.*)$/m.exec(section)?.[1] ?? '';
  const added: { path: string; content: string }[] = [];
  const edits: { path: string; before: string; after: string }[] = [];
  const commands: string[] = [];
  let doing: { readonly verb: string; readonly path: string } | null = null;
  for (const found of section.matchAll(STEP)) {
    const { verb, path, run, block } = found.groups ?? {};
    if (block === undefined) doing = { verb: run === undefined ? (verb ?? '') : 'Run', path: path ?? '' };
    else if (doing === null) throw new Error(`Recipe '${title}': no 'Add', 'Edit' or 'Run' before\n${block}`);
    else if (doing.verb === 'Add') added.push({ path: doing.path, content: block });
    else if (doing.verb === 'Edit') edits.push({ path: doing.path, ...readEdit(block) });
    else commands.push(...block.split('\n').filter((line) => line.startsWith('ipcbench ')));
  }
  const paths = [...added, ...edits].map(({ path }) => path);
  return { title, added, edits, commands, isNative: paths.some((path) => path.startsWith('native/')) };
}

/** The line that introduces blocks, or a fenced block. */
const STEP = /^(?<verb>Add|Edit) `(?<path>[^`]+)`.*:$|^(?<run>Run):$|^```[^\n]*\n(?<block>[^]*?)^```$/gm;

function readEdit(block: string): { readonly before: string; readonly after: string } {
  const lines = block.split('\n').filter((line) => line !== '');
  const side = (signs: string): string =>
    lines
      .filter((line) => signs.includes(line[0] ?? ''))
      .map((line) => `${line.slice(1)}\n`)
      .join('');
  return { before: side(' -'), after: side(' +') };
}
