import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RendezvousTools } from '../model/index.js';
import { recordArrange, replayArrange } from './arrange-script.js';
import { loadTransports } from './load-transports.js';
import { loadWorkloads } from './load-workloads.js';

const suites = suite<{ root: string }>('suites');
suites.before.each((context) => void (context.root = mkdtempSync(join(tmpdir(), 'ipcbench-suites-'))));
suites.after.each(({ root }) => rmSync(root, { recursive: true }));

/** A suites folder with one module in it, which is imported by its own address: no two tests share one. */
const rootWith = (root: string, suiteName: string, text: string): URL => {
  mkdirSync(join(root, suiteName, 'inner'), { recursive: true });
  writeFileSync(join(root, suiteName, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(root, suiteName, 'one.js'), text);
  for (const ignored of ['one.test.js', 'one.d.ts', 'inner/two.js'])
    writeFileSync(join(root, suiteName, ignored), 'throw new Error("not a module of the suite");');
  return pathToFileURL(`${root}/`);
};
const messageOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'was taken',
    (error: Error) => error.message,
  );

suites('the transports that users know are all here, in order', async () => {
  const { transports } = await loadTransports({ modules: [] });
  const names = transports.map(({ transport }) => transport.name);
  for (const name of [
    'fifo',
    'node-ipc-advanced',
    'node-ipc-json',
    'node-net',
    'pipe',
    'socketpair-dgram',
    'socketpair-seqpacket',
    'socketpair-stream',
    'tcp-loopback',
    'unix-dgram',
    'unix-seqpacket',
    'unix-stream',
  ])
    assert.ok(names.includes(name), name);
  assert.equal(names, [...names].sort());
  assert.ok(
    transports.every(({ transport, module }) => module.endsWith(`/suites/transports/${transport.name}.js`)),
    'a file is named for its transport',
  );
  assert.ok(
    transports.find(({ transport }) => transport.name === 'tcp-loopback')?.transport.reference,
    'a yardstick says that it is one',
  );
});

suites('the clock of each workload is where its figure says', async () => {
  const kept = new Map((await loadWorkloads()).map(({ name, figure }) => [name, `${figure.kind} ${figure.clock}`]));
  assert.equal([kept.get('ping-pong'), kept.get('stream')], ['latency initiator', 'throughput responder']);
});

const workload =
  `{ name: 'one', summary: 'One.', brief: 'one', methodRevision: 1, headlineBytes: 64, ` +
  `figure: { name: 'round trip', kind: 'latency', unit: 'ns', better: 'less', clock: 'initiator' }, ` +
  'sizesBytes: { native: [64], addon: [64], js: [64] }, gate: { sizeBytes: 64, advisory: [] }, method: () => "." }';

suites('every exported object of a module is a workload; functions and text are not', async ({ root }) => {
  const found = await loadWorkloads(
    rootWith(
      root,
      'workloads',
      `export const one = ${workload}; export const helper = () => 1; export const word = 'x';`,
    ),
  );
  assert.equal(
    found.map(({ name }) => name),
    ['one'],
  );
});

suites('a workload that is none is told by its export and member', async ({ root }) => {
  assert.match(
    await messageOf(
      loadWorkloads(rootWith(root, 'workloads', `export const one = ${workload.replace("'latency'", "'colour'")};`)),
    ),
    /^Workload 'one' of file:.*one\.js: figure\.kind: /,
  );
});

suites('two workloads of one name are refused', async ({ root }) => {
  assert.match(
    await messageOf(
      loadWorkloads(rootWith(root, 'workloads', `export const one = ${workload}; export const two = ${workload};`)),
    ),
    /^Workload 'one' of file:.*exists twice\.$/,
  );
});

/** Tools that make nothing and give numbers out in order. */
const fakeTools = (): RendezvousTools & { readonly calls: string[] } => {
  let next = 20;
  const calls: string[] = [];
  const note = <T>(call: string, made: T): T => {
    calls.push(call);
    return made;
  };
  return {
    calls,
    path: (name) => note(`path ${name}`, `/run/${name}`),
    socketpair: (type) => note(`socketpair ${type}`, [next++, next++] as const),
    pipe: () => note('pipe', [next++, next++] as const),
    mkfifo: (path) => note(`mkfifo ${path}`, undefined),
    listenUnix: (path, type) => note(`listenUnix ${path} ${type}`, next++),
    boundDatagramPair: (a, b, connected) => note(`boundDatagramPair ${a} ${b} ${connected}`, [next++, next++] as const),
    listenTcp: () => note('listenTcp', { descriptor: next++, port: 40_000 + next }),
  };
};

suites('a recorded arrangement, repeated, is the same as the real one: every built-in transport', async () => {
  const { transports } = await loadTransports({ modules: [] });
  for (const { transport } of transports) {
    if (!transport.arrange) continue;
    const direct = fakeTools();
    const repeated = fakeTools();
    const expected = transport.arrange(direct);
    const script = JSON.parse(JSON.stringify(recordArrange(transport.arrange))) as ReturnType<typeof recordArrange>;
    assert.equal(replayArrange(script, repeated), expected, transport.name);
    assert.equal(repeated.calls, direct.calls, transport.name);
  }
});

suites('paths and ports are put in wherever a script mentions them, the eleventh as well as the first', () => {
  const arrange = (tools: RendezvousTools) => {
    const paths = Array.from({ length: 12 }, (_, index) => tools.path(`p${index}`));
    const ports = [tools.listenTcp(), tools.listenTcp()];
    return {
      initiator: { spec: paths.join(','), descriptors: [] },
      responder: {
        spec: `${paths[1]}.lock ${ports.map(({ port }) => port).join('-')}`,
        descriptors: ports.map(({ descriptor }) => descriptor),
      },
    };
  };
  assert.equal(replayArrange(recordArrange(arrange), fakeTools()), arrange(fakeTools()));
});

suites.run();
