import { constants } from 'node:os';
import type { GateReport, Report } from '../../../harness/model/index.js';
import { outcomeOfReport } from '../../../harness/outcome/report-outcome.js';
import type { Blow } from './blows.js';

export interface End {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What lay in the output directory when the run was over; null where it had not come to that. */
export type Saved =
  | { readonly kind: 'report'; readonly content: Report }
  | { readonly kind: 'gate'; readonly content: GateReport }
  | null;

/** One sentence for each thing about the end that is not as it has to be. Pure. */
export function complaintsOfEnd({ victim, signal }: Blow, end: End, saved: Saved): string[] {
  if (victim === 'harness' && signal !== 'SIGSTOP') {
    const status = 128 + constants.signals[signal];
    // Before it listens and after it has stopped to, a signal does what it does to any process.
    return end.signal === signal || (signal !== 'SIGKILL' && end.exitCode === status)
      ? []
      : [`it ended with ${spellEnd(end)}, not with ${status}`];
  }
  if (saved === null) return [`it ended with ${spellEnd(end)} and wrote no report`];
  const expected = saved.kind === 'gate' ? saved.content.exitCode : outcomeOfReport(saved.content).exitCode;
  return [
    ...(end.exitCode === expected ? [] : [`it ended with ${spellEnd(end)}, and its report says ${expected}`]),
    // What somebody does to a process is no property of a transport.
    ...(expected === 0 || expected === 5 ? [] : [`it ended with ${expected}: ${reasonsOf(saved).join('; ')}`]),
  ];
}

function reasonsOf(saved: NonNullable<Saved>): string[] {
  if (saved.kind === 'gate')
    return saved.content.verdictChanges
      .filter(({ isWorse }) => isWorse)
      .map(({ id, base, head, evidence }) => `${id} ${base} → ${head}: ${evidence}`);
  const { verdicts, killMatrix } = saved.content;
  return [
    ...verdicts.filter(({ verdict }) => verdict === 'fail').map(({ id, evidence }) => `${id} failed: ${evidence}`),
    ...(killMatrix?.isProven === false ? ['not every injected fault was detected'] : []),
  ];
}

const spellEnd = ({ exitCode, signal }: End): string => signal ?? `exit status ${exitCode}`;
