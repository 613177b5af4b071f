import { writeSync } from 'node:fs';
import type { NativeAddon } from '../../native/addon.js';
import type { PeerArguments } from './arguments.js';
import type { Endpoint } from '../model/index.js';
import { openControl, type Control, type PeerLine } from './control.js';
import { failureOf, type Circumstances } from './failure.js';
import { createResponderFork } from './fork-responder.js';
import { importTransport, openEndpoint, type ShippedTransports } from './open-endpoint.js';
import { PEER_OPTIONS } from './options.js';
import type { Peer, Workload } from './peer.js';
import { openSharedWords, type SharedWords } from './shared-words.js';

const controlDescriptor = 3;
const mappingDescriptor = 4;
const exitFailed = 1;
const exitHarnessGone = 3;

/** One end of a launch over Node's own API. Ends the process, whatever the transport has left running in it. */
export async function runJsPeer(
  args: PeerArguments,
  argv: readonly string[],
  script: string,
  addon: NativeAddon,
  shipped: ShippedTransports,
): Promise<never> {
  if (!addon.dieWithParent(args.parent)) process.exit(exitHarnessGone);
  const words = openSharedWords(mappingDescriptor, args.role);
  const control = openControl(controlDescriptor, () => process.exit(exitHarnessGone));
  let workload: Workload | null = null;
  const circumstances = (): Circumstances => ({
    moduleUrl: args.transportModule,
    messages: workload?.sofar().messages ?? null,
  });
  const { fail, isOver } = failOnce(words, control, circumstances);
  // What a transport throws from a callback of its own is its launch's failure, not a stack on stderr.
  process.on('uncaughtException', fail);
  try {
    words.enter('opening');
    const responder = createResponderFork(argv, args, script);
    const transport = await importTransport(args.transportModule, shipped);
    // The fork first, then what this end's workload needs: a responder takes as long to start as all of that to load.
    const [endpoint, prepare] = await Promise.all([openEndpoint(transport, args, responder), importWorkload(args)]);
    // After opening: a child forked there would inherit this for all its threads. The event loop's thread alone is
    // pinned; V8's helper threads exist already and run where they like.
    if (args.cpu !== null) addon.pinToCpu(args.cpu);
    const close = closeOnce(endpoint, words, () => workload);
    const peer: Peer = { args, addon, endpoint, words, control, close, fail };
    workload = prepare(peer);
    words.enter('ready');
    await control.send({ type: 'ready', pid: process.pid });
    await control.waitFor('go');
    checkPartner(words);
    await runWorkload(workload, peer);
    await responder.reaped();
    isOver();
  } catch (error) {
    fail(error);
    await new Promise<never>(() => undefined);
  }
  process.exit(0);
}

const runWorkload = async (workload: Workload, { words, control, close }: Peer): Promise<void> => {
  words.enter('warm-up');
  // Twenty system calls a second, for whoever asks where a stuck peer is.
  const progress = setInterval(() => tellProgress(workload, words), 50);
  const report = await workload.run();
  clearInterval(progress);
  tellProgress(workload, words);
  if (report !== null) await control.send({ type: 'result', ...report });
  await close();
  words.enter('finished');
};

const tellProgress = (workload: Workload | null, words: SharedWords): void => {
  const { messages, bytes } = workload?.sofar() ?? { messages: 0, bytes: 0 };
  words.count(messages, bytes);
};

/** Found by its name: ./workloads/<name>.ts. Each module that is not loaded is a millisecond of every launch. */
const importWorkload = async ({ workload }: PeerArguments): Promise<(peer: Peer) => Workload> => {
  try {
    const { prepare } = (await import(`./workloads/${workload}.js`)) as { prepare(peer: Peer): Workload };
    return prepare;
  } catch (cause) {
    if (!isNotFound(cause)) throw cause;
    throw new Error(`--workload takes ${PEER_OPTIONS.workload.expects}, not '${workload}'.`, { cause });
  }
};

/** By Node, or by the bundle that ci/dev/bundle-peer.mjs makes. */
const isNotFound = (error: unknown): boolean =>
  error instanceof Error &&
  (('code' in error && error.code === 'ERR_MODULE_NOT_FOUND') ||
    error.message.startsWith('Module not found in bundle'));

/** Two ends in one process would read back their own writes, and measure nothing. */
const checkPartner = (words: SharedWords): void => {
  const pid = words.partnerPid();
  if (pid === 0) throw new Error('The barrier opened before the partner had started.');
  if (pid === process.pid) throw new Error('The partner is this same process; a launch needs two.');
};

/** An adapter may wait in close() for what happens once. */
const closeOnce = (endpoint: Endpoint, words: SharedWords, workload: () => Workload | null): (() => Promise<void>) => {
  let closed: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    // For as long as a stuck close() keeps this process, nobody counts.
    tellProgress(workload(), words);
    words.enter('closing');
    await endpoint.close();
  };
  return () => (closed ??= close());
};

interface Ending {
  fail(error: unknown): void;
  /** From here on this process may exit without a word. */
  isOver(): void;
}

/** Tells the harness of the first thing that ends this peer: an error, or an exit that was not its own. */
const failOnce = (words: SharedWords, control: Control, circumstances: () => Circumstances): Ending => {
  let isEnding = false;
  const failed = (error: unknown): PeerLine => {
    isEnding = true;
    const failure = failureOf(error, words.phase, circumstances());
    if (failure.messages !== null) words.countMessages(failure.messages);
    words.enter('failed');
    return { type: 'error', ...failure };
  };
  // Without this, a transport that calls process.exit(0) would look like a partner that cannot be reached. The stack
  // leads to its caller.
  process.on('exit', (status) => {
    if (isEnding || status === exitHarnessGone) return;
    sayNow(failed(new Error(`its process ended with exit status ${status}, in the middle of the launch`)));
  });
  return {
    fail: (error) => {
      if (!isEnding) void control.send(failed(error)).then(() => process.exit(exitFailed));
    },
    isOver: () => void (isEnding = true),
  };
};

/** Nothing that waits is done any more while a process exits. A line always fits. */
const sayNow = (line: PeerLine): void => {
  try {
    writeSync(controlDescriptor, `${JSON.stringify(line)}\n`);
  } catch {
    // The harness has gone.
  }
};
