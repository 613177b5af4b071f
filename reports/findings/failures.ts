import type { Report } from '../../harness/model/index.js';
import { plural } from '../units/digits.js';

/** Failed launches, equal messages of one case told once: by the first of them. */
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
    const byReason = new Map<string, { count: number; readonly message: string; code: string | null }>();
    for (const { message, code } of result.failures) {
      const reason = withoutProgress(message);
      const same = byReason.get(reason);
      if (same === undefined) byReason.set(reason, { count: 1, message, code });
      else same.count += 1;
    }
    return [...byReason.values()].map(({ message, count, code }) => ({
      caseId: result.case.id,
      count,
      of,
      message,
      code,
      text: `${count} of ${plural(of, 'launch', 'launches')}: ${message}`,
    }));
  });
}

/** One fault meets each launch at another message. */
function withoutProgress(message: string): string {
  return message.replace(/, at message \d+: /, ': ').replace(/, after \d+ messages \(\d+ bytes\)/g, '');
}
