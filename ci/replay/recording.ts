import * as v from 'valibot';
import type { Case, Environment, LaunchRecord, Noise, Timing } from '../../harness/model/index.js';

/** Pairs of launches as a gate runs them, kept to be judged again: one case, JSON lines, a head line and one line a pair. */
export interface Recording {
  readonly about: RecordingAbout;
  readonly pairs: readonly RecordedPair[];
}

export interface RecordingAbout {
  readonly schema: 'ipcbench-pairs';
  readonly version: 1;
  readonly case: Case;
  readonly timing: Timing;
  /** Settings of each side; both empty where it is A/A. */
  readonly base: readonly string[];
  readonly head: readonly string[];
  /** What the machine was, and what else ran on it. */
  readonly machine: { readonly cpu: string; readonly cpus: number; readonly hypervisor: string | null; readonly kernel: string; readonly runtime: string };
  readonly load: string;
  readonly ipcbenchVersion: string;
  readonly startedAt: string;
}

export interface RecordedPair {
  readonly atMs: number;
  readonly first: 'base' | 'head';
  readonly noise: Noise;
  readonly base: RecordedLaunch;
  readonly head: RecordedLaunch;
}

/** The part of a launch that a gate looks at. */
export type RecordedLaunch = Pick<LaunchRecord, (typeof COLUMNS)[number]>;

/** Throws an Error that names the line for what is no recording. */
export function parseRecording(text: string): Recording {
  const [first = '', ...rest] = text.split('\n');
  const about: RecordingAbout = v.parse(aboutSchema, JSON.parse(first));
  const pairs = rest.flatMap((line, index) => {
    if (line === '') return [];
    const parsed = v.safeParse(pairSchema, JSON.parse(line));
    if (!parsed.success) throw new Error(`Line ${index + 2} of the recording is no pair: ${parsed.issues[0].message}.`);
    const [atMs, isHeadFirst, load1, cpuPressureUs, stealTicks, base, head] = parsed.output;
    return [{ atMs, first: isHeadFirst === 1 ? ('head' as const) : ('base' as const), noise: { load1, cpuPressureUs, stealTicks }, base: launchOf(base), head: launchOf(head) }];
  });
  return { about, pairs };
}

export function aboutLine(about: RecordingAbout): string {
  return `${JSON.stringify(about)}\n`;
}

/** Figures without their names: thousands of lines are kept in the repository. */
export function pairLine({ atMs, first, noise, base, head }: RecordedPair): string {
  const figures = (launch: RecordedLaunch): unknown[] => COLUMNS.map((column) => launch[column]);
  return `${JSON.stringify([Math.round(atMs), first === 'head' ? 1 : 0, noise.load1, noise.cpuPressureUs, noise.stealTicks, figures(base), figures(head)])}\n`;
}

export function describeMachine({ cpu, os, runtime }: Environment): RecordingAbout['machine'] {
  return { cpu: cpu.model, cpus: cpu.online, hypervisor: cpu.hypervisor, kernel: os.kernel, runtime: `${runtime.name} ${runtime.version}` };
}

const COLUMNS = ['messages', 'windowNs', 'p25Ns', 'p99Ns', 'bytesPerSecond', 'cpuNs', 'syscalls', 'voluntarySwitches'] as const;

const amount = v.pipe(v.number(), v.minValue(0));
const figure = v.nullable(amount);
const figures = v.tuple([amount, amount, figure, figure, figure, figure, figure, figure]);
const pairSchema = v.tuple([amount, v.picklist([0, 1]), figure, figure, figure, figures, figures]);
const words = v.pipe(v.array(v.string()), v.readonly());
const aboutSchema = v.object({
  schema: v.literal('ipcbench-pairs'),
  version: v.literal(1),
  case: v.object({
    id: v.string(),
    transport: v.string(),
    driver: v.picklist(['native', 'addon', 'js']),
    workload: v.string(),
    sizeBytes: amount,
    placement: v.picklist(['same-cpu', 'cross-cpu', 'free']),
    verify: v.picklist(['header', 'full']),
    methodRevision: amount,
  }),
  timing: v.object({ warmupMs: amount, windowMs: amount }),
  base: words,
  head: words,
  machine: v.object({ cpu: v.string(), cpus: amount, hypervisor: v.nullable(v.string()), kernel: v.string(), runtime: v.string() }),
  load: v.string(),
  ipcbenchVersion: v.string(),
  startedAt: v.string(),
});

function launchOf([messages, windowNs, p25Ns, p99Ns, bytesPerSecond, cpuNs, syscalls, voluntarySwitches]: v.InferOutput<typeof figures>): RecordedLaunch {
  return { messages, windowNs, p25Ns, p99Ns, bytesPerSecond, cpuNs, syscalls, voluntarySwitches };
}
