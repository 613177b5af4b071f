import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { skip } from '../../../ci/dev/test-runner/skip.js';
import type { Guarantees, Source } from '../../../harness/model/index.js';
import { loadChecks } from '../../../harness/discovery/load-checks.js';
import { clauseFor } from './clause-for.js';
import type { Promised } from './clauses.js';

const names = [
  'socketpair-stream',
  'unix-stream',
  'socketpair-dgram',
  'unix-dgram',
  'socketpair-seqpacket',
  'unix-seqpacket',
  'pipe',
  'fifo',
  'tcp-loopback',
  'posix-mq',
  'node-ipc-json',
  'node-ipc-advanced',
  'node-ipc-native',
  'node-net',
  'node-stdio',
];
const promises: readonly Promised[] = ['order', 'no-loss', 'once', 'integrity', 'boundaries', 'end'];
const guarantees: Guarantees = {
  framing: 'message',
  ordered: true,
  reliable: true,
  eof: false,
  duplex: true,
  atomicWriteBytes: null,
  maxMessageBytes: null,
  backpressure: 'blocks',
};
const sources: readonly Source[] = names.flatMap((name) =>
  promises.map((promised) => clauseFor(promised)({ name, guarantees })),
);

test('every built-in transport of this system is promised each of them in a document', () => {
  for (const { document, quote } of sources) {
    assert.match(document, /^([a-z_]+\([237]\), |Node\.js 20, )/);
    assert.ok(quote.length > 20, quote);
  }
});

test('every quotation of a manual page stands in that page', () => {
  const quotations = sources.filter(({ document }) => /^[a-z_]+\(\d\)/.test(document));
  const missing = quotations.filter(({ document, quote }) => {
    const [, name = '', section = ''] = /^([a-z_]+)\((\d)\)/.exec(document) ?? [];
    const page = manualPage(name, section);
    return !quote.split(' […] ').every((part) => page.includes(plain(part)));
  });
  assert.equal(missing, []);
});

test('every quotation of the documentation of Node stands in it', () => {
  // Node's own packages carry it, with the change log of the version beside it.
  const folders = ['/usr/share/doc/nodejs', new URL('../../doc', `file://${process.execPath}`).pathname];
  const folder = folders.find(
    (path) => existsSync(`${path}/changelogs/CHANGELOG_V20.md`) && existsSync(`${path}/api/child_process.md`),
  );
  if (folder === undefined) skip('The documentation of Node.js 20 is not installed.');
  for (const { document, quote } of sources.filter(({ document: name }) => name.startsWith('Node.js 20'))) {
    const text = readFileSync(`${folder}/api/${/, (\w+),/.exec(document)?.[1] ?? ''}.md`, 'utf8');
    // Markdown's links, code and emphasis are not part of the words.
    const words = plain(text.replace(/\[([^\]]*)\](\[[^\]]*\]|\([^)]*\))/g, '$1').replace(/[`*_]/g, ''));
    assert.ok(words.includes(plain(quote)), quote);
  }
});

test('a plugin is held to its own descriptor, and that is said', () => {
  const own = (promised: Promised): Source => clauseFor(promised)({ name: 'my-stream', guarantees });
  assert.equal(own('order'), {
    document: "The descriptor of 'my-stream', guarantees (not verified against another text)",
    quote: 'ordered: true',
  });
  assert.equal(
    promises.map((promised) => own(promised).quote),
    ['ordered: true', 'reliable: true', 'reliable: true', 'reliable: true', "framing: 'message'", 'eof: false'],
  );
});

test('a check applies where its promise was made, and says so where it was not', async () => {
  const applying = async (changed: Partial<Guarantees>): Promise<readonly string[]> =>
    (await loadChecks())
      .filter((check) => check.appliesTo({ ...guarantees, ...changed }))
      .map((check) => check.id)
      .sort();
  assert.equal(await applying({ eof: true }), [
    'backpressure/sender-waits',
    'boundaries/preserved',
    'duplication/none',
    'eof/after-data',
    'integrity/position-keyed',
    'loss/tail',
    'loss/total-queue',
    'ordering/single-writer',
  ]);
  assert.equal(await applying({ framing: 'stream' }), [
    'backpressure/sender-waits',
    'duplication/none',
    'integrity/position-keyed',
    'loss/tail',
    'loss/total-queue',
    'ordering/single-writer',
  ]);
  assert.equal(await applying({ ordered: false, reliable: false }), [
    'boundaries/preserved',
    'integrity/position-keyed',
  ]);
  for (const check of await loadChecks())
    for (const text of [check.guarantee, check.notApplicable]) assert.match(text, /^[A-Z].*\.$/);
});

const pages = new Map<string, string>();

function manualPage(name: string, section: string): string {
  const key = `${name}(${section})`;
  const known = pages.get(key);
  if (known !== undefined) return known;
  let text: string;
  try {
    text = execFileSync('man', ['--no-hyphenation', '--no-justification', '-P', 'cat', section, name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      // So wide that no line ends at the hyphen of 'end-of-file'.
      env: { ...process.env, LC_ALL: 'C', MANWIDTH: '2000' },
    });
  } catch {
    skip(`The manual page ${key} is not installed.`);
  }
  if (!text.includes('man-pages 6.03'))
    skip(`The quotations are of Linux man-pages 6.03, and ${key} is of another version.`);
  // Overstrikes of nroff: letter, backspace, letter.
  const page = plain(text.replace(/.\x08/g, ''));
  pages.set(key, page);
  return page;
}

/** Words and single spaces: quotation marks, dashes and line breaks differ by renderer. */
function plain(text: string): string {
  return text
    .replace(/[’‘´`]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/[‐–]/g, '-')
    .replace(/\s+/g, ' ');
}

test.run();
