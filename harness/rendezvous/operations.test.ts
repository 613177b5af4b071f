import { closeSync, fstatSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadNative } from '../../native/load.js';
import type { RendezvousTools } from '../model/index.js';
import { countingStandIns, isDescriptor, leavesOf, OPERATIONS, realTools, type OperationName } from './operations.js';

const test = suite<{ folder: string }>('rendezvous operations');
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'op-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

/** One call of each operation. An operation without one fails the test below. */
const CALLS: { readonly [Name in OperationName]: (tools: RendezvousTools, folder: string) => unknown } = {
  path: (tools) => tools.path('s'),
  socketpair: (tools) => tools.socketpair('seqpacket'),
  pipe: (tools) => tools.pipe(),
  mkfifo: (tools, folder) => tools.mkfifo(join(folder, 'f')),
  listenUnix: (tools, folder) => tools.listenUnix(join(folder, 'l'), 'stream'),
  boundDatagramPair: (tools, folder) => tools.boundDatagramPair(join(folder, 'a'), join(folder, 'b'), 'both'),
  listenTcp: (tools) => tools.listenTcp(),
};

for (const name of Object.keys(OPERATIONS) as OperationName[]) {
  test(`${name}: its stand-in has the shape of what it makes, and every descriptor is kept`, async ({ folder }) => {
    const { addon } = await loadNative();
    const kept: number[] = [];
    const tools = realTools({ addon, path: (path) => join(folder, path) }, (descriptor) => kept.push(descriptor));
    const made = CALLS[name](tools, folder);
    const leaves = leavesOf(OPERATIONS[name].standIn(countingStandIns()), made);
    assert.ok(leaves.every(({ standIn, real }) => typeof standIn === typeof real));
    assert.equal(leavesOf(made, null).length, leaves.length);
    const descriptors = leaves.filter(({ standIn }) => isDescriptor(standIn)).map(({ real }) => real);
    assert.equal(kept, descriptors);
    for (const descriptor of kept) {
      assert.ok(fstatSync(descriptor).isSocket() || fstatSync(descriptor).isFIFO());
      closeSync(descriptor);
    }
    if (name === 'mkfifo') assert.ok(statSync(join(folder, 'f')).isFIFO());
  });
}

test('stand-ins are distinct, and none is a descriptor but those for descriptors', () => {
  const stand = countingStandIns();
  assert.ok(isDescriptor(stand.descriptor()));
  assert.not(isDescriptor(stand.number()));
  assert.not(isDescriptor(stand.path()));
  assert.not(isDescriptor(5));
  assert.is(new Set([stand.descriptor(), stand.descriptor(), stand.path(), stand.path(), stand.number()]).size, 5);
});

test.run();
