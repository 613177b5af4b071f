/**
 * These words as a line that a POSIX shell reads as the same words. The only value in this folder: whoever runs a
 * command and whoever shows one write it alike.
 */
export function shellCommand(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
