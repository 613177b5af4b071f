import type { NativeAddon } from '../../native/addon.js';
import type { PeerArguments } from './arguments.js';
import { openControl, type Control } from './control.js';
import { failureOf } from './failure.js';
import { createResponderFork } from './fork-responder.js';
import { importTransport, openEndpoint, type ShippedTransports } from './open-endpoint.js';
import type { Peer, Workload } from './peer.js';
import { openSharedWords, type SharedWords } from './shared-words.js';

const controlDescriptor = 3;
const mappingDescriptor = 4;
const exitFailed = 1;
const exitHarnessGone = 3;

/** One end of a launch over Node's own API. Ends the process, whatever the transport has left running in it. */
export async function runJsPeer(args: PeerArguments, argv: readonly string[], script: string, addon: NativeAddon, shipped: ShippedTransports): Promise<never> {
  if (!addon.dieWithParent(args.parent)) process.exit(exitHarnessGone);
  const words = openSharedWords(mappingDescriptor, args.role);
  const control = openControl(controlDescriptor, () => process.exit(exitHarnessGone));
  const fail = failOnce(words, control);
  // What a transport throws from a callback of its own is its launch's failure, not a stack on stderr.
  process.on('uncaughtException', fail);
  try {
    words.enter('opening');
    const responder = createResponderFork(argv, args, script);
    const transport = await importTransport(args.transportModule, shipped);
    // The fork first, then what this end's workload needs: a responder takes as long to start as all of that to load.
    const [endpoint, prepare] = await Promise.all([openEndpoint(transport, args, responder), importWorkload(args)]);
    // After opening: a child forked there would inherit this for all its threads. The event loop's thread alone is pinned; V8's
    // helper threads exist already and run where they like.
    if (args.cpu !== null) addon.pinToCpu(args.cpu);
    const peer: Peer = { args, addon, endpoint, words, control, fail };
    const workload = prepare(peer);
    words.enter('ready');
    await control.say({ type: 'ready', pid: process.pid });
    await control.waitFor('go');
    checkPartner(words);
    await runWorkload(workload, peer);
    await responder.reaped();
  } catch (error) {
    fail(error);
    await new Promise<never>(() => undefined);
  }
  process.exit(0);
}

const runWorkload = async (workload: Workload, { words, control, endpoint }: Peer): Promise<void> => {
  const tellProgress = (): void => {
    const { messages, bytes } = workload.sofar();
    words.count(messages, bytes);
  };
  words.enter('warm-up');
  // Twenty system calls a second, for whoever asks where a stuck peer is.
  const progress = setInterval(tellProgress, 50);
  const report = await workload.run();
  clearInterval(progress);
  tellProgress();
  if (report !== null) await control.say({ type: 'result', ...report });
  await endpoint.close();
  words.enter('finished');
};

/** The one of them that this end runs: each module not loaded is a millisecond of every launch. */
const importWorkload = async ({ workload, role, sender }: PeerArguments): Promise<(peer: Peer) => Workload> => {
  switch (workload) {
    case 'ping-pong':
      return role === 'initiator' ? (await import('./initiate-ping-pong.js')).initiatePingPong : (await import('./respond-ping-pong.js')).respondPingPong;
    case 'stream':
      return role === sender ? (await import('./send-stream.js')).sendStream : (await import('./receive-stream.js')).receiveStream;
    case 'deliver':
      return role === sender ? (await import('./send-delivery.js')).sendDelivery : (await import('./receive-delivery.js')).receiveDelivery;
  }
};

/** Two ends in one process would read back their own writes, and measure nothing. */
const checkPartner = (words: SharedWords): void => {
  const pid = words.partnerPid();
  if (pid === 0) throw new Error('The barrier opened before the partner was there.');
  if (pid === process.pid) throw new Error('The partner is this same process; a launch needs two.');
};

const failOnce = (words: SharedWords, control: Control): ((error: unknown) => void) => {
  let isFailing = false;
  return (error) => {
    if (isFailing) return;
    isFailing = true;
    const failure = failureOf(error, words.phase);
    words.enter('failed');
    void control.say({ type: 'error', ...failure }).then(() => process.exit(exitFailed));
  };
};
