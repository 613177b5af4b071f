import { seededRandom, type Random } from '../../../harness/plan/random.js';

export const COMMANDS = ['bench', 'all', 'check', 'gate', 'self-test'] as const;
export type CommandName = (typeof COMMANDS)[number];
export type Victim = 'harness' | 'peer' | 'host';
export const SIGNALS = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGSTOP'] as const;
export type BlowSignal = (typeof SIGNALS)[number];

/** One signal to one process of one run. */
export interface Blow {
  readonly command: CommandName;
  readonly victim: Victim;
  readonly signal: BlowSignal;
  /** Of the harness: after its start. Of the others: after one of them has been seen. */
  readonly afterMs: number;
  /** Which of those that live then, as a share of them. */
  readonly which: number;
  /** Of SIGSTOP: when it may go on; null leaves it to the deadlines of the harness. The harness always goes on. */
  readonly resumeAfterMs: number | null;
}

const VICTIMS: Readonly<Record<CommandName, readonly Victim[]>> = {
  bench: ['harness', 'peer'],
  all: ['harness', 'peer', 'host'],
  check: ['harness', 'peer', 'host'],
  gate: ['harness', 'peer', 'host'],
  'self-test': ['harness', 'peer', 'host'],
};

/** Without end; the same seed gives the same ones. */
export function* blowsOf(seed: number, commands: readonly CommandName[] = COMMANDS): Generator<Blow> {
  const random = seededRandom(seed);
  for (;;) yield blowOf(random, commands);
}

function blowOf(random: Random, commands: readonly CommandName[]): Blow {
  const command = oneOf(commands, random);
  const victim = oneOf(VICTIMS[command], random);
  const signal = oneOf(SIGNALS, random);
  const afterMs = random.below(victim === 'harness' ? 4000 : 600);
  const which = random.below(1000) / 1000;
  const staysStopped = random.below(5) === 0 && victim !== 'harness';
  return {
    command,
    victim,
    signal,
    afterMs,
    which,
    resumeAfterMs: signal === 'SIGSTOP' && !staysStopped ? random.below(800) : null,
  };
}

function oneOf<T>(items: readonly T[], random: Random): T {
  return items[random.below(items.length)] as T;
}

/** "SIGKILL to a peer of gate". */
export const spellBlow = ({ command, victim, signal, resumeAfterMs }: Blow): string =>
  `${signal}${resumeAfterMs === null ? '' : ` for ${resumeAfterMs} ms`} ` +
  `to ${victim === 'harness' ? 'the harness' : `a ${victim}`} of ${command}`;
