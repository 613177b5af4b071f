import type { Verdict } from '../model/index.js';
import { makeVerdict, type Answered } from '../outcome/make-verdict.js';
import type { PlannedCheckRun, CheckRunOutcome, CheckRunSettings } from './perform-check-runs.js';

/** What a procedure's outcome means. Pure: the judge sees the observation and nothing else. */
export function verdictOfCheckRun(
  { check, subject }: PlannedCheckRun,
  outcome: CheckRunOutcome,
  settings: CheckRunSettings,
): Verdict {
  return makeVerdict(
    {
      id: `${subject}/${check.id}`,
      checkId: check.id,
      transport: subject,
      driver: subject.startsWith('node-') ? 'js' : 'native',
      level: check.level,
      promise: check.guarantee,
      source: check.source(subject),
      teardownEvidence: 'teardown' in outcome ? outcome.teardown : null,
      expected: check.expected,
      procedure: check.procedure,
      history: null,
      command:
        `ipcbench check --check ${subject}/${check.id} ` +
        `--seed ${settings.seed}${settings.scale === 'default' ? '' : ` --${settings.scale}`}`,
    },
    answerOf(check, subject, outcome),
  );
}

function answerOf(check: PlannedCheckRun['check'], subject: string, outcome: CheckRunOutcome): Answered {
  switch (outcome.type) {
    case 'observed':
      try {
        return check.judge(outcome.observation, subject);
      } catch (error) {
        return {
          verdict: 'broken',
          evidence: `The judge failed with an exception: ${error instanceof Error ? error.message : String(error)}`,
        };
      }
    case 'skipped':
      return { verdict: 'skip', evidence: outcome.reason };
    case 'failed':
      return { verdict: 'broken', evidence: outcome.message };
    case 'died':
      return { verdict: 'broken', evidence: outcome.how };
  }
}
