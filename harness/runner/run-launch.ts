import { readNoise, noiseBetween } from '../environment/noise.js';
import { codeOf } from '../error-code.js';
import { kernelSetting } from '../os/os.js';
import { formatSize } from '../plan/size.js';
import { PeerError } from '../control/control-channel.js';
import type { LineOf } from '../control/control-line.js';
import type { Launch, LaunchOutcome, PeerResult, PlacedCpus, Role, Sample, Setting } from '../model/index.js';
import { withPair, type Pair, type PairContext } from '../pair/pair.js';
import { writeOptions } from '../peer/options.js';
import { settingArguments } from '../plan/settings.js';
import { LEAST_MESSAGES, LONGEST_MS } from '../plan/window.js';
import type { LoadedTransport } from '../discovery/load-transports.js';
import { UserError } from '../user-error.js';

export interface LaunchContext extends PairContext {
  readonly transports: ReadonlyMap<string, LoadedTransport>;
  readonly settings: readonly Setting[];
  placedCpus(launch: Launch): PlacedCpus;
}

/** When a pair that is connected may measure. */
export interface Turn {
  /** Called once the pair is connected. Resolves when it may measure; a rejection ends the pair. */
  wait(): Promise<void>;
}

const AT_ONCE: Turn = { wait: () => Promise.resolve() };

/**
 * Runs one case once with a fresh pair. A launch that breaks is an outcome, not an exception: the rest of the plan
 * runs. Noise and wall time begin with its turn. Rejects with the reason of `context.signal`, with that of its turn,
 * and with a UserError.
 */
export async function runLaunch(launch: Launch, context: LaunchContext, turn: Turn = AT_ONCE): Promise<LaunchOutcome> {
  const loaded = context.transports.get(launch.case.transport);
  if (loaded === undefined)
    throw new Error(`The plan names transport '${launch.case.transport}', which is not loaded.`);
  const beyond = beyondDeclared(launch, loaded);
  if (beyond !== null) return { kind: 'skipped', code: 'EMSGSIZE', reason: beyond };
  const cpus = context.placedCpus(launch);
  let before = readNoise();
  let startedNs = process.hrtime.bigint();
  let lostTurn: Error | null = null;
  const waitForTurn = async (): Promise<void> => {
    if (turn === AT_ONCE) return;
    try {
      await turn.wait();
    } catch (error) {
      lostTurn = error instanceof Error ? error : new Error(String(error));
      throw lostTurn;
    }
    before = readNoise();
    startedNs = process.hrtime.bigint();
  };
  try {
    const start = {
      transport: loaded.transport,
      moduleUrl: loaded.module,
      driver: launch.case.driver,
      cpus,
      task: taskOf(launch, context.settings),
      fault: null,
      nonce: String(launch.index),
    };
    const peers = await withPair(context, start, (pair) => measure(pair, launch, context.timeoutMs, waitForTurn));
    const wallNs = Number(process.hrtime.bigint() - startedNs);
    const sample: Sample = {
      caseId: launch.case.id,
      launchIndex: launch.index,
      round: launch.round,
      ...peers,
      cpus,
      noise: noiseBetween(before, readNoise()),
      wallNs,
    };
    return { kind: 'sample', sample };
  } catch (error) {
    context.signal.throwIfAborted();
    if (lostTurn !== null) throw lostTurn;
    // What the user can mend is wrong with every launch alike, such as a TMPDIR too long for a socket path.
    if (error instanceof UserError) throw error;
    return failureOf(launch, error);
  }
}

/**
 * Why a size that a module says it does not take is not launched. What such a transport does with it is not promised:
 * it may wait for ever. The core's sockets are asked, as their limit is the system's.
 */
function beyondDeclared(
  { case: { driver, sizeBytes } }: Launch,
  { transport: { name, guarantees } }: LoadedTransport,
): string | null {
  if (driver !== 'js' || guarantees.maxMessageBytes === null || sizeBytes <= guarantees.maxMessageBytes) return null;
  return (
    `A message of ${formatSize(sizeBytes)} is larger than the declared maximum of ${name} ` +
    `(maxMessageBytes: ${guarantees.maxMessageBytes}). Use a smaller --size.`
  );
}

async function measure(
  pair: Pair,
  launch: Launch,
  timeoutMs: number,
  waitForTurn: () => Promise<void>,
): Promise<Record<Role, PeerResult>> {
  await pair.ready();
  await waitForTurn();
  pair.go();
  const results = Promise.all([pair.initiator.control.waitFor('result'), pair.responder.control.waitFor('result')]);
  const { warmupMs, windowMs } = launch.timing;
  // A round trip may take seconds, and a window waits for some of them: what ends a launch is that nothing moves. The
  // longer limit is for peers that never finish.
  const longestMs = warmupMs + Math.max(windowMs, LONGEST_MS) + 10 * timeoutMs;
  const [initiator, responder] = await pair.within(
    longestMs,
    'measuring',
    pair.whileProgressing(timeoutMs + warmupMs + windowMs, 'measuring', results),
  );
  return { initiator: resultOf('initiator', initiator), responder: resultOf('responder', responder) };
}

function resultOf(role: Role, line: LineOf<'result'>): PeerResult {
  const { type: _, ...result } = line;
  return { role, ...result };
}

function taskOf({ case: one, seed, timing }: Launch, settings: readonly Setting[]): string[] {
  return [
    ...writeOptions({ workload: one.workload, size: one.sizeBytes }),
    ...settingArguments(one, settings),
    ...writeOptions({
      seed,
      'warmup-us': Math.round(timing.warmupMs * 1000),
      'window-us': Math.round(timing.windowMs * 1000),
      'least-messages': LEAST_MESSAGES,
      'longest-us': LONGEST_MS * 1000,
    }),
  ];
}

/**
 * A size this system's transport does not take is a fact about the system, proved by its error: skipped, not failed.
 */
function failureOf(launch: Launch, error: unknown): LaunchOutcome {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof PeerError ? error.line.code : codeOf(error);
  if (code === 'EMSGSIZE') return { kind: 'skipped', code, reason: tooLarge(launch) };
  if (code === 'ENETUNREACH')
    return {
      kind: 'skipped',
      code,
      reason:
        `${launch.case.transport} cannot reach the other end (${message}): the loopback interface is ` +
        'absent or down. Bring it up (ip link set lo up), or leave the transport out.',
    };
  return {
    kind: 'failure',
    failure: { caseId: launch.case.id, launchIndex: launch.index, round: launch.round, message, code },
  };
}

/**
 * unix_dgram_sendmsg and its seqpacket kin take SO_SNDBUF less 32 bytes (net/unix/af_unix.c), and a socket begins with
 * wmem_default.
 */
function tooLarge({ case: refused }: Launch): string {
  const sendBuffer = Number(kernelSetting('net.core.wmem_default') ?? Number.NaN);
  const most = Number.isFinite(sendBuffer) ? `: ${sendBuffer - 32} bytes at most, net.core.wmem_default less 32` : '';
  return (
    `A message of ${formatSize(refused.sizeBytes)} is larger than ${refused.transport} accepts on ` +
    `this system (EMSGSIZE)${most}. Use a smaller --size.`
  );
}
