import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { measure, withTestPair } from '../peer/pair.fixture.js';
import { isTransportModule, loadTransports, type LoadOptions, type LoadedTransports } from './load-transports.js';

const loading = suite<{ folder: string }>('transports of users');
loading.before.each((context) => void (context.folder = mkdtempSync(join(tmpdir(), 'ipcbench-modules-'))));
loading.after.each(({ folder }) => rmSync(folder, { recursive: true }));

const guarantees =
  `{ framing: 'stream', ordered: true, reliable: true, eof: true, duplex: true, atomicWriteBytes: ` +
  `null, maxMessageBytes: null, backpressure: 'blocks' }`;
const js = `{ topology: 'spawned', open: async () => ({}) }`;
const arrange =
  `arrange: (tools) => { const [a, b] = tools.socketpair('stream'); return { initiator: { spec: ` +
  `'fd:{0}', descriptors: [a] }, responder: { spec: 'fd:{0}', descriptors: [b] } }; }`;
/** The members of a good descriptor, as source text; a change of null takes one away. */
const descriptor = (changes: Readonly<Record<string, string | null>> = {}): string => {
  const members: Record<string, string | null> = {
    name: `'mine'`,
    summary: `'Mine.'`,
    platforms: `['linux']`,
    guarantees,
    js,
    ...changes,
  };
  const text = Object.entries(members).flatMap(([member, value]) =>
    value === null ? [] : [value.startsWith(`${member}:`) ? value : `${member}: ${value}`],
  );
  return `export default { ${text.join(', ')} };`;
};

const load = (folder: string, text: string, options: Partial<LoadOptions> = {}): Promise<LoadedTransports> => {
  writeFileSync(join(folder, 'mine.mjs'), text);
  return loadTransports({ modules: ['./mine.mjs'], cwd: folder, ...options });
};

loading('a module that is fine stands behind the built-in ones', async ({ folder }) => {
  const { transports, failures, warnings } = await load(
    folder,
    descriptor({ arrange, coreDrivers: `['native']`, reference: `'A yardstick.'` }),
  );
  assert.equal([failures, warnings], [[], []]);
  const mine = transports.at(-1);
  if (mine === undefined) return assert.unreachable();
  assert.is(mine.origin, 'user');
  assert.is(mine.module, pathToFileURL(join(folder, 'mine.mjs')).href);
  assert.equal(
    [mine.transport.name, mine.transport.reference, mine.transport.coreDrivers, mine.transport.js?.topology],
    ['mine', 'A yardstick.', ['native'], 'spawned'],
  );
  assert.ok(transports.filter(({ origin }) => origin === 'built-in').length >= 12);
});

