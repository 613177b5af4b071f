/**
 * `unix-*#cpu` as a test of ids such as `unix-stream/native/ping-pong/64B/same-cpu#cpu`: `*` stands for anything, and
 * what follows the last part may be left out.
 */
export function matchesSelector(selector: string, id: string): boolean {
  const pattern = selector
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${pattern}(?=$|[/#])`).test(id) || new RegExp(`^${pattern}$`).test(id);
}
