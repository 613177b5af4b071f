import { basename } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { peerScript } from './peer-script.js';

test('Node is given one file, whatever it was compiled from lies beside it for the others', () => {
  assert.equal(
    (['node', 'deno', 'bun'] as const).map((runtime) => basename(peerScript(runtime))),
    ['peer.cjs', 'main.js', 'main.js'],
  );
});

test.run();
