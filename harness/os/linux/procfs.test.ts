import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { createServer } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as os from '../os.js';

test('a child is one of its parent, and its state is told, also when it is stopped', async () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  const pid = child.pid!;
  try {
    await once(child, 'spawn');
    assert.ok(os.childrenOf(process.pid).includes(pid));
    child.kill('SIGSTOP');
    while (os.processState(pid) !== 'T') await new Promise(setImmediate);
    child.kill('SIGCONT');
    while (os.processState(pid) === 'T') await new Promise(setImmediate);
    assert.match(os.processState(pid)!, /^[RSD]$/);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  assert.is(os.processState(pid), undefined);
  assert.equal(os.childrenOf(pid), []);
  assert.is(os.scheduledOf(pid), null);
});

test('time on a CPU only grows, of the process and of this thread', () => {
  for (const whose of [process.pid, 'this thread'] as const) {
    const before = os.scheduledOf(whose)!;
    const untilMs = performance.now() + 20;
    while (performance.now() < untilMs);
    assert.ok(os.scheduledOf(whose)!.ranNs > before.ranNs);
    assert.ok(os.scheduledOf(whose)!.waitedNs >= before.waitedNs);
  }
});

test('descriptors, sockets, maps and memory of this process', async () => {
  const fd = openSync('/dev/zero', 'r');
  assert.is(os.openDescriptors()!.get(String(fd)), '/dev/zero');
  closeSync(fd);
  assert.is(os.openDescriptors()!.get(String(fd)) === '/dev/zero', false);
  const name = `ipcbench-procfs-${process.pid}`;
  const server = createServer().listen(`\0${name}`);
  await once(server, 'listening');
  assert.ok(os.unixSocketPaths().some((path) => path.startsWith(`@${name}`)));
  server.close();
  assert.ok(os.mappedFiles().some((path) => path.startsWith(process.execPath)));
  assert.ok(os.maxRssBytes()! > 10_000_000);
});

test('settings and load of the system', () => {
  assert.ok(Number(os.kernelSetting('net.core.wmem_default')) > 0);
  assert.is(os.kernelSetting('no.such.setting'), null);
  const { load1, stealTicks } = os.systemLoad();
  assert.ok(Math.abs(load1! - loadavg()[0]!) < 10 * cpus().length);
  assert.ok(stealTicks! >= 0);
});

test.run();
