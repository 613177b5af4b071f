/**
 * Text from a report, safe on one line: names, paths and error messages come from outside, and an escape sequence or a
 * direction mark among them must not reach a terminal or reorder a line. Line ends and tabs become spaces.
 */
export function printable(text: string): string {
  return withoutControls(text.replace(/[\t\n\r\u2028\u2029]+/g, ' '));
}

/** The same for a message of several lines, such as a help page or a stack: its line ends stay. */
export function printableLines(text: string): string {
  return text
    .replace(/\r\n/g, '\n')
    .split('\n')
    .map((line) => withoutControls(line.replace(/[\t\u2028\u2029]/g, ' ')))
    .join('\n');
}

function withoutControls(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}
