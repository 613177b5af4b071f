// test-deadline-s: 600
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildNative } from './toolchain/build.js';
import { loadNative } from './load.js';
import { meetings, runPair } from './test/peers.js';

const { addon, directory } = await loadNative();
// The sanitizers' builds of the peer and of the tests; the first takes a minute, later ones nothing.
const sanitized = (await buildNative({ variant: 'sanitize', targets: ['ipcbench-peer', 'ipcbench-tests'] })).directory;

for (const [kind, folder] of [
  ['as it is shipped', directory],
  ['with AddressSanitizer and UndefinedBehaviorSanitizer', sanitized],
] as const) {
  test(`the tests of the core pass, ${kind}`, () => {
    const { status, stdout, stderr } = spawnSync(join(folder, 'ipcbench-tests'), { encoding: 'utf8' });
    assert.is(status, 0, `${stdout}${stderr}`);
    assert.match(stdout, /^[1-9]\d* passed, 0 failed\n$/);
  });
}

test('the tests of the core fail when none ran', () => {
  assert.is(spawnSync(join(directory, 'ipcbench-tests'), ['no such test']).status, 1);
});

for (const meeting of Object.keys(meetings)) {
  test(`${meeting}: the sanitizers find nothing in a pair of peers`, async () => {
    for (const workload of ['ping-pong', 'stream'] as const) {
      for (const [sizeBytes, verify] of [
        [1, 'header'],
        [64, 'header'],
        [33, 'full'],
        [65536, 'full'],
      ] as const) {
        const { initiator, responder, exits } = await runPair({
          program: [join(sanitized, 'ipcbench-peer')],
          addon,
          meeting,
          workload,
          sizeBytes,
          verify,
          windowUs: 2000,
        });
        assert.equal(
          [initiator.type, responder.type, exits],
          ['result', 'result', [0, 0]],
          `${JSON.stringify([initiator, responder])}`,
        );
      }
    }
  });
}

test.run();
