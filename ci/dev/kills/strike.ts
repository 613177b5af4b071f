import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseGate } from '../../../reports/schema/parse-gate.js';
import { parseReport } from '../../../reports/schema/parse-report.js';
import type { Blow, CommandName, Victim } from './blows.js';
import { clearGround, kill, leftIn, makeGround, processesOf, type Ground, type Process } from './ground.js';
import { complaintsOfEnd, type End, type Saved } from './judge-end.js';

const cli = fileURLToPath(new URL('../../../../harness/cli/ipcbench.mjs', import.meta.url));
const SHORT = ['--duration', '20ms', '--warmup', '1ms', '--size', '64', '--placement', 'free'];
const GATE = [
  '--effort',
  'quick',
  '--workload',
  'ping-pong',
  '--duration',
  '2ms',
  '--warmup',
  '1ms',
  '--base',
  'git=HEAD',
  '--base',
  'transport=mine.mjs',
  '--head',
  'transport=mine.mjs',
];

const COMMAND_LINES: Readonly<Record<CommandName, readonly string[]>> = {
  bench: ['bench', 'pipe', 'node-net', '--launches', '2', ...SHORT],
  all: ['all', 'fifo', '--time-budget', '6s'],
  check: ['check', 'pipe', 'node-ipc-advanced', '--quick'],
  gate: ['gate', ...GATE, '--base', 'build=true', '--checks', 'quick'],
  'self-test': ['self-test', 'unix-dgram'],
};
/**
 * What a later run does first is to sweep; a gate looks after git's notes too, and this one ends before it measures.
 */
const NEXT_RUN = ['gate', ...GATE, '--base', 'build=false'];

const ROLES: Readonly<Record<Exclude<Victim, 'harness'>, RegExp>> = {
  peer: /ipcbench-peer (?!end-marked)|peer\/main\.js/,
  host: /trial\/host\.js/,
};

export type Struck =
  /** The run was over before one of its processes could be struck. */
  | { readonly type: 'missed' }
  | { readonly type: 'struck'; readonly struck: string; readonly end: End; readonly complaints: readonly string[] };

/** Runs the command, strikes, and looks at what came of it. */
export async function strike(blow: Blow): Promise<Struck> {
  const ground = makeGround();
  try {
    const run = startIn(ground, COMMAND_LINES[blow.command]);
    const watched = watchReport(ground, fileOf(blow));
    const victim = await aim(blow, run, ground);
    const isStruck = victim !== null && kill(victim.pid, blow.signal);
    if (isStruck && blow.signal === 'SIGSTOP' && (blow.resumeAfterMs !== null || blow.victim === 'harness')) {
      await delay(blow.resumeAfterMs ?? 0);
      kill(victim.pid, 'SIGCONT');
    }
    const end = await run.ended;
    const halves = watched.stop();
    if (!isStruck) return { type: 'missed' };
    const complaints = [
      ...halves,
      ...complaintsOfEnd(blow, end, savedIn(ground, blow)),
      ...(await leftAfter(ground, end)),
    ];
    return {
      type: 'struck',
      struck: victim.command,
      end,
      complaints: complaints.length === 0 ? [] : [...complaints, `Its output: ${run.said().slice(-600)}`],
    };
  } finally {
    clearGround(ground);
  }
}

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<End>;
  isOver(): boolean;
  /** Of stderr and stdout. */
  said(): string;
}

function startIn({ cwd, env }: Ground, args: readonly string[]): Run {
  const child = spawn(process.execPath, [cli, ...args, '--out', 'out'], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (said = (said + chunk).slice(-4000)));
  let isOver = false;
  const ended = new Promise<End>((resolve) =>
    child.once('exit', (exitCode, signal) => {
      isOver = true;
      resolve({ exitCode, signal });
    }),
  );
  return { child, ended, isOver: () => isOver, said: () => said };
}

/** Whom to strike, when it is time for it; null when there is nobody any more. */
async function aim(
  { victim, afterMs, which }: Blow,
  { child, ended, isOver }: Run,
  { mark }: Ground,
): Promise<Process | null> {
  if (victim === 'harness') {
    await Promise.race([delay(afterMs), ended]);
    return isOver() || child.pid === undefined ? null : { pid: child.pid, command: 'ipcbench' };
  }
  const living = (): Process[] => processesOf(mark).filter(({ command }) => ROLES[victim].test(command));
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isOver() && !isSo()) await delay(5);
  };
  await until(() => living().length > 0);
  await Promise.race([delay(afterMs), ended]);
  let chosen: Process | undefined;
  await until(() => {
    const now = living();
    chosen = now[Math.floor(which * now.length)];
    return chosen !== undefined;
  });
  return chosen ?? null;
}

const fileOf = ({ command }: Blow): string => (command === 'gate' ? 'gate.json' : 'report.json');

/** Reads the file again and again, as somebody would who looks on: it is absent or whole, at every moment. */
function watchReport({ cwd }: Ground, name: string): { stop(): string[] } {
  const halves: string[] = [];
  const look = (): void => {
    const text = readIfThere(join(cwd, 'out', name));
    try {
      if (text !== null) JSON.parse(text);
    } catch {
      halves.push(`${name} was incomplete: ${text?.length ?? 0} characters of it`);
    }
  };
  const timer = setInterval(look, 10);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return halves.slice(0, 3);
    },
  };
}

function savedIn({ cwd }: Ground, blow: Blow): Saved {
  const text = readIfThere(join(cwd, 'out', fileOf(blow)));
  if (text === null) return null;
  return blow.command === 'gate'
    ? { kind: 'gate', content: parseGate(text) }
    : { kind: 'report', content: parseReport(text) };
}

/**
 * A run that could end by itself leaves nothing. After one that could not, its processes end soon, and the next run
 * sweeps the rest.
 */
async function leftAfter(ground: Ground, end: End): Promise<string[]> {
  if (end.signal === null) return leftIn(ground, 0);
  const processes = (await leftIn(ground, 5000)).filter((sentence) => sentence.startsWith('process '));
  const next = startIn(ground, NEXT_RUN);
  const { exitCode } = await next.ended;
  return [
    ...processes,
    ...(exitCode === 3 ? [] : [`the next run ended with ${exitCode}: ${next.said().slice(-300)}`]),
    ...(await leftIn(ground, 0)).map((sentence) => `after the next run ${sentence}`),
  ];
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
