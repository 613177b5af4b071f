import type { Case, Comparison, GateReport, Report } from '../../harness/model/index.js';
import { nameVariant } from '../findings/gate-wording.js';
import { kindOfChange } from '../findings/guarantee-changes.js';
import { exposition, type Family, type Sample } from './exposition.js';
import { reportFigures, type Measure } from './report-figures.js';
import { gateStatistics } from './statistic-names.js';

/**
 * A report as OpenMetrics text, version 1.0.0: https://prometheus.io/docs/specs/om/open_metrics_spec/. Gauges alone, in
 * base units, without timestamps: so node_exporter's textfile collector and the Pushgateway take the same text, for
 * which `# UNIT` and `# EOF` are comments.
 */
export function renderOpenMetrics(report: Report): string {
  const figures = reportFigures(report);
  const families = (Object.keys(reportFamilies) as Measure[]).flatMap((measure): readonly Family[] => {
    const { name, unit, help, scale } = reportFamilies[measure];
    const found = figures.filter((figure) => figure.measure === measure);
    const bounded = found.some((figure) => figure.low !== null);
    const samples = (pick: (figure: (typeof found)[number]) => number | null): readonly Sample[] =>
      found.flatMap((figure) => {
        const value = pick(figure);
        return value === null ? [] : [{ labels: caseLabels(figure.case), value: value * scale }];
      });
    return [
      { name: `ipcbench_${name}`, unit, help, samples: samples((figure) => figure.value) },
      ...(bounded
        ? [
            {
              name: `ipcbench_low_${name}`,
              unit,
              help: `Lower end of the interval of ipcbench_${name}.`,
              samples: samples((figure) => figure.low),
            },
          ]
        : []),
      ...(bounded
        ? [
            {
              name: `ipcbench_high_${name}`,
              unit,
              help: `Upper end of the interval of ipcbench_${name}.`,
              samples: samples((figure) => figure.high),
            },
          ]
        : []),
    ];
  });
  const checks = new Map<string, { readonly labels: Readonly<Record<string, string>>; value: number }>();
  for (const { transport, driver, verdict } of report.verdicts) {
    const labels = { transport, driver, verdict };
    const before = checks.get(JSON.stringify(labels));
    if (before === undefined) checks.set(JSON.stringify(labels), { labels, value: 1 });
    else before.value += 1;
  }
  return exposition([
    about({
      version: report.ipcbenchVersion,
      started: report.startedAt,
      status: report.status,
      fingerprint: report.environment.fingerprint,
    }),
    ...families,
    {
      name: 'ipcbench_checks',
      unit: null,
      help: 'Conformance checks by their verdict.',
      samples: [...checks.values()],
    },
  ]);
}