const broken: readonly (readonly [what: string, text: string, sentence: RegExp, timeoutMs?: number])[] = [
  [
    'throws',
    `throw new TypeError('no tea\\nat all');`,
    /^Transport module '\.\/mine\.mjs' threw while it was imported: TypeError: no tea\.$/,
  ],
  ['throws something odd', `throw undefined;`, /threw while it was imported: undefined\.$/],
  ['does not parse', `export default {`, /threw while it was imported: SyntaxError: /],
  [
    'hangs in a loop',
    `for (;;);`,
    /did not finish within 400 ms while it was imported\. Move the waiting into 'open'\.$/,
    400,
  ],
  [
    'waits at its top level',
    `setInterval(() => {}, 1000); await new Promise(() => {});`,
    /did not finish within 400 ms while it was imported/,
    400,
  ],
  ['waits for nothing', `await new Promise(() => {});`, /has a top-level await that never resolves\.$/],
  ['exits', `process.exit(0);`, /ended the process with exit code 0 while it was imported\.$/],
  [
    'exits with words',
    `console.error('not today'); process.exit(7);`,
    /ended the process with exit code 7 while it was imported \(not today\)\.$/,
  ],
  ['is killed', `process.kill(process.pid, 'SIGKILL'); for (;;);`, /was killed by SIGKILL while it was imported\.$/],
  [
    'prints without end',
    `for (;;) process.stdout.write('x'.repeat(100_000)), await new Promise(setImmediate);`,
    /wrote more than 1 MB while it was imported\.$/,
  ],
  [
    'exports nothing',
    `export const transport = 1;`,
    /has no default export: a transport module default-exports one descriptor\.$/,
  ],
  ['exports a number', `export default 7;`, /default-exports 7, not a transport descriptor\.$/],
  ['exports null', `export default null;`, /default-exports null, not a transport descriptor\.$/],
  [
    'has a getter that throws',
    `export default { get name() { throw new Error('private'); } };`,
    /threw while its members were read: Error: private\.$/,
  ],
  ['lacks its name', descriptor({ name: null }), /lacks the member 'name'\.$/],
  [
    'has a name with a capital',
    descriptor({ name: `'Mine'` }),
    /has a member 'name' that must be lower-case words of letters and digits joined by hyphens, but is "Mine"\.$/,
  ],
  [
    'has the name of another',
    descriptor({ name: `'pipe'` }),
    /has the name 'pipe', which file:.*\/pipe\.js already uses\. Give it another 'name'\.$/,
  ],
  ['lacks its summary', descriptor({ summary: null }), /lacks the member 'summary'\.$/],
  [
    'runs on no platform',
    descriptor({ platforms: '[]' }),
    /has a member 'platforms' that must be at least one platform, but is 0\.$/,
  ],
  [
    'runs on an unknown platform',
    descriptor({ platforms: `['linux', 'macos']` }),
    /has a member 'platforms\.1' that must be .*"darwin".*, but is "macos"\.$/,
  ],
  ['lacks its guarantees', descriptor({ guarantees: null }), /lacks the member 'guarantees'\.$/],
  [
    'lacks a guarantee',
    descriptor({ guarantees: guarantees.replace('eof: true, ', '') }),
    /lacks the member 'guarantees\.eof'\.$/,
  ],
  [
    'has a framing of its own',
    descriptor({ guarantees: guarantees.replace(`'stream'`, `'lines'`) }),
    /has a member 'guarantees\.framing' that must be \("stream" \| "message"\), but is "lines"\.$/,
  ],
  [
    'promises half a byte',
    descriptor({ guarantees: guarantees.replace('atomicWriteBytes: null', 'atomicWriteBytes: 0.5') }),
    /'guarantees\.atomicWriteBytes' that must be a whole number of bytes, but is 0\.5\.$/,
  ],
  [
    'promises too much',
    descriptor({ guarantees: guarantees.replace('{', '{ fast: true,') }),
    /has the member 'guarantees\.fast', which is not a member of a transport descriptor\.$/,
  ],
  [
    'misspells a member',
    descriptor({ coreDriver: `['native']` }),
    /has the member 'coreDriver', which is not a member of a transport descriptor\.$/,
  ],
  [
    'names an unknown driver',
    descriptor({ arrange, coreDrivers: `['rust']` }),
    /has a member 'coreDrivers\.0' that must be \("native" \| "addon"\), but is "rust"\.$/,
  ],
  [
    'has nothing to drive it',
    descriptor({ js: null }),
    /has neither 'coreDrivers' nor 'js', so no driver can run it\.$/,
  ],
  [
    'arranges nothing for the core',
    descriptor({ coreDrivers: `['native']` }),
    /has 'coreDrivers' but lacks the member 'arrange'/,
  ],
  [
    'has an unknown topology',
    descriptor({ js: `{ topology: 'ring', open() {} }` }),
    /has a member 'js\.topology' that must be \("spawned" \| "forked"\), but is "ring"\.$/,
  ],
  [
    'cannot be opened',
    descriptor({ js: `{ topology: 'spawned', open: 'yes' }` }),
    /has a member 'js\.open' that must be Function, but is "yes"\.$/,
  ],
  [
    'forks and arranges',
    descriptor({ arrange, js: js.replace('spawned', 'forked') }),
    /has both 'arrange' and js\.topology 'forked'/,
  ],
  [
    'throws in arrange',
    descriptor({ arrange: `() => { throw new Error('nowhere'); }` }),
    /'arrange' did not return a rendezvous: Error: nowhere\.$/,
  ],
  [
    'arranges half',
    descriptor({ arrange: `arrange: () => ({ initiator: { spec: '', descriptors: [] } })` }),
    /'arrange' did not return a rendezvous: ValiError: .*responder/,
  ],
  [
    'hands over what is not its own',
    descriptor({ arrange: arrange.replace('[a]', '[2]') }),
    /It hands over descriptor 2, which was not made by its tools\.$/,
  ],
  [
    'hangs in arrange',
    descriptor({ arrange: `() => { for (;;); }` }),
    /did not finish within 1500 ms while its member 'arrange' ran/,
    1500,
  ],
];

for (const [what, text, sentence, timeoutMs] of broken) {
  loading(`a module that ${what} costs a sentence, not the run`, async ({ folder }) => {
    const { transports, failures } = await load(folder, text, timeoutMs === undefined ? {} : { timeoutMs });
    assert.is(failures.length, 1);
    assert.match(failures[0]?.message ?? '', sentence);
    assert.is(failures[0]?.module, './mine.mjs');
    assert.ok(transports.every(({ origin }) => origin === 'built-in'));
  });
}

