import { findTestFiles, type TestFile } from './find-test-files.js';
import type { Options } from './options.js';
import { countFile, formatFile, formatFound, formatTotals, type Totals } from './print.js';
import { runFile } from './run-file.js';

/** Runs what the patterns select and prints as it goes, the totals last. False when something failed or nothing ran. */
export async function runTests(options: Options, print: (line: string) => void): Promise<boolean> {
  const found = findTestFiles(options.root, options.patterns);
  for (const line of formatFound(found)) print(line);
  const totals = { passed: 0, failed: found.uncompiled.length + found.unmatchedPatterns.length, skipped: 0 };
  const run = async (file: TestFile): Promise<void> => {
    const report = await runFile(file, options.deadlineS);
    print(formatFile(report));
    add(totals, countFile(report));
  };

  // Tests of processes and clocks disturb each other, so only files that say they have neither run side by side.
  const pure = found.files.filter((file) => file.source.endsWith('.pure.test.ts'));
  await inParallel(pure, options.jobs, run);
  await inParallel(
    found.files.filter((file) => !pure.includes(file)),
    1,
    run,
  );

  if (totals.passed + totals.failed + totals.skipped === 0) {
    print('No test was found. A run without tests fails.');
    totals.failed = 1;
  }
  print(formatTotals(totals));
  return totals.failed === 0;
}

function add(totals: { -readonly [key in keyof Totals]: number }, more: Totals): void {
  totals.passed += more.passed;
  totals.failed += more.failed;
  totals.skipped += more.skipped;
}

async function inParallel(
  files: readonly TestFile[],
  jobs: number,
  run: (file: TestFile) => Promise<void>,
): Promise<void> {
  const queue = files.values();
  const worker = async (): Promise<void> => {
    for (const file of queue) await run(file);
  };
  await Promise.all(Array.from({ length: jobs }, worker));
}
