import { printable } from '../printable.js';

/** Text that reads as itself in GitHub's Markdown, inside a table too. */
export function markdownText(text: string): string {
  return (
    printable(text)
      .replace(/[\\`*[\]|~]/g, '\\$&')
      // Underscores inside words are harmless there, and common in the names of limits.
      .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      // A report must not ping people or link to issues of whatever repository it is pasted into.
      .replace(/([@#])(?=[\w-])/g, '$1\u2060')
  );
}

/** Text as code. A table's bars are escaped. */
export function markdownCode(text: string): string {
  return markdownCommand(text).replace(/\|/g, '\\|');
}

/**
 * A command as code, outside of tables, so that what is copied is what is run. The fence is longer than any run of
 * backticks inside.
 */
export function markdownCommand(text: string): string {
  const shown = printable(text);
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padding = shown.startsWith('`') || shown.endsWith('`') ? ' ' : '';
  return `${fence}${padding}${shown}${padding}${fence}`;
}
