import type { SpeedComparison, SpeedRow } from './compare-with-reference.js';

/** The comparison as a table of plain text, with what was compared and the yardstick beside it. */
export function renderSpeed(comparison: SpeedComparison): string {
  const table = [
    ['transport', 'work', 'launches', 'core', 'plain C++', 'ratio', 'bound', '', 'of a plain copy'],
    ...comparison.rows.map(line),
  ];
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)));
  const lines = table.map((cells) =>
    cells
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  const { independentReference, launchCost, memory } = comparison;
  return [
    ...lines,
    '',
    `Fresh launches of ${comparison.windowMs} ms, interleaved, both ends on one CPU; p25 of the ` +
      "launches' p50 (p75 for rates). Rows that missed their bound after 20 launches got more " +
      'launches; all launches count.',
    'The plain C++ reads one byte of every cache line that arrives, as the core does. A plain copy ' +
      'reads none, which is less work, so that row has no bound.',
    'nsPerRoundTrip' in independentReference
      ? 'Independent reference: perf bench sched pipe, one CPU: ' +
        `${(independentReference.nsPerRoundTrip / 1000).toFixed(2)} us a round trip of 4 B over two pipes, mean.`
      : `Independent reference: ${independentReference.reason}.`,
    `A launch costs ${launchCost.medianMs.toFixed(1)} ms beside warm-up and window, median ` +
      `of ${launchCost.launches} (bound on a quiet machine ${launchCost.boundMs} ` +
      `ms${launchCost.isMet ? '' : ': NOT MET'}); the quietest ${launchCost.inARow} in a ` +
      `row: ${launchCost.quietestMs.toFixed(1)} ms.`,
    `Largest resident set: a native peer ${mebibytes(memory.peerBytes)} (bound ${mebibytes(memory.peerBound)}), ` +
      `the harness ${mebibytes(memory.harnessBytes)} ` +
      `(bound ${mebibytes(memory.harnessBound)})${memory.isMet ? '' : ': NOT MET'}.`,
    comparison.isMet ? 'Every bound is met.' : 'Not every bound is met: see above.',
    '',
  ].join('\n');
}

function line(row: SpeedRow): string[] {
  const isLatency = row.unit === 'ns';
  const figure = (value: number): string =>
    isLatency
      ? `${(value / 1000).toFixed(2)} us`
      : value >= 1e9
        ? `${(value / 1e9).toFixed(2)} GB/s`
        : `${(value / 1e6).toFixed(1)} MB/s`;
  return [
    row.transport,
    row.work,
    String(row.launches),
    figure(row.core),
    figure(row.reference),
    row.ratio.toFixed(3),
    `${isLatency ? '<=' : '>='} ${row.bound.toFixed(2)}`,
    row.isMet ? 'ok' : 'NOT MET',
    row.ratioToBareCopy?.toFixed(3) ?? '',
  ];
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