loading('a module that is not there costs a sentence', async ({ folder }) => {
  const { failures } = await loadTransports({ modules: ['./gone.mjs', 'ipcbench-transport-gone'], cwd: folder });
  assert.match(
    failures[0]?.message ?? '',
    /^Transport module '\.\/gone\.mjs' was not found: there is no file .*\/gone\.mjs\.$/,
  );
  assert.match(
    failures[1]?.message ?? '',
    /^Transport module 'ipcbench-transport-gone' was not found from .*Cannot find package/,
  );
});

loading('a broken module does not keep out a good one', async ({ folder }) => {
  writeFileSync(join(folder, 'bad.mjs'), 'throw 1;');
  const { transports, failures } = await load(folder, descriptor(), { modules: ['./bad.mjs', './mine.mjs'] });
  assert.equal([failures.length, transports.at(-1)?.transport.name], [1, 'mine']);
});

loading('a module named twice is loaded once', async ({ folder }) => {
  const { transports, failures } = await load(folder, descriptor(), { modules: ['./mine.mjs', './mine.mjs'] });
  assert.equal([failures.length, transports.filter(({ origin }) => origin === 'user').length], [0, 1]);
});

loading('a module that prints is taken, with a warning', async ({ folder }) => {
  const { transports, warnings } = await load(folder, `console.log('hello\\nworld');\n${descriptor()}`);
  assert.is(transports.at(-1)?.transport.name, 'mine');
  assert.is(warnings[0]?.message, `Transport module './mine.mjs' prints while it is imported ('hello').`);
});

loading('a module that leaves a timer running is taken', async ({ folder }) => {
  const { transports } = await load(folder, `setInterval(() => {}, 1000);\n${descriptor()}`);
  assert.is(transports.at(-1)?.transport.name, 'mine');
});

loading('a package is found where the user has installed it, by its own exports', async ({ folder }) => {
  const home = join(folder, 'node_modules', 'ipcbench-transport-mine');
  mkdirSync(join(home, 'lib'), { recursive: true });
  mkdirSync(join(folder, 'deep', 'inside'), { recursive: true });
  writeFileSync(
    join(home, 'package.json'),
    JSON.stringify({ name: 'ipcbench-transport-mine', type: 'module', exports: { '.': { import: './lib/it.js' } } }),
  );
  writeFileSync(join(home, 'lib', 'it.js'), descriptor());
  const { transports, failures } = await loadTransports({
    modules: ['ipcbench-transport-mine'],
    cwd: join(folder, 'deep', 'inside'),
  });
  assert.equal(failures, []);
  assert.match(transports.at(-1)?.module ?? '', /^file:.*\/ipcbench-transport-mine\/lib\/it\.js$/);
});

loading('an open that nobody in the harness should call says so', async ({ folder }) => {
  const { transports } = await load(folder, descriptor());
  const context = {
    role: 'initiator',
    spec: '',
    maxMessageBytes: 1,
    forkResponder: () => assert.unreachable(),
  } as const;
  await transports
    .at(-1)
    ?.transport.js?.open(context as never)
    .then(
      () => assert.unreachable(),
      (error: Error) => assert.match(error.message, /opened in its peers/),
    );
});

loading('the module of suites/README.md runs as it stands there', async ({ folder }) => {
  const readme = readFileSync(join(dirname(fileURLToPath(import.meta.url)), '../../../suites/README.md'), 'utf8');
  const example = /```js\n(.*?)```/s.exec(readme)?.[1] ?? '';
  const { transports, failures } = await load(folder, example);
  assert.equal(failures, []);
  const mine = transports.at(-1);
  if (mine === undefined) return assert.unreachable();
  const args = [
    '--workload',
    'ping-pong',
    '--size',
    '64',
    '--verify',
    'full',
    '--seed',
    '3',
    '--warmup-us',
    '1000',
    '--window-us',
    '20000',
  ];
  await withTestPair({ ...mine, driver: 'js', args }, async (pair) => {
    const { initiator, responder } = await measure(pair);
    assert.ok((initiator.messages ?? 0) > 0);
    assert.is(initiator.messages, responder.messages);
  });
});

loading('what can only be a module is told from the name of a transport', () => {
  assert.equal(
    ['./mine.js', '/a/b', 'ipcbench-transport-x', '@me/ipcbench-transport-x', 'mine.mjs'].map(isTransportModule),
    [true, true, true, true, true],
  );
  assert.equal(['pipe', 'node-ipc-json'].map(isTransportModule), [false, false]);
});

loading.run();
