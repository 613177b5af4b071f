import pc from 'picocolors';
import type { FoundTests } from './find-test-files.js';
import type { TestResult } from './judge-file.js';
import type { Failure } from './messages.js';
import type { FileReport } from './run-file.js';

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const shownOutput = 4000;

/** One line for a file that is fine, and under it everything needed to mend one that is not. */
export function formatFile(report: FileReport): string {
  const totals = countFile(report);
  const counts = [
    `${totals.passed} passed`,
    ...(totals.failed > 0 ? [`${totals.failed} failed`] : []),
    ...(totals.skipped > 0 ? [`${totals.skipped} skipped`] : []),
  ];
  const head =
    `${totals.failed > 0 ? pc.red('FAIL') : pc.green('ok  ')} ${report.source}  ${counts.join(', ')} ` +
    ` ${(report.durationMs / 1000).toFixed(2)} s`;
  return [
    head,
    ...report.tests.flatMap(formatTest),
    ...report.faults.map((fault) => formatFailure(pc.red('file'), fault)),
    ...(totals.failed > 0 ? formatOutput('its stderr', report.stderr) : []),
    // uvu's stdout repeats the failures above; where the file itself went wrong it may hold the last words before that.
    ...(report.faults.length > 0 ? formatOutput('its stdout', report.stdout) : []),
  ].join('\n');
}

export function formatFound({ stale, uncompiled, unmatchedPatterns }: FoundTests): string[] {
  return [
    ...stale.map(
      (path) => `${pc.yellow('note')} ${path} was not run: its source is gone (delete dist and build again)`,
    ),
    ...uncompiled.map((path) => `${pc.red('FAIL')} ${path} is not compiled, so it cannot run ('npm run build')`),
    ...unmatchedPatterns.map((pattern) => `${pc.red('FAIL')} no test file matches '${pattern}'`),
  ];
}

export function countFile({ tests, faults }: FileReport): Totals {
  const count = (state: TestResult['outcome']['state']): number =>
    tests.filter((test) => test.outcome.state === state).length;
  return { passed: count('passed'), failed: count('failed') + faults.length, skipped: count('skipped') };
}

/** Alone on the last line: what continuous integration reads. Never coloured. */
export function formatTotals({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

function formatTest({ suite, name, outcome }: TestResult): string[] {
  const title = suite === '' ? name : `${suite}: ${name}`;
  switch (outcome.state) {
    case 'passed':
      return [];
    case 'skipped':
      return [`  ${pc.yellow('skip')} ${title} (${outcome.reason})`];
    case 'failed':
      return outcome.failures.map((failure) => formatFailure(`${pc.red('fail')} ${title}`, failure));
  }
}

function formatFailure(title: string, { message, details, stack }: Failure): string {
  const parts = [message, details, stack].filter((part) => part !== '');
  return `  ${title}\n${indent(parts.join('\n'))}`;
}

function formatOutput(title: string, output: string): string[] {
  const text = output.trim();
  if (text === '') return [];
  const isCut = text.length > shownOutput;
  return [
    `  ${pc.dim(isCut ? `${title} (the last ${shownOutput} characters)` : title)}\n${indent(text.slice(-shownOutput))}`,
  ];
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');
}
