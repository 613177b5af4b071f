/** What the launcher says (native/README.md, "The launcher"). */
export type LauncherLine =
  | { readonly type: 'started'; readonly id: number; readonly pid: number }
  | { readonly type: 'refused'; readonly id: number; readonly code: string }
  | { readonly type: 'stderr'; readonly id: number; readonly bytes: string }
  | { readonly type: 'ended'; readonly id: number; readonly exitCode: number | null; readonly signal: number | null };

/** Throws on a line that is none. */
export function parseLauncherLine(text: string): LauncherLine {
  const line = JSON.parse(text) as Readonly<Record<string, unknown>>;
  if (!isLine(line))
    throw new Error(
      `The launcher wrote '${text.slice(0, 120)}', which this version does not understand. Run 'ipcbench build'.`,
    );
  return line;
}

function isLine(line: Readonly<Record<string, unknown>>): line is LauncherLine {
  if (typeof line['id'] !== 'number') return false;
  switch (line['type']) {
    case 'started':
      return typeof line['pid'] === 'number';
    case 'refused':
      return typeof line['code'] === 'string';
    case 'stderr':
      return typeof line['bytes'] === 'string';
    case 'ended':
      return isNumberOrNull(line['exitCode']) && isNumberOrNull(line['signal']);
    default:
      return false;
  }
}

const isNumberOrNull = (value: unknown): boolean => value === null || typeof value === 'number';
