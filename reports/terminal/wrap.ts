/**
 * Lines of at most `width` characters where the words allow it; every line but the first is indented. A long word is
 * not cut.
 */
export function wrap(text: string, width: number, indent = ''): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const start = lines.length === 0 ? '' : indent;
    if (line === '') line = start + word;
    else if (textWidth(line) + 1 + textWidth(word) <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** Characters, not UTF-16 units. Every sign printed here is one column wide. */
export function textWidth(text: string): number {
  return [...text].length;
}

/** A name that does not fit loses its middle: both ends of a name tell it apart. */
export function fit(text: string, width: number): string {
  const characters = [...text];
  if (characters.length <= width) return text;
  const head = Math.ceil((width - 1) / 2);
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - (width - 1 - head)).join('')}`;
}
