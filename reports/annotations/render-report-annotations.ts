import type { Report } from '../../harness/model/index.js';
import { outcomeOfReport, type ReportCircumstances, type ReportSubject } from '../../harness/outcome/report-outcome.js';
import { annotationLevels } from '../../harness/outcome/standing.js';
import { failedLaunches } from '../findings/failures.js';
import { killMatrixInShort } from '../findings/kill-matrix.js';
import { notices } from '../findings/notices.js';
import { reportAnswer } from '../findings/report-answer.js';
import { annotationLines, type Annotation } from './annotation.js';
import { ofNotice } from './render-annotations.js';

/** What a report tells GitHub Actions to mark: an error exactly where the exit code is not 0. */
export function renderReportAnnotations(report: Report, circumstances: ReportCircumstances = {}): string {
  const found = outcomeOfReport(report, circumstances).parts.flatMap(({ subject, standing }): Annotation[] => {
    const level = annotationLevels[standing];
    return level === null ? [] : [{ level, ...spell(subject, report, circumstances) }];
  });
  return annotationLines([...found, ...notices(report).map(ofNotice)]);
}

function spell(subject: ReportSubject, report: Report, circumstances: ReportCircumstances): Omit<Annotation, 'level'> {
  switch (subject.kind) {
    case 'check': {
      const { id, verdict, evidence, teardownEvidence } = subject.verdict;
      return {
        title: `${id}: ${verdict}`,
        message: teardownEvidence === null ? evidence : `${evidence} Left behind: ${teardownEvidence}`,
      };
    }
    case 'case': {
      const { id } = subject.result.case;
      const broken = failedLaunches(report)
        .filter(({ caseId }) => caseId === id)
        .map(({ text }) => text);
      return {
        title: `${id}: broken`,
        message: broken.length === 0 ? 'No launch of it came to a figure.' : broken.join(' '),
      };
    }
    case 'skipped':
      return { title: `${subject.skipped.caseId}: skipped`, message: subject.skipped.reason };
    case 'faults':
      return { title: 'planted faults', message: killMatrixInShort(subject.matrix) };
    case 'whole':
      return { title: 'ipcbench', message: reportAnswer(report, circumstances).sentence };
  }
}
