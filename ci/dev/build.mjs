// What `npm ci` and `npm run build` do: TypeScript, then the native core. Plain JavaScript, because nothing is compiled
// yet.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);
const node = (...args) => execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' });

const tsc = require.resolve('typescript/package.json').replace(/package\.json$/, 'bin/tsc');
node(tsc, '-p', '.');
// The report page's own script runs in a browser, so it is checked against the DOM, apart from everything else, and
// bundled.
node(tsc, '-p', 'reports/html/client');
node('reports/html/client/build.mjs');
node('ci/dev/bundle-peer.mjs');

const { buildNative } = await import(new URL('../../dist/native/toolchain/build.js', import.meta.url).href);
try {
  const { directory, commands, durationMs } = await buildNative();
  console.log(
    commands === 0
      ? `native core: up to date in ${directory}`
      : `native core: built in ${(durationMs / 1000).toFixed(1)} s into ${directory}`,
  );
} catch (error) {
  // Not an error of the installation: ipcbench builds on first use, and says the same sentence if it still cannot.
  console.log(`native core: ${error.message}`);
  if (error.name !== 'MissingCompiler') process.exitCode = 1;
}
