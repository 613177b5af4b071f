import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { extentOf } from './fault-extent.js';

test('a quick look stays within the exchange that every fault is planted into', () => {
  for (const fault of ['drop-one', 'delay', 'duplicate-late'] as const) {
    const { messages, extent } = extentOf(fault, 'native', 'short', 400);
    assert.is(messages, 400);
    assert.ok(extent < messages - 3, fault);
  }
  assert.is(extentOf('pause', 'js', 'short', 400).extent, 200);
});

test('in full reach a message is late by a thousand, and comes again behind a hundred thousand', () => {
  assert.equal(extentOf('delay', 'native', 'full', 400), { messages: 1400, maxBytes: 16_384, extent: 1000 });
  assert.equal(extentOf('duplicate-late', 'native', 'full', 400), {
    messages: 100_400,
    maxBytes: 256,
    extent: 100_000,
  });
  assert.equal(extentOf('duplicate-late', 'js', 'full', 400), { messages: 10_400, maxBytes: 256, extent: 10_000 });
  assert.is(extentOf('pause', 'native', 'full', 400).extent, 2000);
});

test("what goes over Node's own transports is smaller", () => {
  assert.equal(
    [extentOf('swap', 'js', 'full', 400).maxBytes, extentOf('swap', 'native', 'full', 400).maxBytes],
    [4096, 16_384],
  );
});

test.run();
