import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { History, HistoryEvent } from '../model/index.js';
import { anyEvent, draws } from './any-events.fixture.js';
import { parseHistory, saveHistory } from './history-file.js';

const someHistory = (events: readonly HistoryEvent[]): History => ({
  version: 1,
  transport: 'pipe',
  framing: 'stream',
  sender: 'initiator',
  seed: 7,
  minBytes: 32,
  maxBytes: 65536,
  planned: 10,
  acknowledged: null,
  initiator: { role: 'initiator', events: [], overflowed: false, ending: 'finished', stuckAt: null },
  responder: { role: 'responder', events, overflowed: true, ending: 'killed-by-deadline', stuckAt: 'stuck' },
});

test('a saved history is the same history when it is parsed', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const below = draws(seed);
    const history = someHistory(Array.from({ length: below(20) }, () => anyEvent(below)));
    assert.equal(parseHistory(saveHistory(history)), history);
  }
  assert.equal(parseHistory(JSON.stringify(someHistory([]))), someHistory([]));
  const sized = { ...someHistory([{ kind: 'eof' }]), largeBytes: [65536, 1048576], beyondBytes: 5001 };
  assert.equal(parseHistory(saveHistory(sized)), sized);
});

test('a saved history has one event a line', () => {
  const text = saveHistory(someHistory([{ kind: 'eof' }, { kind: 'drained' }]));
  assert.ok(text.split('\n').includes('      {"kind":"eof"},'));
});

test('a history that is none is refused with the place that is wrong', () => {
  const history = someHistory([{ kind: 'received', sender: 0, seqFirst: 0, count: 0, bytes: 0 }]);
  assert.throws(() => parseHistory('{'), /Not a saved history: it is not JSON \(1 characters\)\./);
  assert.throws(() => parseHistory('null'), /Not a saved history: /);
  assert.throws(() => parseHistory(JSON.stringify(history)), /responder\.events\.0\.count/);
  assert.throws(() => parseHistory(JSON.stringify({ ...someHistory([]), version: 2 })), /version/);
  assert.throws(
    () => parseHistory(JSON.stringify({ ...someHistory([]), initiator: someHistory([]).responder })),
    /initiator\.role/,
  );
  assert.throws(
    () => parseHistory(JSON.stringify(someHistory([{ kind: 'smoke' } as unknown as HistoryEvent]))),
    /responder\.events\.0\.kind/,
  );
  assert.throws(() => parseHistory(JSON.stringify({ ...someHistory([]), planned: -1 })), /planned/);
  assert.throws(() => parseHistory(JSON.stringify({ ...someHistory([]), largeBytes: [1, 'two'] })), /largeBytes\.1/);
});

test.run();
