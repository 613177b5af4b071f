import type { Comparison, GateReport, VerdictChange, Warning } from '../../harness/model/index.js';
import { LAUNCH_BROKE, outcomeOfGate, type GateSubject } from '../../harness/outcome/gate-outcome.js';
import { annotationLevels } from '../../harness/outcome/standing.js';
import { gateNotices } from '../findings/gate-notices.js';
import { exitCodeInWords, metricWords, splitSummary } from '../findings/gate-wording.js';
import { spellChange } from '../findings/guarantee-changes.js';
import { annotationLines, type Annotation } from './annotation.js';

/**
 * What a gate tells GitHub Actions to mark: an error exactly where the exit code is not 0, warnings for what could
 * not be decided, notices for what got
 * better or is new.
 */
export function renderAnnotations(gate: GateReport): string {
  const found = outcomeOfGate(gate).parts.flatMap(({ subject, standing }): Annotation[] => {
    const level = annotationLevels[standing];
    return level === null ? [] : [{ level, ...spell(subject, gate) }];
  });
  // Launches that broke are parts of the outcome, so their warnings are errors already.
  const notices = gateNotices(gate).filter(({ code }) => code !== LAUNCH_BROKE);
  return annotationLines([...found, ...notices.map(ofNotice)]);
}

function spell(subject: GateSubject<Comparison, VerdictChange, Warning>, gate: GateReport): Omit<Annotation, 'level'> {
  switch (subject.kind) {
    case 'comparison': {
      const { caseId, metric, verdict, reason } = subject.comparison;
      return { title: `${caseId}, ${metricWords[metric]}: ${verdict}`, message: reason };
    }
    case 'promise':
      return { title: `${subject.change.id}: ${spellChange(subject.change)}`, message: subject.change.evidence };
    case 'launches':
      return { title: 'ipcbench', message: subject.broken.message };
    case 'whole':
      return { title: 'ipcbench', message: `${splitSummary(gate).lead} ${exitCodeInWords(gate)}` };
  }
}

export function ofNotice({ message, hint }: { readonly message: string; readonly hint: string | null }): Annotation {
  return { level: 'warning', title: 'ipcbench', message: hint === null ? message : `${message} ${hint}` };
}
