import { createRequire } from 'node:module';
import type { NativeAddon } from '../../native/addon.js';
import { coreArguments, parseArguments, type PeerArguments } from './arguments.js';
import type { ShippedTransports } from './open-endpoint.js';

const exitUsage = 2;

/**
 * One end of a launch inside a Node process: `node <script> <arguments of ipcbench-peer> --driver js|addon --addon
 * <path>
 * --transport-module <file URL>`, with the descriptors that native/README.md gives to every peer.
 */
export async function runPeer(argv: readonly string[], script: string, shipped: ShippedTransports): Promise<void> {
  let args: PeerArguments;
  try {
    args = parseArguments(argv);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(exitUsage);
  }
  const addon = createRequire(script)(args.addonPath) as NativeAddon;
  if (args.driver === 'addon') process.exit(addon.runPeer(coreArguments(argv)));
  // Not before it is needed: what the driver `addon` loads is what it measures beside.
  const { runJsPeer } = await import('./run-js-peer.js');
  await runJsPeer(args, argv, script, addon, shipped);
}
