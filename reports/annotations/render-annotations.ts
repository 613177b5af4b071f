import type { Comparison, GateReport, VerdictChange } from '../../harness/model/index.js';
import { gateNotices } from '../findings/gate-notices.js';
import { metricWords } from '../findings/gate-wording.js';
import { kindOfChange, spellChange, type PromiseChangeKind } from '../findings/promise-changes.js';
import { printable } from '../printable.js';

/**
 * Lines that GitHub Actions turns into annotations when a step prints them: errors for what closes the gate, warnings for what could
 * not be decided, notices for what got better. Empty where there is nothing to say.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message
 */
export function renderAnnotations(gate: GateReport): string {
  const found = [...gate.comparisons.filter((comparison) => comparison.isGated).flatMap(ofComparison), ...gate.verdictChanges.map(ofPromise), ...gateNotices(gate).map(ofNotice)];
  return levels
    .flatMap((level) => shorten(level, found.filter((annotation) => annotation.level === level)))
    .map((annotation) => `${spell(annotation)}\n`)
    .join('');
}

const levels = ['error', 'warning', 'notice'] as const;

interface Annotation {
  readonly level: (typeof levels)[number];
  readonly title: string;
  readonly message: string;
}

function ofComparison(found: Comparison): readonly Annotation[] {
  const title = `${found.caseId}, ${metricWords[found.metric]}: ${found.verdict}`;
  switch (found.verdict) {
    case 'pass':
      return [];
    case 'regressed':
      return [{ level: 'error', title, message: found.reason }];
    case 'incomparable':
      return [{ level: found.lackedBy === 'base' ? 'notice' : 'error', title, message: found.reason }];
    case 'inconclusive':
      return [{ level: 'warning', title, message: found.reason }];
    case 'improved':
      return [{ level: 'notice', title, message: found.reason }];
  }
}

function ofPromise(change: VerdictChange): Annotation {
  return { level: promiseLevels[kindOfChange(change)], title: `${change.id}: ${spellChange(change)}`, message: change.evidence };
}

const promiseLevels: Readonly<Record<PromiseChangeKind, Annotation['level']>> = { worse: 'error', gone: 'error', changed: 'notice', better: 'notice' };

function ofNotice({ message, hint }: { readonly message: string; readonly hint: string | null }): Annotation {
  return { level: 'warning', title: 'ipcbench', message: hint === null ? message : `${message} ${hint}` };
}

// GitHub shows ten of a level and step, and drops the others in silence: the tenth says how many there are.
function shorten(level: Annotation['level'], annotations: readonly Annotation[]): readonly Annotation[] {
  if (annotations.length <= shownOfALevel) return annotations;
  const shown = annotations.slice(0, shownOfALevel - 1);
  return [...shown, { level, title: 'ipcbench', message: `And ${annotations.length - shown.length} more: the job's summary has them all.` }];
}

const shownOfALevel = 10;

function spell({ level, title, message }: Annotation): string {
  return `::${level} title=${escapeProperty(printable(title))}::${escapeMessage(printable(message))}`;
}

// As the runner takes them back: a percent sign first, or the others would be escaped twice.
function escapeMessage(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