/** A gate as OpenMetrics text: what was decided, the change with its interval, and both sides' figures. */
export function renderGateOpenMetrics(gate: GateReport): string {
  const each = (pick: (found: Comparison) => number | null): readonly Sample[] =>
    gate.comparisons.flatMap((found) => {
      const value = pick(found);
      return value === null ? [] : [{ labels: comparisonLabels(found), value }];
    });
  const seconds = (value: number | null, found: Comparison): number | null =>
    value === null || found.unit !== 'ns' ? null : value / 1e9;
  const count = (value: number | null, found: Comparison): number | null =>
    found.unit === 'per message' ? value : null;
  return exposition([
    about({
      version: gate.ipcbenchVersion,
      started: gate.startedAt,
      status: gate.status,
      fingerprint: gate.environment.fingerprint,
      base: nameVariant(gate.base),
      head: nameVariant(gate.head),
    }),
    {
      name: 'ipcbench_gate_exit_code',
      unit: null,
      help: 'Exit code of the gate: 0 passes, 1 fails.',
      samples: [{ labels: {}, value: gate.exitCode }],
    },
    {
      name: 'ipcbench_gate_promises_broken',
      unit: null,
      help: 'Promises that base keeps and head does not.',
      samples: [{ labels: {}, value: gate.verdictChanges.filter((change) => kindOfChange(change) === 'worse').length }],
    },
    {
      name: 'ipcbench_gate_verdict',
      unit: null,
      help: 'Always 1; the label says what was decided.',
      samples: gate.comparisons.map((found) => ({
        labels: { ...comparisonLabels(found), verdict: found.verdict },
        value: 1,
      })),
    },
    {
      name: 'ipcbench_gate_change_ratio',
      unit: 'ratio',
      help:
        'Median change, head / base - 1: above zero is worse. Of a count near zero: the share of the budget ' +
        'that its increase takes, times the budget.',
      samples: each((found) => found.change?.median ?? null),
    },
    {
      name: 'ipcbench_gate_change_low_ratio',
      unit: 'ratio',
      help: 'Lower end of the interval of the change.',
      samples: each((found) => found.change?.low ?? null),
    },
    {
      name: 'ipcbench_gate_change_high_ratio',
      unit: 'ratio',
      help: 'Upper end of the interval of the change.',
      samples: each((found) => found.change?.high ?? null),
    },
    {
      name: 'ipcbench_gate_smallest_visible_ratio',
      unit: 'ratio',
      help: 'Smallest worsening that is found nine times in ten.',
      samples: each((found) => found.smallestVisible),
    },
    {
      name: 'ipcbench_gate_budget_ratio',
      unit: 'ratio',
      help: 'Largest worsening that may pass.',
      samples: each((found) => found.budget),
    },
    {
      name: 'ipcbench_gate_base_seconds',
      unit: 'seconds',
      help: 'Median over launches of base, of times.',
      samples: each((found) => seconds(found.base, found)),
    },
    {
      name: 'ipcbench_gate_head_seconds',
      unit: 'seconds',
      help: 'Median over launches of head, of times.',
      samples: each((found) => seconds(found.head, found)),
    },
    {
      name: 'ipcbench_gate_base_calls',
      unit: null,
      help: 'Median over launches of base, of counts per message.',
      samples: each((found) => count(found.base, found)),
    },
    {
      name: 'ipcbench_gate_head_calls',
      unit: null,
      help: 'Median over launches of head, of counts per message.',
      samples: each((found) => count(found.head, found)),
    },
  ]);
}

const reportFamilies: Readonly<
  Record<
    Measure,
    { readonly name: string; readonly unit: string | null; readonly help: string; readonly scale: number }
  >
> = {
  'round-trip': {
    name: 'round_trip_p50_seconds',
    unit: 'seconds',
    help: "Median over launches of each launch's median round trip.",
    scale: 1e-9,
  },
  p99: {
    name: 'round_trip_p99_seconds',
    unit: 'seconds',
    help: 'p99 over the round trips of all launches.',
    scale: 1e-9,
  },
  'messages-per-second': {
    name: 'messages_per_second',
    unit: 'messages_per_second',
    help: 'Median over launches of messages received a second.',
    scale: 1,
  },
  'bytes-per-second': {
    name: 'throughput_bytes_per_second',
    unit: 'bytes_per_second',
    help: 'Median over launches of bytes received a second.',
    scale: 1,
  },
  cpu: { name: 'message_cpu_seconds', unit: 'seconds', help: 'CPU time of both ends per message.', scale: 1e-9 },
  syscalls: {
    name: 'message_syscalls',
    unit: null,
    help: 'Calls that the loops of both ends make on the measured descriptors, per message.',
    scale: 1,
  },
  switches: {
    name: 'message_switches',
    unit: null,
    help: 'Voluntary context switches of both ends per message.',
    scale: 1,
  },
};

function about(labels: Readonly<Record<string, string>>): Family {
  return {
    name: 'ipcbench_run',
    unit: null,
    help: 'Always 1; the labels say what was run where.',
    samples: [{ labels, value: 1 }],
  };
}

function caseLabels({ id, transport, driver, workload, sizeBytes, placement }: Case): Readonly<Record<string, string>> {
  return { case: id, transport, driver, workload, size_bytes: String(sizeBytes), placement };
}

function comparisonLabels({ caseId, metric, isGated }: Comparison): Readonly<Record<string, string>> {
  return { case: caseId, metric: gateStatistics[metric], gated: String(isGated) };
}
