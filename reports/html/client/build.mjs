// Makes the page's script and style, each one file, beside the compiled renderer that puts them inline. Run by
// ci/dev/build.mjs after tsc.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: [here('./page.ts'), here('./page.css')],
  outdir: here('../../../dist/reports/html/client'),
  bundle: true,
  minify: true,
  format: 'iife',
  target: ['chrome115', 'firefox115', 'safari16.4'],
  // A report is a copy of these libraries: their licences go with it.
  legalComments: 'eof',
  charset: 'ascii',
  sourcemap: false,
  tsconfig: here('./tsconfig.json'),
  logLevel: 'warning',
});
