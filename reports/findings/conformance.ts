import type { Report, Verdict, VerdictKind } from '../../harness/model/index.js';
import { verdictOrder } from './wording.js';

/** Everything one transport was held to through one driver. */
export interface TransportVerdicts {
  readonly transport: string;
  readonly driver: Verdict['driver'];
  readonly reference: string | null;
  readonly verdicts: readonly Verdict[];
  readonly counts: Readonly<Record<VerdictKind, number>>;
  readonly unclean: number;
}

/** In the order of the report's transports, references last; drivers apart. */
export function verdictsByTransport(report: Report): readonly TransportVerdicts[] {
  const groups = new Map<string, Verdict[]>();
  for (const verdict of report.verdicts) {
    const key = `${verdict.transport}\n${verdict.driver}`;
    groups.set(key, [...(groups.get(key) ?? []), verdict]);
  }
  const names = report.transports.map((transport) => transport.name);
  const position = (name: string): number => (names.includes(name) ? names.indexOf(name) : names.length);
  return [...groups.values()]
    .map((verdicts) => summarise(report, verdicts))
    .sort(
      (a, b) =>
        Number(a.reference !== null) - Number(b.reference !== null) || position(a.transport) - position(b.transport),
    );
}

/**
 * Verdicts a reader must hear about, worst first: all that did not pass, and passes that left something behind or that
 * were not expected.
 */
export function remarkableVerdicts(report: Report): readonly Verdict[] {
  return report.verdicts
    .filter((verdict) => verdict.verdict !== 'pass' || verdict.teardown === 'unclean' || verdict.changed !== null)
    .toSorted((a, b) => verdictOrder.indexOf(a.verdict) - verdictOrder.indexOf(b.verdict));
}

/** Check ids in the order they first appear, so that groups stay together. */
export function checkIds(report: Report): readonly string[] {
  return [...new Set(report.verdicts.map((verdict) => verdict.checkId))];
}

function summarise(report: Report, verdicts: readonly Verdict[]): TransportVerdicts {
  const first = verdicts[0] as Verdict;
  const count = (kind: VerdictKind): number => verdicts.filter((verdict) => verdict.verdict === kind).length;
  return {
    transport: first.transport,
    driver: first.driver,
    reference: report.transports.find((transport) => transport.name === first.transport)?.reference ?? null,
    verdicts,
    counts: {
      pass: count('pass'),
      fail: count('fail'),
      deviation: count('deviation'),
      info: count('info'),
      skip: count('skip'),
      broken: count('broken'),
    },
    unclean: verdicts.filter((verdict) => verdict.teardown === 'unclean').length,
  };
}
