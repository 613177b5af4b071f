import type { Report, Verdict, VerdictKind } from '../../harness/model/index.js';
import { verdictsByTransport } from '../findings/conformance.js';

/** Why a row stands under "What breaks", worst first. */
export type BreakKind = 'fail' | 'broken' | 'unclean' | 'changed' | 'deviation' | 'known';

/** One check with all subjects in which it showed the same. */
export interface BreakRow {
  readonly kind: BreakKind;
  readonly checkId: string;
  readonly promise: string;
  readonly verdicts: readonly Verdict[];
}

const order: readonly BreakKind[] = ['fail', 'broken', 'unclean', 'changed', 'deviation', 'known'];

export function whatBreaks(report: Report): readonly BreakRow[] {
  const rows = new Map<string, { readonly row: Omit<BreakRow, 'verdicts'>; readonly verdicts: Verdict[] }>();
  for (const verdict of report.verdicts) {
    const kind = breakKind(verdict);
    if (kind === null) continue;
    const key = `${kind}\n${verdict.checkId}\n${verdict.known?.note ?? ''}`;
    const before = rows.get(key);
    if (before === undefined)
      rows.set(key, { row: { kind, checkId: verdict.checkId, promise: verdict.promise }, verdicts: [verdict] });
    else before.verdicts.push(verdict);
  }
  return [...rows.values()]
    .map(({ row, verdicts }) => ({ ...row, verdicts }))
    .toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

function breakKind({ verdict, teardown, changed, known }: Verdict): BreakKind | null {
  if (verdict === 'fail' || verdict === 'broken') return verdict;
  if (teardown === 'unclean') return 'unclean';
  if (changed !== null) return 'changed';
  if (verdict !== 'deviation') return null;
  return known === null ? 'deviation' : 'known';
}

/** A transport, checked through one driver: a column of the table of guarantees. */
export interface Subject {
  readonly transport: string;
  readonly driver: Verdict['driver'];
  readonly reference: string | null;
  /** The driver is named where one transport was checked through two. */
  readonly label: string;
}

export interface GuaranteeGroup {
  readonly name: string;
  readonly checks: readonly { readonly id: string; readonly guarantee: string }[];
  /** For each subject, the verdicts of this group. */
  readonly cells: readonly (readonly Verdict[])[];
}

export interface Guarantees {
  readonly subjects: readonly Subject[];
  readonly groups: readonly GuaranteeGroup[];
}

export function guarantees(report: Report): Guarantees {
  const transports = verdictsByTransport(report);
  const subjects = transports.map(({ transport, driver, reference }) => ({
    transport,
    driver,
    reference,
    label:
      transports.filter((other) => other.transport === transport).length > 1 ? `${transport} (${driver})` : transport,
  }));
  const groups = new Map<string, Map<string, string>>();
  for (const { checkId, promise } of report.verdicts) {
    const name = groupOf(checkId);
    const checks = groups.get(name) ?? new Map<string, string>();
    if (!checks.has(checkId)) checks.set(checkId, promise);
    groups.set(name, checks);
  }
  return {
    subjects,
    groups: [...groups].map(([name, checks]) => ({
      name,
      checks: [...checks].map(([id, guarantee]) => ({ id, guarantee })),
      cells: transports.map(({ verdicts }) => verdicts.filter((verdict) => groupOf(verdict.checkId) === name)),
    })),
  };
}

export function groupOf(checkId: string): string {
  return checkId.split('/')[0] ?? checkId;
}

/** The worst verdict decides how a group of checks reads; `pass` before what does not apply. */
export function worstOf(verdicts: readonly Verdict[]): VerdictKind | null {
  const found = new Set(verdicts.map(({ verdict }) => verdict));
  return severity.find((kind) => found.has(kind)) ?? null;
}

const severity: readonly VerdictKind[] = ['fail', 'broken', 'deviation', 'pass', 'info', 'skip'];

/** The name of a verdict in the page's address; the driver is part of it where one name has two. */
export function verdictKeys(report: Report): ReadonlyMap<Verdict, string> {
  const drivers = new Map<string, number>();
  for (const { id } of report.verdicts) drivers.set(id, (drivers.get(id) ?? 0) + 1);
  return new Map(
    report.verdicts.map((verdict) => [
      verdict,
      (drivers.get(verdict.id) ?? 0) > 1 ? `${verdict.id}@${verdict.driver}` : verdict.id,
    ]),
  );
}
