import type { Report, Warning } from '../../harness/model/index.js';
import { plural } from '../units/digits.js';

/** What every rendering must say beside the figures: the report's own warnings, and what its state implies. */
export function notices(report: Report): readonly Warning[] {
  return [...unfinished(report), ...failed(report), ...undecided(report), ...report.warnings];
}

function unfinished(report: Report): readonly Warning[] {
  const rounds = `${report.rounds.completed} of ${plural(report.rounds.planned, 'round')}`;
  switch (report.status) {
    case 'complete':
      return [];
    case 'running':
      return [
        {
          code: 'report-running',
          message: `The run was not finished when this was written: ${rounds} done.`,
          hint: 'Render it again when the run has ended.',
        },
      ];
    case 'interrupted':
      return [
        {
          code: 'report-interrupted',
          message: `The run was ended early, after ${rounds}. Every figure rests on the rounds that were completed.`,
          hint: 'Run it again, with a longer --time-budget if that is what ended it.',
        },
      ];
  }
}

function failed(report: Report): readonly Warning[] {
  const failures = report.results.flatMap((result) => result.failures);
  if (failures.length === 0) return [];
  const cases = new Set(failures.map((failure) => failure.caseId)).size;
  return [
    {
      code: 'launches-failed',
      message:
        `${plural(failures.length, 'launch', 'launches')} failed, in ${plural(cases, 'case')}. Their figures ` +
        'rest on the launches that did not.',
      hint: 'The error messages are under Failed and skipped.',
    },
  ];
}

function undecided(report: Report): readonly Warning[] {
  if (
    report.results.length > 0 ||
    report.verdicts.length > 0 ||
    report.killMatrix !== undefined ||
    report.status === 'running'
  )
    return [];
  return [
    {
      code: 'nothing-decided',
      message: 'Nothing was measured and nothing was checked.',
      hint: 'The skipped cases below say why.',
    },
  ];
}
