// Writes to its stdout and exits at once: `process.exit()` right after `write()`, or in its callback.
const [bytes = '0', when = ''] = process.argv.slice(2);
const text = 'x'.repeat(Number(bytes));
if (when === 'in the callback') process.stdout.write(text, () => process.exit(0));
else {
  process.stdout.write(text);
  process.exit(0);
}
