import { fileURLToPath } from 'node:url';
import { runPeer } from './run-peer.js';

// The peer as it was compiled, module by module: for hosts other than Node, and where ci/dev/bundle-peer.mjs has not made
// one file of it.
await runPeer(process.argv.slice(2), fileURLToPath(import.meta.url), new Map());
