// test-deadline-s: 180
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite<{ folder: string }>('ipcbench/uvu');
const uvu = fileURLToPath(new URL('./uvu.js', import.meta.url));

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'u-'));
});
test.after.each((context) => rmSync(context.folder, { recursive: true, force: true }));

/** A transport over a Unix socket path; `send` may be wrong on purpose. */
const transport = (send: string): string =>
  `
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
export default {
  name: 'mine', summary: 'A socket of my own.', platforms: ['linux'],
  guarantees: { framing: 'stream', ordered: true, reliable: true, eof: true, duplex: true, atomicWriteBytes: ` +
  `null, maxMessageBytes: null, backpressure: 'advises' },
  arrange(tools) {
    const path = tools.path('m');
    return { initiator: { spec: path, descriptors: [] }, responder: { spec: '{0}', descriptors: ` +
  `[tools.listenUnix(path, 'stream')] } };
  },
  js: { topology: 'spawned', async open({ role, spec }) {
    const socket = role === 'initiator' ? connect(spec) : (await once(createServer().listen({ fd: ` +
  `Number(spec) }), 'connection'))[0];
    let sent = 0;
    return {
      send(message) { sent += 1; ${send} },
      onMessage: (receive) => socket.on('data', receive),
      onEnd: (ended) => socket.once('end', () => ended()),
      close: () => new Promise((resolve) => socket.end(resolve)),
    };
  } },
};`;

const runSuite = async (folder: string, send: string): Promise<{ exitCode: number | undefined; output: string }> => {
  writeFileSync(join(folder, 'mine.mjs'), transport(send));
  writeFileSync(
    join(folder, 'suite.mjs'),
    `import { conformance } from ${JSON.stringify(uvu)};\nawait conformance(new URL('./mine.mjs', ` +
      `import.meta.url), { messages: 500 });\n`,
  );
  const { exitCode, stdout, stderr } = await execa(process.execPath, [join(folder, 'suite.mjs')], { reject: false });
  return { exitCode, output: stdout + stderr };
};

test('a transport that keeps its promises passes every test of the suite', async ({ folder }) => {
  const { exitCode, output } = await runSuite(
    folder,
    "return socket.write(message) ? undefined : once(socket, 'drain');",
  );
  assert.is(exitCode, 0, output);
  assert.match(output, /Passed:\s+10/);
});

test('a transport that loses one message in a hundred fails it, by what it lost', async ({ folder }) => {
  const { exitCode, output } = await runSuite(
    folder,
    "if (sent % 100 === 50) return; return socket.write(message) ? undefined : once(socket, 'drain');",
  );
  assert.is(exitCode, 1, output);
  assert.match(output, /FAIL.*loss\/total-queue/s);
  assert.match(output, /js: fail: 4\d\d of 500 messages received/);
  assert.match(output, /No fault was injected, because the transport fails without one/);
});

const LOSSY = "if (sent % 100 === 50) return; return socket.write(message) ? undefined : once(socket, 'drain');";
const declaring = (modules: readonly string[], awaited = 'await '): string =>
  'import { conformance } ' +
  `from ${JSON.stringify(uvu)};\n${modules.map((module) => `${awaited}conformance(${module}, { messages: 500, stallMs: 3000 });\n`).join('')}`;
const run = async (file: string): Promise<{ exitCode: number | undefined; output: string }> => {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [file], { reject: false, env: { NO_COLOR: '1' } });
  return { exitCode, output: stdout + stderr };
};

