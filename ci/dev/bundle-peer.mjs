// Makes one file of the peer that Node hosts and of our own transports over Node's API: a launch starts two processes,
// and each module that one of them has to find, read and link adds to that. Run by ci/dev/build.mjs after tsc. What a
// launch does not need is not evaluated.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));
// Found by directory, like everywhere. One without a driver for Node is a few lines more that nobody runs.
const transports = readdirSync(join(dist, 'suites/transports')).filter((name) => name.endsWith('.js'));

const entry = `
import { runPeer } from './run-peer.js';
const beside = (name) => new URL('../../suites/transports/' + name, import.meta.url).href;
void runPeer(process.argv.slice(2), __filename, new Map([
${transports.map((name) => `  [beside('${name}'), () => import('../../suites/transports/${name}')],`).join('\n')}
]));
`;

await build({
  // In the folder of main.js: what is found from there by a relative URL is found from here.
  stdin: { contents: entry, resolveDir: join(dist, 'harness/peer'), sourcefile: 'peer-entry.js' },
  outfile: join(dist, 'harness/peer/peer.cjs'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  // CommonJS: Node loads it without its module loader, which then is needed for a user's module alone.
  format: 'cjs',
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  legalComments: 'eof',
  logLevel: 'warning',
});
