import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readImports } from './read-imports.js';

const scan = suite('the scan for imports');

const forms: readonly (readonly [source: string, specifier: string, isTypeOnly: boolean])[] = [
  ["import a from './a.js';", './a.js', false],
  ['import * as a from "./a.js"', './a.js', false],
  ["import './a.js';", './a.js', false],
  ["import a, { b } from './a.js';", './a.js', false],
  ["import {\n  a,\n  type B,\n} from './a.js';", './a.js', false],
  ["import type { A } from './a.js';", './a.js', true],
  ["import type A from './a.js';", './a.js', true],
  ["import type * as A from './a.js';", './a.js', true],
  ["import type, { b } from './a.js';", './a.js', false],
  ["import type from './a.js';", './a.js', false],
  ["import { type A } from './a.js';", './a.js', false],
  ["import a from './a.json' with { type: 'json' };", './a.json', false],
  ["export * from './a.js';", './a.js', false],
  ["export * as a from './a.js';", './a.js', false],
  ["export { a } from './a.js';", './a.js', false],
  ["export type { A } from './a.js';", './a.js', true],
  ["export type * from './a.js';", './a.js', true],
  ["const a = await import('./a.js');", './a.js', false],
  ['const a = await import(\n  `./a.js`,\n);', './a.js', false],
  ["let a: import('./a.js').A;", './a.js', true],
  ["import('./a.js').then(use);", './a.js', false],
  ["const a = require.resolve('./a.js');", './a.js', false],
  ["const a = new URL('./a.js', import.meta.url).href;", './a.js', false],
];

for (const [source, specifier, isTypeOnly] of forms) {
  scan(`sees ${source.replaceAll('\n', ' ')}`, () =>
    assert.equal(readImports(source), { named: [{ specifier, isTypeOnly }], computed: 0 }),
  );
}

scan('sees each of many', () => {
  const source = "import a from 'a';\nimport type { B } from 'b';\n\nexport const c = 'from';\nexport * from 'd';\n";
  assert.equal(
    readImports(source).named.map((found) => found.specifier),
    ['a', 'b', 'd'],
  );
});

scan('takes no comment and no plain export for an import', () => {
  assert.equal(
    readImports(
      "// import a from 'a';\n/**\n * import('b')\n */\nexport const c = 'd';\nexport type E = 'e' | " +
        "'f';\nexport interface J { readonly from: 'k' }\nexport function g(h = 'i') {}",
    ),
    { named: [], computed: 0 },
  );
});

scan('counts imports of what is computed', () => {
  assert.is(readImports('await import(name);\nvoid import(`./${name}.js`);').computed, 2);
  assert.is(readImports("await import('./a.js');\nawait import(new URL('./a.js', import.meta.url).href);").computed, 0);
});

scan.run();
