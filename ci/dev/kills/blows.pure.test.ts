import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { blowsOf, COMMANDS, SIGNALS, spellBlow, type Blow } from './blows.js';

const first = (count: number, seed: number): Blow[] => {
  const blows = blowsOf(seed);
  return Array.from({ length: count }, () => blows.next().value as Blow);
};

test('the same seed strikes the same way, and another one another way', () => {
  assert.equal(first(50, 7), first(50, 7));
  assert.not.equal(first(50, 7), first(50, 8));
});

test('every command, victim and signal has its turn, and only those that can be struck', () => {
  const blows = first(2000, 1);
  assert.equal([...new Set(blows.map(({ command }) => command))].sort(), [...COMMANDS].sort());
  assert.equal([...new Set(blows.map(({ signal }) => signal))].sort(), [...SIGNALS].sort());
  assert.equal(new Set(blows.map(({ command, victim }) => `${command} ${victim}`)).size, 14);
  assert.not.ok(blows.some(({ command, victim }) => command === 'bench' && victim === 'host'));
});

test('a harness that was stopped always goes on; who else was, not always', () => {
  const stopped = first(5000, 1).filter(({ signal }) => signal === 'SIGSTOP');
  assert.ok(stopped.filter(({ victim }) => victim === 'harness').every(({ resumeAfterMs }) => resumeAfterMs !== null));
  const others = stopped.filter(({ victim }) => victim !== 'harness');
  assert.ok(
    others.some(({ resumeAfterMs }) => resumeAfterMs === null) &&
      others.some(({ resumeAfterMs }) => resumeAfterMs !== null),
  );
});

test('a blow is told in words', () => {
  const blow = { command: 'gate', victim: 'peer', signal: 'SIGSTOP', afterMs: 1, which: 0, resumeAfterMs: 20 } as const;
  assert.is(spellBlow(blow), 'SIGSTOP for 20 ms to a peer of gate');
  assert.is(
    spellBlow({ ...blow, victim: 'harness', signal: 'SIGKILL', resumeAfterMs: null }),
    'SIGKILL to the harness of gate',
  );
});

test.run();
