import { loadAddonSync } from '../load.js';

// A Node process that is a peer, as the `addon` driver's are: <path of ipcbench.node> <arguments of a peer>…
const [addonPath, ...args] = process.argv.slice(2);
process.exitCode = loadAddonSync(addonPath!).runPeer(args);
