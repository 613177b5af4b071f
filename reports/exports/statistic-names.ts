import type { Metric } from '../../harness/model/index.js';
import type { Measure } from './report-figures.js';

/**
 * What each figure is called in histories of other programs. A gate holds the p25 of a launch's round trips, a
 * report shows the p50; a report's p99 is of all
 * round trips together, a gate's of each launch. One name is one statistic, or a history would mix two of them.
 */
export const reportStatistics: Readonly<Record<Measure, string>> = {
  'round-trip': 'round-trip-p50',
  p99: 'round-trip-p99',
  'messages-per-second': 'messages-per-second',
  'bytes-per-second': 'bytes-per-second',
  cpu: 'cpu',
  syscalls: 'syscalls',
  switches: 'switches',
};

export const gateStatistics: Readonly<Record<Metric, string>> = {
  'round-trip': 'round-trip-p25',
  'message-time': 'message-time',
  cpu: 'cpu',
  syscalls: 'syscalls',
  switches: 'switches',
  p99: 'round-trip-p99-by-launch',
};
