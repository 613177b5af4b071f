import * as assert from 'uvu/assert';
import type { EndHistory, History, HistoryEvent, Judgement } from '../../../harness/model/index.js';
import { intactHistory, withReceived, type Shape } from '../fault-injection/intact-history.js';
import { judgeBoundaries } from './boundaries.js';
import { judgeDuplication } from './duplication.js';
import { judgeEof } from './eof.js';
import { judgeIntegrity } from './integrity.js';
import { judgeOrdering } from './ordering.js';
import { judgeTail } from './tail.js';
import { judgeTotalQueue } from './total-queue.js';

export const judges = {
  judgeOrdering,
  judgeTotalQueue,
  judgeTail,
  judgeDuplication,
  judgeIntegrity,
  judgeBoundaries,
  judgeEof,
};

export const shape: Shape = {
  framing: 'message',
  planned: 1000,
  seed: 1,
  minBytes: 64,
  maxBytes: 64,
  sender: 'initiator',
  end: 'eof',
};

export const intact = intactHistory(shape);

export const stream = intactHistory({ ...shape, framing: 'stream' });

export const eof: HistoryEvent = { kind: 'eof' };

export const received = (first: number, end: number, sender = 0): HistoryEvent => ({
  kind: 'received',
  sender,
  seqFirst: first,
  count: end - first,
  bytes: 64 * (end - first),
});

export const sent = (first: number, end: number): HistoryEvent => ({
  kind: 'sent',
  sender: 0,
  seqFirst: first,
  count: end - first,
  bytes: 64 * (end - first),
});

export const boundary = (seq: number, expected: number, actual: number): HistoryEvent => ({
  kind: 'wrong-boundary',
  sender: 0,
  seq,
  expected,
  actual,
});

export const headless = (bytes: number): HistoryEvent => ({ kind: 'damaged-header', bytes });

export const got = (...events: readonly HistoryEvent[]): History => withReceived(intact, events);

export const gotStream = (...events: readonly HistoryEvent[]): History => withReceived(stream, events);

export const killed: Partial<EndHistory> = {
  ending: 'killed-by-deadline',
  stuckAt: 'The responder was reading after 700 messages.',
};

export function is(judgement: Judgement, verdict: Judgement['verdict'], evidence: RegExp | string): void {
  assert.is(judgement.verdict, verdict, judgement.evidence);
  if (typeof evidence === 'string') assert.is(judgement.evidence, evidence);
  else assert.match(judgement.evidence, evidence);
}

export const passes = (history: History, ...which: readonly ((history: History) => Judgement)[]): void => {
  for (const judge of which) assert.is(judge(history).verdict, 'pass', `${judge.name}: ${judge(history).evidence}`);
};
