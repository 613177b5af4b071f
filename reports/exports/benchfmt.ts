import type {
  Case,
  Comparison,
  Environment,
  GateReport,
  LaunchRecord,
  Metric,
  Report,
} from '../../harness/model/index.js';
import { nameVariant } from '../findings/gate-wording.js';
import { printable } from '../printable.js';
import { benchmarkName } from './benchmark-name.js';

/**
 * The Go benchmark data format, a line for each launch, so that benchstat can summarise and compare reports:
 * https://go.googlesource.com/proposal/+/master/design/14313-benchmark-format.md. `ns/op` is
 * the window over the messages in it, of every workload; a launch's median round trip is `p50-ns/op`.
 */
export function renderBenchfmt(report: Report): string {
  const lines = report.results.flatMap((result) =>
    result.launches.flatMap((launch) => resultLine(result.case, launch.messages, launchValues(launch))),
  );
  return [...configuration(report), ...unitLines, '', ...lines, ''].join('\n');
}

/**
 * The two sides of a gate as files of their own, for `benchstat gate.base.txt gate.head.txt`: a line for each launch of
 * each pair, of the measurement that decided. What names a side is a comment, because benchstat puts figures of unlike
 * configuration into unlike tables. benchstat knows nothing of pairs, so its p values are not the gate's. A recorded
 * baseline's launches are in no gate.json: then base has no results, because what ran beside head was a control.
 */
export function renderGateBenchfmt(gate: GateReport, side: 'base' | 'head'): string {
  const cases = new Map(gate.cases.map((one) => [one.id, one]));
  const lines = gate.comparisons.flatMap((found) => {
    const measured = cases.get(found.caseId);
    return measured === undefined || (side === 'base' && gate.method !== 'interleaved')
      ? []
      : sideLines(measured, found, side);
  });
  return [
    `# ${side}: ${printable(nameVariant(gate[side]))}`,
    ...configuration(gate),
    ...unitLines,
    '',
    ...lines,
    '',
  ].join('\n');
}

interface Value {
  readonly value: number;
  readonly unit: string;
}

/**
 * What a gate compares, as units: the last word after a hyphen is what benchstat rescales, so `cpu-ns/op` reads as
 * microseconds there.
 */
const gateUnits: Readonly<Record<Metric, string>> = {
  'round-trip': 'p25-ns/op',
  'message-time': 'ns/op',
  cpu: 'cpu-ns/op',
  syscalls: 'syscalls/op',
  switches: 'switches/op',
  p99: 'p99-ns/op',
};

// benchstat knows the direction of Go's own units alone: https://github.com/golang/go/issues/43744
const unitLines = [...new Set([...Object.values(gateUnits), 'p50-ns/op'])].map((unit) => `Unit ${unit} better=lower`);

function sideLines(measured: Case, found: Comparison, side: 'base' | 'head'): readonly string[] {
  // Pairs beside a gap are the ones that have a figure: benchstat would take them for all there are.
  if (found.gaps !== undefined) return [];
  return (found.measurements.at(-1)?.pairs ?? []).flatMap((pair) =>
    resultLine(measured, 1, [{ value: pair[side], unit: gateUnits[found.metric] }]),
  );
}

function launchValues(launch: LaunchRecord): readonly Value[] {
  const { messages } = launch;
  if (messages === 0) return [];
  const perMessage = (total: number | null): number | null => (total === null ? null : total / messages);
  const values: readonly { readonly value: number | null; readonly unit: string }[] = [
    { value: launch.windowNs / messages, unit: 'ns/op' },
    { value: launch.p50Ns, unit: 'p50-ns/op' },
    { value: launch.p99Ns, unit: 'p99-ns/op' },
    { value: launch.bytesPerSecond === null ? null : launch.bytesPerSecond / 1e6, unit: 'MB/s' },
    { value: perMessage(launch.cpuNs), unit: 'cpu-ns/op' },
    { value: perMessage(launch.syscalls), unit: 'syscalls/op' },
    { value: perMessage(launch.voluntarySwitches), unit: 'switches/op' },
  ];
  return values.flatMap(({ value, unit }) => (value === null ? [] : [{ value, unit }]));
}

function resultLine(measured: Case, iterations: number, values: readonly Value[]): readonly string[] {
  if (values.length === 0) return [];
  return [
    [benchmarkName(measured), String(iterations), ...values.map(({ value, unit }) => `${value} ${unit}`)].join('\t'),
  ];
}

// A key begins with a lower case letter and a value has no line end; both sides of a gate carry the same ones.
function configuration({
  environment,
  ipcbenchVersion,
}: {
  readonly environment: Environment;
  readonly ipcbenchVersion: string;
}): readonly string[] {
  const { cpu, os, runtime } = environment;
  const pairs: readonly (readonly [key: string, value: string])[] = [
    ['ipcbench', ipcbenchVersion],
    ['cpu', cpu.model],
    ['cpu-count', String(cpu.online)],
    ['os', `${os.platform} ${os.kernel} ${os.arch}`],
    ['runtime', `${runtime.name} ${runtime.version}`],
    ['fingerprint', environment.fingerprint],
  ];
  return pairs.map(([key, value]) => `${key}: ${printable(value)}`);
}
