import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { GateReport, Report } from '../../harness/model/index.js';
import type { ChartData } from '../charts/chart-data.js';
import { drawGate, headlineGateCharts } from '../charts/draw-gate.js';
import { drawReport, headlineCharts } from '../charts/draw-report.js';
import { printable } from '../printable.js';
import { plural } from '../units/digits.js';
import { packageFile } from '../package-file.js';
import type { ImageAnswer, ImageJob } from './image-job.js';

export type PngResult =
  | { readonly state: 'rendered'; readonly files: readonly string[] }
  /** `message` is a sentence to print as it is. Nothing was written, or not all. */
  | { readonly state: 'skipped'; readonly message: string };

/**
 * Writes the report's charts as PNG files into an existing directory. They are drawn in a child process: forty charts
 * cost a hundred megabytes, and a native canvas that crashes takes no report with it. Never throws for want of a
 * canvas. Stops when `signal` does.
 */
export async function renderPngs(report: Report, directory: string, signal?: AbortSignal): Promise<PngResult> {
  // In a directory of the user's, a name must say whose file it is: a later run removes it (saving/outdated-files.ts).
  const charts = headlineCharts(drawReport(report)).map((chart) => ({ ...chart, id: `report-${chart.id}` }));
  return drawInChild(charts, report, directory, signal);
}

/** A gate's forest plots, and the pairs of what did not pass, in the same way. */
export async function renderGatePngs(gate: GateReport, directory: string, signal?: AbortSignal): Promise<PngResult> {
  return drawInChild(headlineGateCharts(drawGate(gate)), gate, directory, signal);
}

async function drawInChild(
  charts: readonly ChartData[],
  run: Run,
  directory: string,
  signal?: AbortSignal,
): Promise<PngResult> {
  if (charts.length === 0)
    return { state: 'skipped', message: 'PNG charts skipped: the report has no figures to draw.' };
  const job: ImageJob = {
    charts,
    directory,
    machine: nameMachine(run),
    fonts: ['inter-latin-400-normal.woff2', 'inter-latin-600-normal.woff2'].map((name) =>
      packageFile(`reports/assets/fonts/${name}`),
    ),
  };
  const child = await execa(process.execPath, [fileURLToPath(new URL('./child.js', import.meta.url))], {
    input: JSON.stringify(job),
    env: homeToLookIn(),
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    reject: false,
    timeout: 20_000 + charts.length * 3000,
    forceKillAfterDelay: 1000,
    // By its end the child knows of the death of this process.
    ipc: true,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  if (child.isCanceled) return skipped('drawing them was interrupted');
  if (child.timedOut) return skipped(`drawing them took longer than ${Math.round(child.durationMs / 1000)} s`);
  if (child.failed) return skipped(lastLine(child.stderr) ?? child.shortMessage ?? 'the drawing process failed');
  const answer = JSON.parse(child.stdio[3]) as ImageAnswer;
  return answer.state === 'rendered' ? answer : skipped(answer.reason);
}

/**
 * The canvas asks for the user's home to look for fonts there, and throws where a user has none. It is given its fonts.
 */
function homeToLookIn(): Readonly<Record<string, string>> {
  try {
    homedir();
    return {};
  } catch {
    return { HOME: '/nonexistent' };
  }
}

type Run = Pick<Report, 'environment' | 'ipcbenchVersion' | 'startedAt'>;

function nameMachine({ environment: { cpu, os, runtime }, ipcbenchVersion, startedAt }: Run): string {
  return printable(
    [
      cpu.model,
      plural(cpu.online, 'CPU'),
      `${os.platform} ${os.kernel}`,
      `${runtime.name} ${runtime.version}`,
      `ipcbench ${ipcbenchVersion}`,
      startedAt.slice(0, 10),
    ].join(' · '),
  );
}

function skipped(reason: string): PngResult {
  return {
    state: 'skipped',
    message: `PNG charts skipped: ${reason.replace(/\.$/, '')}; the HTML report is complete.`,
  };
}

function lastLine(stderr: string): string | undefined {
  return stderr.split('\n').findLast((line) => /^\w*Error: /.test(line));
}
