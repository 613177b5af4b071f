import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hostOf, nativeHost, runtimeHost } from './hosts.js';
import { ownRuntime, recogniseRuntime, runtimes } from './runtimes.js';

const programs = {
  peerPath: '/core/ipcbench-peer',
  runtime: { file: '/bin/deno', args: runtimes.deno.args, peerScript: '/peer.js' },
};

test('each driver runs in one program', () => {
  assert.is(hostOf('native'), nativeHost);
  assert.is(hostOf('addon'), runtimeHost);
  assert.is(hostOf('js'), runtimeHost);
});

test('the core is started by itself, a script by its runtime with what that takes first', () => {
  assert.equal(nativeHost.command(programs, ['--role', 'relay']), {
    file: '/core/ipcbench-peer',
    args: ['--role', 'relay'],
  });
  assert.equal(runtimeHost.command(programs, ['--role', 'initiator']), {
    file: '/bin/deno',
    args: ['run', '--allow-all', '--quiet', '/peer.js', '--role', 'initiator'],
  });
});

test('a runtime is known by its answer, and another program by none', () => {
  assert.equal(recogniseRuntime('v22.11.0'), { name: 'node', version: 'v22.11.0' });
  assert.equal(recogniseRuntime('1.2.3-canary.1'), { name: 'bun', version: '1.2.3-canary.1' });
  assert.equal(recogniseRuntime('deno 2.1.4 (stable, release)'), { name: 'deno', version: '2.1.4' });
  for (const answer of ['', 'Python 3.11.2', 'v22', 'deno', 'bash 5.2.15']) assert.is(recogniseRuntime(answer), null);
});

test('bun and deno are told from the node they stand for', () => {
  assert.is(ownRuntime({ ...process.versions, bun: '1.2.3' }), 'bun');
  assert.is(ownRuntime({ ...process.versions, deno: '2.1.4' }), 'deno');
  assert.is(ownRuntime({ node: '22.11.0' } as NodeJS.ProcessVersions), 'node');
});

test.run();
