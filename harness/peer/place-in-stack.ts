import { fileURLToPath } from 'node:url';

/** The package's own folder, and what in it is a transport all the same. */
const own = fileURLToPath(new URL('../../../', import.meta.url));
const ownSuites = fileURLToPath(new URL('../../suites/', import.meta.url));

/**
 * The first line of a stack that an author can do something about, as `file:line:column`: in the transport's own
 * module, else in anything else that is neither Node's nor ours. null when there is none, and for what is no stack.
 */
export function placeInStack(stack: unknown, moduleUrl: string): string | null {
  if (typeof stack !== 'string') return null;
  const module = pathOf(moduleUrl);
  const places = stack.split('\n').flatMap((line) => placeOf(line) ?? []);
  const isTheirs = ({ file }: { readonly file: string }): boolean =>
    !file.startsWith(own) || file.startsWith(ownSuites);
  const found = places.find(({ file }) => file === module) ?? places.find(isTheirs);
  return found === undefined ? null : `${found.file}:${found.at}`;
}

function placeOf(line: string): { readonly file: string; readonly at: string } | null {
  const [, file, at] = /(?:\(|at |async )((?:file:\/\/)?\/[^()]*?):(\d+:\d+)\)?$/.exec(line) ?? [];
  return file === undefined || at === undefined ? null : { file: pathOf(file), at };
}

/** A query behind the name, as a module that is loaded anew has, is no part of the file's name. */
function pathOf(text: string): string {
  if (!text.startsWith('file:')) return text;
  try {
    return fileURLToPath(text);
  } catch {
    return text;
  }
}