const wrongModules: readonly (readonly [file: string, text: string | null, told: RegExp])[] = [
  ['throws.mjs', "throw new Error('at import');", /'\S+throws\.mjs' threw while it was imported: Error: at import/],
  ['absent.mjs', null, /'\S+absent\.mjs' .*(ERR_MODULE_NOT_FOUND|Cannot find|not found)/],
  ['syntax.mjs', 'export default {', /'\S+syntax\.mjs' .*SyntaxError/],
  ['exits.mjs', 'process.exit(0);', /'\S+exits\.mjs' /],
  ['waits.mjs', 'await new Promise(() => undefined);', /'\S+waits\.mjs' has a top-level await that never resolves/],
  ['nothing.mjs', 'export const transport = {};', /'\S+nothing\.mjs' /],
  ['nameless.mjs', transport('').replace("name: 'mine', ", ''), /'\S+nameless\.mjs' .*name/],
  ['misspelt.mjs', transport('').replace('summary:', 'sumary:'), /'\S+misspelt\.mjs' .*sum+ary/],
  ['driverless.mjs', transport('').replace(/js: \{[^]*\},\n\};$/, '};'), /'\S+driverless\.mjs' .*(js|driver)/],
  [
    'arranges.mjs',
    transport('').replace('arrange(tools) {', "arrange(tools) { throw new Error('no room');"),
    /'\S+arranges\.mjs' .*no room/,
  ],
  ['killed.mjs', "process.kill(process.pid, 'SIGKILL');", /'\S+killed\.mjs' was killed by SIGKILL/],
];

test('nothing is green that did not run: modules that cannot be taken, by path, by URL and as a text of a URL', async ({
  folder,
}) => {
  const modules = wrongModules.map(([file, text], index) => {
    if (text !== null) writeFileSync(join(folder, file), text);
    return [
      `new URL('./${file}', import.meta.url)`,
      JSON.stringify(join(folder, file)),
      `new URL('./${file}', import.meta.url).href`,
    ][index % 3] as string;
  });
  writeFileSync(join(folder, 'suite.mjs'), declaring(modules));
  const { exitCode, output } = await run(join(folder, 'suite.mjs'));
  assert.is(exitCode, 1, output);
  for (const [file, , told] of wrongModules) assert.match(output, told, file);
  assert.is(output.match(/\(0 \/ 10\)/g)?.length, wrongModules.length, output);
  assert.match(output, /Passed:\s+0/);
});

for (const [how, awaited] of [
  ['one after the other', 'await '],
  ['at once', ''],
] as const) {
  test(
    `two suites of one file that are declared ${how} accuse each other of nothing, and the first that fails is ` +
      'red',
    async ({ folder }) => {
      for (const name of ['one', 'two', 'three'])
        writeFileSync(join(folder, `${name}.mjs`), transport(LOSSY).replace("'mine'", `'${name}'`));
      writeFileSync(
        join(folder, 'suite.mjs'),
        declaring(
          [
            "new URL('./one.mjs', import.meta.url).href",
            "new URL('./two.mjs', import.meta.url)",
            JSON.stringify(join(folder, 'three.mjs')),
          ],
          awaited,
        ),
      );
      const { exitCode, output } = await run(join(folder, 'suite.mjs'));
      assert.is(exitCode, 1, output);
      assert.not.match(output, /Left behind|left behind/);
      assert.is(output.match(/js: fail: 4\d\d of 500 messages received/g)?.length, 3, output);
      assert.match(output, /Total:\s+30/);
    },
  );
}

test('a suite that is declared when uvu has been through its files is red, and says so', async ({ folder }) => {
  const bin = fileURLToPath(new URL('../../../node_modules/uvu/bin.js', import.meta.url));
  writeFileSync(join(folder, 'mine.mjs'), transport(LOSSY));
  writeFileSync(
    join(folder, 'late.mjs'),
    `import(${JSON.stringify(uvu)}).then(({ conformance }) => setTimeout(() => ` +
      `conformance(${JSON.stringify(join(folder, 'mine.mjs'))}), 0));\n`,
  );
  const { exitCode, stdout, stderr } = await execa(process.execPath, [bin, folder, 'late'], {
    reject: false,
    env: { NO_COLOR: '1' },
  });
  assert.is(exitCode, 1, stdout + stderr);
  assert.match(stderr, /conformance of \S+mine\.mjs did not finish, so it has no result\./);
  writeFileSync(join(folder, 'early.mjs'), declaring([JSON.stringify(join(folder, 'mine.mjs'))], ''));
  const early = await execa(process.execPath, [bin, folder, 'early'], { reject: false, env: { NO_COLOR: '1' } });
  assert.is(early.exitCode, 1, early.stdout + early.stderr);
  assert.match(early.stdout, /js: fail: 4\d\d of 500 messages received/);
});

test.run();
