import type { CaseResult, Ranking, Report } from '../model/index.js';
import { rankColumn } from './rank-column.js';

/**
 * The report with its rankings, where it has none: one of ipcbench 0.1.0, or of a run that was killed. The launches of
 * one round stand for a block; in reports of 0.1.0 they are spread over the round, so that less of the noise cancels
 * and less is told.
 */
export function withRankings(report: Report): Report {
  if (report.rankings !== undefined && (report.rankings.length > 0 || report.status !== 'running')) return report;
  const references = new Set(
    report.transports.filter((transport) => transport.reference !== null).map((transport) => transport.name),
  );
  return {
    ...report,
    rankings: rankResults(report.results.filter((result) => !references.has(result.case.transport))),
  };
}

/** One ranking for each column of these results that has two transports or more. */
export function rankResults(results: readonly CaseResult[]): Ranking[] {
  const columns = new Map<string, CaseResult[]>();
  for (const result of results) {
    const { id, driver, workload, sizeBytes, placement, verify, methodRevision } = result.case;
    // Settings that are not the default stand in the id alone, as key=value.
    const settings = id.split('/').filter((part) => part.includes('='));
    const key = [driver, workload, sizeBytes, placement, verify, methodRevision, result.figure, ...settings].join(' ');
    columns.set(key, [...(columns.get(key) ?? []), result]);
  }
  return [...columns.values()].flatMap((column) => rankColumn(column) ?? []);
}
