import { errnoOf, type CheckRun } from '../../../harness/define.js';

/**
 * Skips, with the error of the first that is refused, where this process cannot open so many descriptors more. Node has
 * raised the soft limit to the hard one when it started.
 */
export function needDescriptors({ sys, skip }: Pick<CheckRun, 'sys' | 'skip'>, count: number): void {
  const opened: number[] = [];
  const code = errnoOf(() => {
    while (opened.length < count) opened.push(sys.dup(opened[0] ?? 2));
  });
  for (const descriptor of opened) sys.close(descriptor);
  if (code !== null)
    skip(
      `It needs ${count} more descriptors, but only ${opened.length} are available.`,
      Object.assign(new Error(`dup ${code}`), { code }),
    );
}
