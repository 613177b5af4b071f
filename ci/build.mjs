// What `npm ci` and `npm run build` do: TypeScript, then the native core. Plain JavaScript, because nothing is compiled yet.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const node = (...args) => execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' });

node(require.resolve('typescript/package.json').replace(/package\.json$/, 'bin/tsc'), '-p', '.');
