import { join } from 'node:path';
import {
  compareReports,
  FEWEST_LAUNCHES,
  LEAST_REPORTS_BUDGET,
  REPORTS_ALPHA,
} from '../../../ci/gate/compare-reports.js';
import { counted } from '../../../ci/gate/describe-change.js';
import { conclude } from '../../../ci/gate/conclude.js';
import { environmentDifferences } from '../../../ci/gate/environments.js';
import type { Rule } from '../../../ci/gate/rules.js';
import type { Comparison, GateReport, Report, Variant, Warning, Workload } from '../../model/index.js';
import { readReport } from '../../saving/read-report.js';
import { prepareOutput, saveFile } from '../../saving/save-file.js';
import type { FailOn } from '../choices.js';
import { raisedBudgets, refuseIdleRules } from '../cases/apply-rules.js';

export interface RecordedRequest {
  readonly kind: 'gate' | 'compare';
  readonly command: readonly string[];
  readonly basePath: string;
  readonly headPath: string;
  readonly rules: readonly Rule[];
  readonly failOn: readonly FailOn[];
  /** Their gate defaults; a report does not say them. */
  readonly workloads: readonly Workload[];
  readonly version: string;
  readonly out: string;
}

/** Compares two report.json files; nothing is measured. Throws UserError for one that cannot be read. */
export function compareRecorded(request: RecordedRequest): GateReport {
  const startedAt = new Date();
  const [base, head] = [readReport(request.basePath), readReport(request.headPath)];
  const { cases, comparisons, verdictChanges, checksCompared } = compareReports(
    base,
    head,
    request.rules,
    request.workloads,
  );
  refuseIdleRules(
    request.rules,
    comparisons.map((one) => one.id),
  );
  prepareOutput(request.out);
  const fewest = Math.min(
    ...comparisons.flatMap((one) =>
      one.measurements.flatMap((measurement) => measurement.looks.map((look) => look.pairs)),
    ),
  );
  const schedule = Number.isFinite(fewest) ? [{ pairs: fewest, alpha: REPORTS_ALPHA }] : [];
  const conclusion = conclude(comparisons, verdictChanges, {
    kind: request.kind,
    failOn: request.failOn,
    brokenLaunches: 0,
    checksCompared,
    schedule,
    isRepeatable: false,
  });
  const gate: GateReport = {
    schema: 'ipcbench-gate',
    version: 1,
    kind: request.kind,
    method: 'reports',
    status: 'complete',
    ipcbenchVersion: request.version,
    command: request.command,
    startedAt: startedAt.toISOString(),
    finishedAt: new Date().toISOString(),
    seed: head.seed,
    environment: head.environment,
    base: variantOf(base, request.basePath),
    head: variantOf(head, request.headPath),
    isSameVariant: false,
    effort: 'default',
    schedule,
    cases,
    comparisons,
    verdictChanges,
    checksCompared,
    warnings: [
      ...raisedBudgets(request.rules, LEAST_REPORTS_BUDGET),
      ...tooFewLaunches(comparisons),
      ...warningsOf(base, head),
    ],
    ...conclusion,
    ...(request.kind === 'compare' && comparisons.length > 0
      ? { summary: whatDiffers(comparisons, checksCompared, verdictChanges.length) }
      : {}),
    totalMs: Date.now() - startedAt.getTime(),
  };
  saveFile(join(request.out, 'gate.json'), `${JSON.stringify(gate)}\n`);
  return gate;
}

/** What a reader of two reports wants first. Nothing of it decides anything. */
function whatDiffers(comparisons: readonly Comparison[], checksCompared: number, checksChanged: number): string {
  const having = (verdict: Comparison['verdict']): number =>
    comparisons.filter((one) => one.verdict === verdict).length;
  const kinds = [
    [having('regressed'), 'significantly worse'],
    [having('improved'), 'significantly better'],
    [having('pass'), 'within the budget'],
    [having('inconclusive'), 'undecided'],
    [having('incomparable'), 'not comparable'],
  ] as const;
  const told = kinds.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`])).join(', ');
  const checks =
    checksCompared === 0 ? '' : ` ${checksChanged === 0 ? 'None' : checksChanged} of ${checksCompared} checks changed.`;
  return `${counted(comparisons.length, 'comparison')}: ${told}.${checks}`;
}

function tooFewLaunches(comparisons: readonly Comparison[]): Warning[] {
  const without = comparisons.filter((one) => one.change !== null && one.change.low === null);
  if (without.length === 0) return [];
  return [
    {
      code: 'too-few-launches',
      message:
        `${without.length} of ${comparisons.length} comparisons have no confidence interval, so their ` +
        `changes cannot be judged: a 99 % interval takes ${FEWEST_LAUNCHES} launches on each side.`,
      hint: `Measure again with --launches ${FEWEST_LAUNCHES} or more.`,
    },
  ];
}

function variantOf(report: Report, path: string): Variant {
  return {
    settings: [`report=${path}`],
    resolved: [
      `recorded ${report.startedAt} by ` +
        `ipcbench ${report.ipcbenchVersion}, ${report.environment.runtime.name} ${report.environment.runtime.version}`,
    ],
  };
}

/** What two recordings cannot say, said beside every figure of theirs. */
function warningsOf(base: Report, head: Report): Warning[] {
  const hours = Math.abs(Date.parse(head.startedAt) - Date.parse(base.startedAt)) / 3_600_000;
  const differences = environmentDifferences(base.environment, head.environment);
  return [
    {
      code: 'measured-apart',
      message:
        'The two reports were recorded ' +
        `${hours < 1 ? 'at different times' : hours < 48 ? `${Math.round(hours)} hours apart` : `${Math.round(hours / 24)} days apart`}: ` +
        'on a shared machine, 1 in 8 to 1 in 3 such comparisons report a difference even when the code ' +
        'is the same.',
      hint: 'To be sure, run both interleaved: ipcbench compare --a … --b …',
    },
    ...(differences.length === 0
      ? []
      : [
          {
            code: 'other-environment',
            message:
              `The two reports were recorded on different systems (${differences.join(' · ')}): the system may ` +
              'cause the difference, not the code.',
            hint: null,
          },
        ]),
    ...[base, head].flatMap((report, index) =>
      report.status === 'complete'
        ? []
        : [
            {
              code: 'unfinished',
              message:
                `The ${index === 0 ? 'base' : 'head'} was interrupted after ${report.rounds.completed} of ` +
                `${report.rounds.planned} rounds.`,
              hint: null,
            },
          ],
    ),
  ];
}
