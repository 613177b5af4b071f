import type { Report } from '../../harness/model/index.js';
import { plural } from '../units/digits.js';

/** Failed launches, equal messages of one case told once. */
export interface FailedLaunches {
  readonly caseId: string;
  readonly count: number;
  readonly of: number;
  readonly message: string;
  readonly code: string | null;
  /** `2 of 8 launches: The responder did not connect …` */
  readonly text: string;
}

export function failedLaunches(report: Report): readonly FailedLaunches[] {
  return report.results.flatMap((result) => {
    const of = result.launches.length + result.failures.length;
    const byMessage = new Map<string, { count: number; code: string | null }>();
    for (const failure of result.failures) byMessage.set(failure.message, { count: (byMessage.get(failure.message)?.count ?? 0) + 1, code: failure.code });
    return [...byMessage].map(([message, { count, code }]) => ({
      caseId: result.case.id,
      count,
      of,
      message,
      code,
      text: `${count} of ${plural(of, 'launch', 'launches')}: ${message}`,
    }));
  });
}
