import * as v from 'valibot';
import type { Case, Environment, LaunchRecord, Noise, Timing, WorkloadFigure } from '../../../harness/model/index.js';

/**
 * Pairs of launches as a gate runs them, kept to be judged again: one case, JSON lines, a head line and one line a
 * pair.
 */
export interface Recording {
  readonly about: RecordingAbout;
  readonly pairs: readonly RecordedPair[];
}

export interface RecordingAbout {
  readonly schema: 'ipcbench-pairs';
  readonly version: 1;
  readonly case: Case;
  readonly timing: Timing;
  /** What is kept of a launch, in the order of its figures. */
  readonly columns: readonly Column[];
  /** Settings of each side; both empty where it is A/A. */
  readonly base: readonly string[];
  readonly head: readonly string[];
  /** What the machine was, and what else ran on it. */
  readonly machine: {
    readonly cpu: string;
    readonly cpus: number;
    readonly hypervisor: string | null;
    readonly kernel: string;
    readonly runtime: string;
  };
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

/** The part of a launch that a gate of its case looks at; the rest is null. */
export type RecordedLaunch = Pick<LaunchRecord, 'messages'> & {
  readonly [Figure in Exclude<Column, 'messages'>]: number | null;
};

/** Throws an Error that names the line for what is no recording. */
export function parseRecording(text: string): Recording {
  const [first = '', ...rest] = text.split('\n');
  const about: RecordingAbout = v.parse(aboutSchema, JSON.parse(first));
  const pairs = rest.flatMap((line, index) => {
    if (line === '') return [];
    const parsed = v.safeParse(pairSchema, JSON.parse(line));
    if (!parsed.success)
      throw new Error(`Line ${index + 2} of the recording is not a pair: ${parsed.issues[0].message}.`);
    const [atMs, isHeadFirst, load1, cpuPressureUs, stealTicks, base, head] = parsed.output;
    const launchOf = (figures: readonly (number | null)[]): RecordedLaunch => {
      const known = Object.fromEntries(about.columns.map((column, position) => [column, figures[position] ?? null]));
      return { ...NOTHING_KEPT, ...known };
    };
    return [
      {
        atMs,
        first: isHeadFirst === 1 ? ('head' as const) : ('base' as const),
        noise: { load1, cpuPressureUs, stealTicks },
        base: launchOf(base),
        head: launchOf(head),
      },
    ];
  });
  return { about, pairs };
}

export function aboutLine(about: RecordingAbout): string {
  return `${JSON.stringify(about)}\n`;
}

/**
 * Figures without their names, those of whole windows to the thousand: tens of thousands of lines are kept in the
 * repository.
 */
export function pairLine(columns: readonly Column[], { atMs, first, noise, base, head }: RecordedPair): string {
  const figures = (launch: RecordedLaunch): (number | null)[] =>
    columns.map((column) => rounded(column, launch[column]));
  const pressureUs = noise.cpuPressureUs === null ? null : toThousands(noise.cpuPressureUs);
  const about = [Math.round(atMs), first === 'head' ? 1 : 0, noise.load1, pressureUs, noise.stealTicks];
  return `${JSON.stringify([...about, figures(base), figures(head)])}\n`;
}

/** What a gate looks at in launches with such a figure. */
export function columnsOf(figure: WorkloadFigure['kind']): readonly Column[] {
  return figure === 'throughput'
    ? ['messages', 'windowNs', 'bytesPerSecond', ...COSTS]
    : ['messages', 'p25Ns', ...COSTS];
}

export function describeMachine({ cpu, os, runtime }: Environment): RecordingAbout['machine'] {
  return {
    cpu: cpu.model,
    cpus: cpu.online,
    hypervisor: cpu.hypervisor,
    kernel: os.kernel,
    runtime: `${runtime.name} ${runtime.version}`,
  };
}

const COLUMNS = ['messages', 'windowNs', 'p25Ns', 'bytesPerSecond', 'cpuNs', 'syscalls', 'voluntarySwitches'] as const;
export type Column = (typeof COLUMNS)[number];
const ROUNDED: readonly Column[] = ['windowNs', 'bytesPerSecond', 'cpuNs'];
const COSTS = ['cpuNs', 'syscalls', 'voluntarySwitches'] as const;
const NOTHING_KEPT: RecordedLaunch = {
  messages: 0,
  windowNs: null,
  p25Ns: null,
  bytesPerSecond: null,
  cpuNs: null,
  syscalls: null,
  voluntarySwitches: null,
};

function rounded(column: Column, figure: number | null): number | null {
  return figure !== null && ROUNDED.includes(column) ? toThousands(figure) : figure;
}

const toThousands = (value: number): number => Math.round(value / 1000) * 1000;

const amount = v.pipe(v.number(), v.minValue(0));
const figure = v.nullable(amount);
const figures = v.array(figure);
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
    settings: v.optional(v.record(v.string(), v.string())),
    methodRevision: amount,
  }),
  columns: v.pipe(v.array(v.picklist(COLUMNS)), v.readonly()),
  timing: v.object({ warmupMs: amount, windowMs: amount }),
  base: words,
  head: words,
  machine: v.object({
    cpu: v.string(),
    cpus: amount,
    hypervisor: v.nullable(v.string()),
    kernel: v.string(),
    runtime: v.string(),
  }),
  load: v.string(),
  ipcbenchVersion: v.string(),
  startedAt: v.string(),
});
