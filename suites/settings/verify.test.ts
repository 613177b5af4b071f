import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Case } from '../../harness/model/index.js';
import { verify } from './verify.js';

const caseOf = (sizeBytes: number): Case => ({
  id: 'pipe',
  transport: 'pipe',
  driver: 'native',
  workload: 'ping-pong',
  sizeBytes,
  placement: 'same-cpu',
  verify: 'header',
  methodRevision: 1,
});

for (const [sizeBytes, sentence] of [
  [1, /checked the lowest byte of the sequence number of every message: 1 bytes leave no room for the 32-byte header/],
  [8, /checked the low 7 bytes of the sequence number and one byte of checksum/],
  [31, /checked the low 8 bytes of the sequence number and one byte of checksum/],
  [32, /checked header, sequence number and length of every message/],
] as const) {
  test(`the method of ${sizeBytes} bytes claims no check that there is no room for`, () => {
    assert.match(verify.method('header', caseOf(sizeBytes)) ?? '', sentence);
  });
}

test('with every byte checked, the method says so, and both peers are told', () => {
  assert.is(verify.method('full', caseOf(8)), 'The receiver checked every byte of every message.');
  assert.equal(verify.argv('full'), ['--verify', 'full']);
});

test.run();
