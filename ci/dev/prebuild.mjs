// What `npm pack` ships for this machine's kind: the three products, so that whoever installs the tarball needs no
// compiler.
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { buildNative } = await import(new URL('../../dist/native/toolchain/build.js', import.meta.url).href);
const { machine } = await import(new URL('../../dist/native/toolchain/paths.js', import.meta.url).href);
const { directory } = await buildNative();
const target = join(root, 'native', 'prebuilds', machine());
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const product of ['ipcbench-peer', 'ipcbench-launcher', 'ipcbench.node'])
  copyFileSync(join(directory, product), join(target, product));
console.log(`prebuilt for ${machine()}`);
