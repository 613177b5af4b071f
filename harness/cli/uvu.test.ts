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
const transport = (send: string): string => `
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
export default {
  name: 'mine', summary: 'A socket of my own.', platforms: ['linux'],
  guarantees: { framing: 'stream', ordered: true, reliable: true, eof: true, duplex: true, atomicWriteBytes: null, maxMessageBytes: null, backpressure: 'advises' },
  arrange(tools) {
    const path = tools.path('m');
    return { initiator: { spec: path, descriptors: [] }, responder: { spec: '{0}', descriptors: [tools.listenUnix(path, 'stream')] } };
  },
  js: { topology: 'spawned', async open({ role, spec }) {
    const socket = role === 'initiator' ? connect(spec) : (await once(createServer().listen({ fd: Number(spec) }), 'connection'))[0];
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
  writeFileSync(join(folder, 'suite.mjs'), `import { conformance } from ${JSON.stringify(uvu)};\nawait conformance(new URL('./mine.mjs', import.meta.url), { messages: 500 });\n`);
  const { exitCode, stdout, stderr } = await execa(process.execPath, [join(folder, 'suite.mjs')], { reject: false });
  return { exitCode, output: stdout + stderr };
};

test('a transport that keeps its promises passes every test of the suite', async ({ folder }) => {
  const { exitCode, output } = await runSuite(folder, "return socket.write(message) ? undefined : once(socket, 'drain');");
  assert.is(exitCode, 0, output);
  assert.match(output, /Passed:\s+9/);
});

test('a transport that loses one message in a hundred fails it, by what it lost', async ({ folder }) => {
  const { exitCode, output } = await runSuite(folder, "if (sent % 100 === 50) return; return socket.write(message) ? undefined : once(socket, 'drain');");
  assert.is(exitCode, 1, output);
  assert.match(output, /FAIL.*loss\/total-queue/s);
});

test.run();
